package io.holdfast.registry;

import io.holdfast.content.Descriptor;
import io.holdfast.content.Ingest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/<name>/blobs/<digest>} of one host. */
record BlobEndpoint(HostClient client, Patience patience) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");
    private static final int BUFFER = 256 << 10;

    /** The blob's bytes, checked for their number and digest. */
    byte[] get(RegistryHost host, Descriptor descriptor) throws HostFailed {
        try (Answer answer = client.ask(host, "GET", "blobs/" + descriptor.digest(), Map.of())) {
            checkLength(answer, descriptor.size());
            byte[] content = answer.bytes((int) descriptor.size());
            if (content.length != descriptor.size() || !descriptor.digest().matches(content)) {
                throw HostFailed.wrong("what came is not " + descriptor.digest());
            }
            return content;
        } catch (IOException failed) {
            throw HostClient.failed(failed);
        }
    }

    /** Brings in what the ingest lacks; {@code stop} is asked between pieces and throws to end it. */
    void download(RegistryHost host, Ingest ingest, Runnable stop) throws HostFailed {
        long offset = ingest.offset();
        Descriptor descriptor = ingest.descriptor();
        Map<String, String> range = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
        try (Answer answer = client.ask(host, "GET", "blobs/" + descriptor.digest(), range)) {
            long skip = offset - start(answer, offset, descriptor.size());
            checkLength(answer, descriptor.size() - offset + skip);
            pump(answer.body(), skip, ingest, stop);
        } catch (IOException failed) {
            throw HostClient.failed(failed);
        }
        if (!ingest.whole()) {
            throw HostFailed.passing("it ended after " + ingest.offset() + " of " + descriptor.size() + " bytes");
        }
    }

    private void pump(InputStream body, long skip, Ingest ingest, Runnable stop) throws IOException, HostFailed {
        Throughput throughput = new Throughput(patience);
        byte[] buffer = new byte[BUFFER];
        long skipped = 0;
        while (true) {
            stop.run();
            int most = skipped < skip ? (int) Math.min(buffer.length, skip - skipped) : buffer.length;
            int count = throughput.read(body, buffer, 0, most);
            if (count < 0) {
                return;
            }
            if (skipped < skip) {
                skipped += count;
            } else {
                append(ingest, buffer, count);
            }
        }
    }

    private static void append(Ingest ingest, byte[] buffer, int count) throws HostFailed {
        if (count > ingest.descriptor().size() - ingest.offset()) {
            throw HostFailed.wrong(
                    "more bytes came than the " + ingest.descriptor().size() + " announced");
        }
        ingest.append(buffer, count);
    }

    /** Where the body begins: where we asked it to, or, of a host that does not know ranges, at the beginning. */
    private static long start(Answer answer, long offset, long size) throws HostFailed {
        if (answer.status() != 206) {
            return 0;
        }
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        boolean right = range.matches()
                && Long.parseLong(range.group(1)) == offset
                && (range.group(2).equals("*") || Long.parseLong(range.group(2)) == size);
        if (!right) {
            throw HostFailed.wrong("asked for the bytes from " + offset + " on, it sent others");
        }
        return offset;
    }

    private static void checkLength(Answer answer, long expected) throws HostFailed {
        String encoding = answer.header("Content-Encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw HostFailed.wrong("it sent the blob encoded, which nobody asked for");
        }
        OptionalLong length = answer.length();
        if (length.isPresent() && length.getAsLong() != expected) {
            throw HostFailed.wrong("it has " + length.getAsLong() + " bytes to send where " + expected + " were due");
        }
    }
}
