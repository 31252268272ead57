package io.holdfast.sandbox;

import io.holdfast.linux.DurableFile;
import io.holdfast.linux.OwnDirectory;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The built-in root of the pause process: a directory with one static binary and the mount points that a runtime wants.
 * It needs no image, so that no registry, image collection or full disk keeps a pod from starting.
 */
public final class PauseRoot implements Supplier<PauseProgram> {
    private static final int NAME_DIGITS = 16;
    private static final List<String> MOUNT_POINTS = List.of("proc", "dev", "sys");
    private static final String PROGRAM = "pause";
    private static final Pattern HALF_MADE = Pattern.compile("new-.*|\\.pause\\..*");
    private static final long NOBODY = 65535;

    private final PauseProgram program;

    /**
     * Copies the binary below {@code directory}, under its hash, unless it is there, whole.
     *
     * @param binary a statically linked program such as catatonit
     * @param arguments what makes it wait for ever and reap
     */
    public PauseRoot(Path directory, Path binary, List<String> arguments) {
        try {
            byte[] content = Files.readAllBytes(binary);
            Path root = directory.resolve(hash(content).substring(0, NAME_DIGITS));
            removeHalfMade(directory);
            make(OwnDirectory.make(directory), root, content);
            List<String> command = new java.util.ArrayList<>(List.of("/" + PROGRAM));
            command.addAll(arguments);
            this.program = new PauseProgram(root, command, List.of(), NOBODY, NOBODY);
        } catch (IOException failed) {
            throw new Failure.Unavailable(
                    "the pause program " + binary + " cannot be used: " + failed.getMessage()
                            + "; install catatonit, or set sandbox.pause_binary or sandbox.image",
                    failed);
        }
    }

    @Override
    public PauseProgram get() {
        return program;
    }

    /** What is there is compared: a name alone tells nothing of the bytes that a power loss has left behind it. */
    private static void make(Path directory, Path root, byte[] content) throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String point : MOUNT_POINTS) {
            Files.createDirectories(root.resolve(point));
        }
        Path program = root.resolve(PROGRAM);
        if (Files.notExists(program) || !Arrays.equals(Files.readAllBytes(program), content)) {
            DurableFile.write(program, content, "r-xr-xr-x");
            DurableFile.syncDirectory(directory);
        }
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("r-xr-xr-x"));
    }

    /** What a crash, of this or a former version, left of a root or a program that was being written. */
    private static void removeHalfMade(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory, 2)) {
            all.filter(path -> HALF_MADE.matcher(path.getFileName().toString()).matches())
                    .toList()
                    .forEach(SandboxFiles::delete);
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new UncheckedIOException(new IOException(impossible));
        }
    }
}
