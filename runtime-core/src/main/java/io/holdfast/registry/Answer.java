package io.holdfast.registry;

import io.holdfast.content.Caps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

/** What a host answered, with the body still to be read. Closing it gives the connection up if it was not read whole. */
final class Answer implements AutoCloseable {
    private static final int PIECE = 16 << 10;

    private final HttpUriRequestBase request;
    private final ClassicHttpResponse response;
    private final Patience patience;

    Answer(HttpUriRequestBase request, ClassicHttpResponse response, Patience patience) {
        this.request = request;
        this.response = response;
        this.patience = patience;
    }

    int status() {
        return response.getCode();
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(response.getFirstHeader(name)).map(Header::getValue);
    }

    List<String> headers(String name) {
        return Arrays.stream(response.getHeaders(name)).map(Header::getValue).toList();
    }

    /** The type without its parameters, in lower case; empty if there is none. */
    String contentType() {
        String value = header("Content-Type").orElse("");
        int semicolon = value.indexOf(';');
        return (semicolon < 0 ? value : value.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /** How long the body says that it is. */
    OptionalLong length() {
        HttpEntity entity = response.getEntity();
        return entity == null || entity.getContentLength() < 0
                ? OptionalLong.empty()
                : OptionalLong.of(entity.getContentLength());
    }

    InputStream body() throws IOException {
        HttpEntity entity = response.getEntity();
        return entity == null ? InputStream.nullInputStream() : entity.getContent();
    }

    /** The whole body, or {@link HostFailed} where it is longer than the cap. */
    byte[] bytes(int cap) throws IOException, HostFailed {
        byte[] bytes = start(cap + 1);
        if (bytes.length > cap) {
            throw HostFailed.wrong("the answer is longer than the " + cap + " bytes that are allowed");
        }
        return bytes;
    }

    /** The start of an error's body, in one line of printable text. */
    String excerpt() {
        try {
            String text = new String(start(Caps.ERROR_BYTES), StandardCharsets.UTF_8);
            String line = text.replaceAll("[^\\x20-\\x7e]+", " ").strip();
            return line.substring(0, Math.min(line.length(), 200));
        } catch (IOException | HostFailed _) {
            return ""; // the status alone has to do
        }
    }

    /** The body as far as {@code most} bytes, which have to come as fast as those of a blob. */
    private byte[] start(int most) throws IOException, HostFailed {
        InputStream body = body();
        Throughput throughput = new Throughput(patience);
        byte[] bytes = new byte[Math.min(most, PIECE)];
        int filled = 0;
        while (filled < most) {
            if (filled == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(most, 2 * filled));
            }
            int count = throughput.read(body, bytes, filled, bytes.length - filled);
            if (count < 0) {
                break;
            }
            filled += count;
        }
        return Arrays.copyOf(bytes, filled);
    }

    @Override
    public void close() throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity != null && entity.isStreaming()) {
            giveUp();
        } else {
            response.close();
        }
    }

    /** Rather a new connection than the rest of a long body. */
    private void giveUp() {
        request.cancel();
        try {
            response.close();
        } catch (IOException _) {
            return; // it wanted to read the rest of a connection that is no more
        }
    }
}
