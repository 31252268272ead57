package io.holdfast.oci;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The directory that an OCI runtime creates a container from. Not flushed to the disk: whoever comes up after a power
 * loss makes the container anew.
 */
public final class Bundle {
    private static final String CONFIG = "config.json";

    private Bundle() {}

    /** Writes config.json, readable by root alone, into a directory that is there; replaces one of an earlier attempt. */
    public static void write(Path directory, Spec spec) {
        Path config = directory.resolve(CONFIG);
        try {
            Files.deleteIfExists(config);
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var how = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var file = Files.newByteChannel(config, how, mode)) {
                ByteBuffer rest = ByteBuffer.wrap(SpecJson.render(spec));
                while (rest.hasRemaining()) {
                    file.write(rest);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + config, failed);
        }
    }

    /** What {@link #write} left there. */
    public static Spec read(Path directory) {
        return SpecJson.parse(bytes(directory));
    }

    /** As {@link #read}; empty where nothing was written, or not to its end, so that no runtime has ever run it. */
    public static Optional<Spec> find(Path directory) {
        try {
            return Files.exists(directory.resolve(CONFIG)) ? Optional.of(read(directory)) : Optional.empty();
        } catch (Failure.Broken unfinished) {
            return Optional.empty();
        }
    }

    /** The process of what {@link #write} left there. */
    public static Spec.Process process(Path directory) {
        return SpecJson.parseProcess(bytes(directory));
    }

    private static byte[] bytes(Path directory) {
        Path config = directory.resolve(CONFIG);
        try {
            return Files.readAllBytes(config);
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + config, failed);
        }
    }

    /** The text of config.json; empty where the bundle is gone, as after a reboot. */
    public static Optional<String> text(Path directory) {
        Path config = directory.resolve(CONFIG);
        try {
            return Optional.of(Files.readString(config));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + config, failed);
        }
    }
}
