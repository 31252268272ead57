package io.holdfast.cni;

import java.nio.file.Path;

/** The network that new sandboxes join, as it stood in the config directory when it was asked for. */
public final class Network {
    private final Path file;
    private final NetworkConfig config;

    Network(Path file, NetworkConfig config) {
        this.file = file;
        this.config = config;
    }

    public String name() {
        return config.name();
    }

    /** The file that it was read from. */
    public Path file() {
        return file;
    }

    /** Its config as JSON, for whoever asks what the node uses. */
    public String json() {
        return config.json();
    }

    /** What is to be remembered, before the ADD, of a sandbox that joins this network. */
    public Attachment attachment(AttachRequest request) {
        return new Attachment(
                config.name(),
                config.json(),
                request.containerId(),
                request.netns(),
                request.ifname(),
                request.arguments(),
                request.capabilities());
    }

    NetworkConfig config() {
        return config;
    }
}
