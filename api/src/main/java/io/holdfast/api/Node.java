package io.holdfast.api;

import io.holdfast.sandbox.Handlers;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the node tells of itself.
 *
 * @param systemdCgroups whether systemd makes the cgroups
 * @param recovered whether every record of before the start is taken up again
 * @param whyNoRuntime empty where every program that a container takes is there
 * @param whyNoNetwork empty where a pod could join the network now
 * @param details for people: each value a JSON text
 */
public record Node(
        String version,
        boolean systemdCgroups,
        Handlers handlers,
        BooleanSupplier recovered,
        Supplier<Optional<String>> whyNoRuntime,
        Supplier<Optional<String>> whyNoNetwork,
        Supplier<Map<String, String>> details) {}
