package io.holdfast.registry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The server's end of one exchange: what a script writes with. */
public final class Wire {
    private final OutputStream out;
    private boolean broken;

    Wire(OutputStream out) {
        this.out = out;
    }

    /** A whole answer. */
    public boolean answer(int status, Map<String, String> headers, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Map<String, String> all = new java.util.TreeMap<>(headers);
        all.putIfAbsent("Content-Length", Integer.toString(bytes.length));
        start(status, all);
        return send(bytes, 0, bytes.length);
    }

    public void start(int status, Map<String, String> headers) throws IOException {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        raw(text + "\r\n");
    }

    public boolean send(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        out.flush();
        return true;
    }

    public void raw(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Ends the connection after this exchange. */
    public boolean cut() {
        broken = true;
        return true;
    }

    boolean broken() {
        return broken;
    }
}
