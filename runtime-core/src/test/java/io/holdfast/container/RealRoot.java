package io.holdfast.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** A root directory that containers of tests run in: busybox, a pause program, and accounts. */
final class RealRoot {
    private static final List<String> APPLETS = List.of(
            "sh", "id", "cat", "ls", "env", "pwd", "touch", "grep", "stat", "sleep", "mount", "chroot", "hostname");

    private RealRoot() {}

    static Path make(Path root) {
        try {
            for (String directory : List.of("bin", "etc", "tmp", "root", "home/app", "proc", "dev", "sys", "mnt")) {
                Files.createDirectories(root.resolve(directory));
            }
            copy(root, installed("busybox"), root.resolve("bin/busybox"));
            copy(root, installed("catatonit"), root.resolve("pause"));
            for (String applet : APPLETS) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
            Files.writeString(root.resolve("etc/passwd"), """
                root:x:0:0:root:/root:/bin/sh
                app:x:1000:1001:App:/home/app:/bin/sh
                """);
            Files.writeString(root.resolve("etc/group"), """
                root:x:0:
                app:x:1001:
                disk:x:5000:app
                """);
            return root;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path installed(String program) {
        return Stream.of("/bin", "/usr/bin")
                .map(directory -> Path.of(directory, program))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("install " + program + " for these tests"));
    }

    /** A program with the libraries that ldd(1) says it needs; a static one needs none. */
    private static void copy(Path root, Path program, Path target) throws IOException {
        Files.copy(program, target, StandardCopyOption.COPY_ATTRIBUTES);
        Process ldd = new ProcessBuilder("ldd", program.toString())
                .redirectErrorStream(true)
                .start();
        String listed = new String(ldd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        for (String word : listed.split("\\s+")) {
            if (word.startsWith("/") && Files.isRegularFile(Path.of(word))) {
                Path copied = root.resolve(word.substring(1));
                Files.createDirectories(copied.getParent());
                Files.copy(Path.of(word), copied, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
