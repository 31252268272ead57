package io.holdfast.sandbox;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.OwnDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The files in a sandbox's directory that its containers are given: resolv.conf, the host name, /dev/shm. */
final class SandboxFiles {
    private static final String SHM_OPTIONS = "mode=1777,size=65536k";
    private static final Path HOST_RESOLV_CONF = Path.of("/etc/resolv.conf");

    private final Kernel kernel;

    SandboxFiles(Kernel kernel) {
        this.kernel = kernel;
    }

    static Path resolvConf(Path directory) {
        return directory.resolve("resolv.conf");
    }

    static Path hostname(Path directory) {
        return directory.resolve("hostname");
    }

    /** Makes the directory, which only root may look into, and the files in it, which every user of the pod may read. */
    void make(Path directory, SandboxConfig config) {
        OwnDirectory.make(directory);
        try {
            writeReadable(resolvConf(directory), resolvConf(config.dns()));
            writeReadable(hostname(directory), hostname(config) + "\n");
        } catch (IOException failed) {
            throw new UncheckedIOException("making the sandbox's directory " + directory, failed);
        }
    }

    /** The pod's host name: the node's where the pod has none of its own. */
    static String hostname(SandboxConfig config) throws IOException {
        return config.hostname().isEmpty()
                ? Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
                : config.hostname();
    }

    void mountShm(Path path) {
        kernel.mount(
                "shm",
                OwnDirectory.make(path),
                "tmpfs",
                Kernel.MS_NOSUID | Kernel.MS_NODEV | Kernel.MS_NOEXEC,
                SHM_OPTIONS);
    }

    void unmountShm(Path path) {
        kernel.unmount(path);
    }

    /** Deletes the whole tree, following no link; success where it is gone. */
    static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failed) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException failed) {
            throw new UncheckedIOException("deleting " + directory, failed);
        }
    }

    private static String resolvConf(SandboxConfig.Dns dns) throws IOException {
        if (dns.isEmpty()) {
            return Files.exists(HOST_RESOLV_CONF) ? Files.readString(HOST_RESOLV_CONF) : "";
        }
        List<String> lines = new ArrayList<>();
        if (!dns.searches().isEmpty()) {
            lines.add("search " + String.join(" ", dns.searches()));
        }
        dns.servers().forEach(server -> lines.add("nameserver " + server));
        if (!dns.options().isEmpty()) {
            lines.add("options " + String.join(" ", dns.options()));
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static void writeReadable(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
