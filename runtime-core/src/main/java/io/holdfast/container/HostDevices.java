package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Device;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Device nodes of the host, found below one directory or by a request. */
final class HostDevices {
    private static final String READ_WRITE_MAKE = "rwm";
    private static final int TYPE_MASK = 0170000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;
    private static final int PERMISSIONS = 07777;

    /** Not the host's to give: a container has its own terminals, queues and shared memory. */
    private static final Set<String> NEVER =
            Set.of("pts", "shm", "mqueue", "fd", "console", "ptmx", ".lxc", ".lxd-mounts", ".udev");

    private final Path root;

    HostDevices(Path root) {
        this.root = root;
    }

    /** Those asked for, and for a privileged container every other device of the host under its own name. */
    List<Groundwork.Node> of(List<Device> asked, boolean privileged) {
        Map<String, Groundwork.Node> nodes = new LinkedHashMap<>();
        if (privileged) {
            children(root)
                    .filter(child -> !NEVER.contains(child.getFileName().toString()))
                    .flatMap(child -> below(child, child.toString(), READ_WRITE_MAKE))
                    .forEach(node -> nodes.put(node.device().path(), node));
        }
        asked.stream()
                .flatMap(HostDevices::matching)
                .forEach(node -> nodes.put(node.device().path(), node));
        return List.copyOf(nodes.values());
    }

    private static Stream<Groundwork.Node> matching(Device asked) {
        Path host = HostPath.of("devices.host_path", asked.hostPath());
        Path target = HostPath.of("devices.container_path", asked.containerPath());
        requireAccess(asked);
        List<Groundwork.Node> found =
                below(real(host), target.toString(), asked.permissions()).toList();
        if (found.isEmpty()) {
            throw new Failure.Invalid("devices.host_path: " + host + " is no device, and none is below it");
        }
        return found.stream();
    }

    private static void requireAccess(Device asked) {
        String access = asked.permissions();
        boolean known = access.chars().allMatch(letter -> READ_WRITE_MAKE.indexOf(letter) >= 0);
        if (access.isEmpty() || !known || access.chars().distinct().count() != access.length()) {
            throw new Failure.Invalid("devices.permissions: \"" + HostPath.printable(access) + "\" for "
                    + asked.containerPath() + " must be one or more of r, w, m");
        }
    }

    private static Path real(Path host) {
        try {
            return host.toRealPath();
        } catch (IOException absent) {
            throw new Failure.Invalid("devices.host_path: " + host + " cannot be used: " + absent, absent);
        }
    }

    /** The device itself, or every one below a directory; links are not followed. */
    private static Stream<Groundwork.Node> below(Path host, String target, String access) {
        if (Files.isDirectory(host, LinkOption.NOFOLLOW_LINKS)) {
            return children(host).flatMap(child -> below(child, target + "/" + child.getFileName(), access));
        }
        return node(host, target).map(device -> new Groundwork.Node(device, access)).stream();
    }

    private static Stream<Path> children(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList().stream();
        } catch (NoSuchFileException gone) {
            return Stream.empty();
        } catch (IOException failed) {
            throw new Failure.Broken("listing the devices in " + directory + ": " + failed, failed);
        }
    }

    private static Optional<Spec.Device> node(Path host, String target) {
        try {
            Map<String, Object> status =
                    Files.readAttributes(host, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) status.get("mode");
            long number = (Long) status.get("rdev");
            return type(mode)
                    .map(type -> new Spec.Device(
                            type,
                            target,
                            major(number),
                            minor(number),
                            OptionalInt.of(mode & PERMISSIONS),
                            OptionalLong.of((Integer) status.get("uid")),
                            OptionalLong.of((Integer) status.get("gid"))));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new Failure.Broken("reading the device " + host + ": " + failed, failed);
        }
    }

    private static Optional<String> type(int mode) {
        return switch (mode & TYPE_MASK) {
            case CHARACTER -> Optional.of("c");
            case BLOCK -> Optional.of("b");
            default -> Optional.empty();
        };
    }

    /** As glibc packs a device number: 12 + 20 bits each way. */
    private static long major(long number) {
        return number >>> 8 & 0xfff | number >>> 32 & 0xfffff000L;
    }

    private static long minor(long number) {
        return number & 0xff | number >>> 12 & 0xffffff00L;
    }
}
