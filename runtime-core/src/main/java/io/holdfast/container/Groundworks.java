package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds on the host what containers ask for, and makes the directories that are missing there. */
public final class Groundworks {
    private static final int MOST_PROFILE_BYTES = 1 << 20;
    private static final Path HOST = Path.of("/");

    private final Kernel kernel;
    private final HostDevices devices;

    public Groundworks(Kernel kernel) {
        this.kernel = kernel;
        this.devices = new HostDevices(Path.of("/dev"));
    }

    /**
     * Lays the groundwork of one container. A host path that does not exist becomes a directory; it is never removed
     * again, since its volume may outlive the pod.
     *
     * @throws Failure.Invalid where a path, device or profile is none, with the field's name
     * @throws Failure.WrongState where a mount cannot propagate as asked because the host's is private
     */
    public Groundwork lay(ContainerConfig config) {
        return new Groundwork(
                sources(config.mounts()),
                devices.of(config.devices(), config.security().privileged()),
                profile(config.security()));
    }

    private static Map<String, String> sources(List<Mount> mounts) {
        Map<String, String> sources = new HashMap<>();
        if (mounts.isEmpty()) {
            return sources;
        }
        MountTable table = MountTable.read();
        for (Mount mount : mounts) {
            Path source = real(mount);
            table.requirePropagation(source, mount.propagation());
            sources.put(mount.hostPath(), source.toString());
        }
        return sources;
    }

    private static Path real(Mount mount) {
        Path source = HostPath.of("mounts.host_path", mount.hostPath());
        try {
            if (Files.notExists(source)) {
                Files.createDirectories(source);
            }
            return source.toRealPath();
        } catch (IOException failed) {
            throw new Failure.Invalid(
                    "mounts.host_path: " + source + " for " + mount.containerPath() + " cannot be used: " + failed,
                    failed);
        }
    }

    private Optional<String> profile(Security security) {
        return switch (security.seccomp()) {
            case Security.Seccomp.RuntimeDefault _, Security.Seccomp.Unconfined _ -> Optional.empty();
            case Security.Seccomp.Localhost(Path profile) ->
                security.privileged() ? Optional.empty() : Optional.of(read(profile));
        };
    }

    private String read(Path profile) {
        Path path = HostPath.profile(profile);
        try (FileTree host = FileTree.open(kernel, HOST)) {
            byte[] content = host.readRegular(path.toString(), MOST_PROFILE_BYTES)
                    .orElseThrow(() -> new Failure.Invalid("seccomp.localhost_ref: there is no file " + path));
            return new String(content, StandardCharsets.UTF_8);
        } catch (Failure.Broken unreadable) {
            throw new Failure.Invalid("seccomp.localhost_ref: " + unreadable.getMessage(), unreadable);
        }
    }
}
