package io.holdfast.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.content.Caps;
import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import io.holdfast.content.Spool;
import io.holdfast.content.StrictJson;
import io.holdfast.registry.Document;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An archive whose files are all staged in the content store, found by their paths or, as a library, by their digests. */
final class Archive implements Library {
    private static final int LINKS = 8;

    private final ContentStore content;
    private final Map<String, Descriptor> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    private Archive(ContentStore content) {
        this.content = content;
    }

    /** A file that came, and is content once it is placed. */
    private record Received(Spool spool, Digest digest) {}

    /** Reads it to its end; the lease covers what is staged of it. */
    static Archive read(InputStream stream, ContentStore content, Leases.Held lease) {
        Archive archive = new Archive(content);
        List<Received> received = new ArrayList<>();
        try (HeaderLimit limited = new HeaderLimit(Decompressed.of(stream), Caps.ARCHIVE_HEADER_BYTES);
                TarArchiveInputStream tar = new TarArchiveInputStream(limited)) {
            archive.readAll(tar, limited, received);
            lease.cover(received.stream().map(file -> file.digest().toString()).collect(Collectors.toSet()), Set.of());
            received.forEach(file -> file.spool().place(file.digest()));
            return archive;
        } catch (IOException failed) {
            throw new Failure.Invalid("the archive cannot be read: " + failed.getMessage(), failed);
        } finally {
            received.forEach(file -> file.spool().close());
        }
    }

    private void readAll(TarArchiveInputStream tar, HeaderLimit limited, List<Received> received) throws IOException {
        int entries = 0;
        TarArchiveEntry entry = limited.header(tar::getNextEntry);
        while (entry != null) {
            if (++entries > Caps.ARCHIVE_ENTRIES) {
                throw new Failure.Invalid("the archive has more than " + Caps.ARCHIVE_ENTRIES + " entries");
            }
            add(entry, tar, received);
            tar.transferTo(OutputStream.nullOutputStream()); // or else what is left of it would count for the header
            entry = limited.header(tar::getNextEntry);
        }
    }

    boolean has(String path) {
        return files.containsKey(path);
    }

    /** The staged content of a path; links lead to other paths of the archive alone. */
    Descriptor file(String path) {
        String at = clean(path);
        for (int hop = 0; hop < LINKS && links.containsKey(at); hop++) {
            at = links.get(at);
        }
        Descriptor file = files.get(at);
        if (file == null) {
            throw new Failure.Broken("the archive lacks " + path);
        }
        return file;
    }

    /** A document by its path. */
    Document document(String path) {
        Descriptor file = small(file(path), Caps.MANIFEST_BYTES);
        return new Document(file, content.small(file));
    }

    @Override
    public Document document(Descriptor descriptor) {
        return new Document(descriptor, content.small(small(descriptor, Caps.MANIFEST_BYTES)));
    }

    @Override
    public byte[] config(Descriptor descriptor) {
        return content.small(small(descriptor, Caps.CONFIG_BYTES));
    }

    /** The elements of a JSON array. */
    JsonNode array(String path) {
        return StrictJson.array(content.small(small(file(path), Caps.MANIFEST_BYTES)), "the archive's " + path);
    }

    private void add(TarArchiveEntry entry, InputStream tar, List<Received> received) {
        String path = clean(entry.getName());
        if (entry.isSymbolicLink()) {
            links.put(path, clean(path.substring(0, path.lastIndexOf('/') + 1) + entry.getLinkName()));
        } else if (entry.isLink()) {
            links.put(path, clean(entry.getLinkName()));
        } else if (entry.isFile()) {
            files.put(path, receive(tar, received));
        }
    }

    private Descriptor receive(InputStream tar, List<Received> received) {
        Spool spool = content.spool();
        try {
            Descriptor file = spool.receive(tar, "", Caps.BLOB_BYTES);
            received.add(new Received(spool, file.digest()));
            return file;
        } catch (RuntimeException failed) {
            spool.close();
            throw failed;
        }
    }

    private static Descriptor small(Descriptor descriptor, int cap) {
        if (descriptor.size() > cap) {
            throw new Failure.Broken(descriptor.digest() + " of the archive has more than " + cap + " bytes");
        }
        return descriptor;
    }

    /** Without {@code .}, and with {@code ..} resolved: it is a key of a map, and never a path on the disk. */
    private static String clean(String path) {
        java.util.ArrayDeque<String> parts = new java.util.ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }
}
