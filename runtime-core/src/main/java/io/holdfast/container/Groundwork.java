package io.holdfast.container;

import io.holdfast.oci.Spec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container asks of the host's files, found there: the only things that its composition needs and that its
 * request does not say. {@link Groundworks} lays it.
 *
 * @param sources the real path, without links, of each host path that is mounted
 * @param devices the nodes that the container gets, each path once
 * @param seccompProfile the text of a Localhost profile
 */
public record Groundwork(Map<String, String> sources, List<Node> devices, Optional<String> seccompProfile) {
    public Groundwork {
        sources = Map.copyOf(sources);
        devices = List.copyOf(devices);
    }

    /** A device with what may be done to it, of {@code r}, {@code w}, {@code m}. */
    public record Node(Spec.Device device, String access) {}

    /** Of a container that asks for nothing. */
    public static Groundwork none() {
        return new Groundwork(Map.of(), List.of(), Optional.empty());
    }
}
