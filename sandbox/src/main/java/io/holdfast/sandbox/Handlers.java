package io.holdfast.sandbox;

import io.holdfast.container.OciRuntime;
import io.holdfast.work.Failure;
import java.util.Map;
import java.util.TreeSet;

/**
 * The OCI runtimes of this node under the names of their runtime handlers.
 *
 * @param standard the name of the one that serves who names none
 */
public record Handlers(String standard, Map<String, OciRuntime> runtimes) {
    public Handlers {
        runtimes = Map.copyOf(runtimes);
        if (!runtimes.containsKey(standard)) {
            throw new Failure.Invalid("default_runtime: no runtime is configured under the name " + standard);
        }
    }

    /** The handler's name, or the standard one's for none; a name that nothing is configured for is refused. */
    public String resolve(String requested) {
        String name = requested.isEmpty() ? standard : requested;
        if (!runtimes.containsKey(name)) {
            throw new Failure.Invalid("runtime_handler: no runtime handler " + name
                    + " is configured on this node; there are " + new TreeSet<>(runtimes.keySet()));
        }
        return name;
    }

    /** The runtime of a resolved name. */
    public OciRuntime runtime(String name) {
        OciRuntime runtime = runtimes.get(name);
        if (runtime == null) {
            throw new Failure.Unavailable("runtime handler " + name
                    + " is not configured any more; put it back into the configuration to release what it made");
        }
        return runtime;
    }
}
