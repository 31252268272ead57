package io.holdfast.content;

import io.holdfast.linux.DurableFile;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Blobs by digest under {@code blobs/<algorithm>/<hex>}, and what is on its way under {@code ingest/}. A blob is there
 * whole, flushed and of its digest, or it is not there. Of two ingests of one digest the second waits for the first.
 */
public final class ContentStore {
    private static final List<String> ALGORITHMS = List.of("sha256", "sha512");
    private static final String DIRECTORY_MODE = "rwx------";

    /** Bytes and files below the root. */
    public record Usage(long bytes, long files) {}

    private final Path blobs;
    private final Path ingests;
    private final Failpoints failpoints;
    private final Turns<Digest> turns = new Turns<>();

    public ContentStore(Path root, Failpoints failpoints) {
        this.blobs = root.resolve("blobs");
        this.ingests = root.resolve("ingest");
        this.failpoints = failpoints;
        ALGORITHMS.forEach(algorithm -> makeDirectory(blobs.resolve(algorithm)));
        makeDirectory(ingests);
        leftOver().forEach(ContentStore::delete);
    }

    /** The document of this digest, checked again; a blob that was damaged since is removed and counts as absent. */
    public Optional<byte[]> read(Digest digest, int cap) {
        Path path = blobPath(digest);
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.size(path) > cap) {
                return Optional.empty();
            }
            byte[] content = Files.readAllBytes(path);
            if (digest.matches(content)) {
                return Optional.of(content);
            }
        } catch (IOException failed) {
            throw new Failure.Broken("reading blob " + digest + ": " + failed.getMessage(), failed);
        }
        remove(digest);
        return Optional.empty();
    }

    /** Makes a document a blob; it is durable on return, and no longer staged if it was. */
    public void put(Descriptor descriptor, byte[] content) {
        descriptor.verified(content, "memory");
        failpoints.pass("write.blob.before");
        DurableFile.write(blobPath(descriptor.digest()), content, "rw-------");
        delete(ingestPath(descriptor.digest()));
        failpoints.pass("write.blob.after");
    }

    /** Begins or resumes the ingest of this content; waits for whoever has it open. */
    public Ingest ingest(Descriptor descriptor) {
        Turns.Turn turn = turns.take(descriptor.digest(), "the download of " + descriptor.digest());
        try {
            return Ingest.open(ingestPath(descriptor.digest()), descriptor, turn, failpoints);
        } catch (IOException failed) {
            turn.close();
            throw new Failure.Broken("staging " + descriptor.digest() + ": " + failed.getMessage(), failed);
        } catch (RuntimeException failed) {
            turn.close();
            throw failed;
        }
    }

    /** A place for bytes whose digest is known only at their end. */
    public Spool spool() {
        return Spool.open(ingests, this::ingestPath);
    }

    /** Content that is small, stored or staged; checked. */
    public byte[] small(Descriptor descriptor) {
        return read(descriptor.digest(), (int) Math.min(Integer.MAX_VALUE, descriptor.size()))
                .orElseGet(() -> staged(descriptor));
    }

    /** The digests of all blobs and of all staged content. */
    public Set<Digest> digests() {
        Set<Digest> found = new HashSet<>();
        for (String algorithm : ALGORITHMS) {
            list(blobs.resolve(algorithm)).forEach(file -> parse(algorithm + ":" + file.getFileName(), found));
        }
        list(ingests).forEach(file -> parse(file.getFileName().toString().replace('-', ':'), found));
        return found;
    }

    /** Removes blob and staged content; success where there is none. Bytes that someone reads stay his. */
    public void remove(Digest digest) {
        delete(blobPath(digest));
        delete(ingestPath(digest));
    }

    /** The file system that holds it. */
    public FileStore disk() {
        try {
            return Files.getFileStore(ingests);
        } catch (IOException failed) {
            throw new UncheckedIOException("finding the file system of " + ingests, failed);
        }
    }

    public Usage usage() {
        List<Path> files = new ArrayList<>(list(ingests));
        ALGORITHMS.forEach(algorithm -> files.addAll(list(blobs.resolve(algorithm))));
        return new Usage(files.stream().mapToLong(ContentStore::size).sum(), files.size());
    }

    private byte[] staged(Descriptor descriptor) {
        try (Ingest ingest = ingest(descriptor)) {
            ingest.verify("the staged content");
            try (InputStream content = ingest.follow()) {
                return content.readAllBytes();
            }
        } catch (IOException failed) {
            throw new Failure.Broken("reading " + descriptor.digest() + ": " + failed.getMessage(), failed);
        }
    }

    /** Files that a daemon was writing when it was killed. */
    private List<Path> leftOver() {
        List<Path> files = new ArrayList<>(list(ingests));
        ALGORITHMS.forEach(algorithm -> files.addAll(list(blobs.resolve(algorithm))));
        return files.stream()
                .filter(file -> file.getFileName().toString().startsWith(Spool.PREFIX)
                        || file.getFileName().toString().startsWith("."))
                .toList();
    }

    private Path blobPath(Digest digest) {
        return blobs.resolve(digest.algorithm()).resolve(digest.hex());
    }

    private Path ingestPath(Digest digest) {
        return ingests.resolve(digest.algorithm() + "-" + digest.hex());
    }

    /** Other names are files on their way, of {@link DurableFile} or {@link Spool}, that are no content yet. */
    private static void parse(String name, Set<Digest> into) {
        try {
            into.add(Digest.parse(name));
        } catch (Failure.Invalid _) {
            return;
        }
    }

    private static List<Path> list(Path directory) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(files::add);
        } catch (IOException failed) {
            throw new UncheckedIOException("listing " + directory, failed);
        }
        return files;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException _) {
            return 0; // gone since it was listed
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("removing " + file, failed);
        }
    }

    private static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(DIRECTORY_MODE)));
        } catch (IOException failed) {
            throw new UncheckedIOException("making " + directory, failed);
        }
    }
}
