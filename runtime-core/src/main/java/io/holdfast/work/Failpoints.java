package io.holdfast.work;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Named points at each take, release and durable write, where a test can make the process fail, wait or die. Off in
 * production. The text form, also of the environment variable {@code HOLDFAST_FAILPOINTS}, is
 * {@code name:action[,name:action…]} with the actions {@code halt}, {@code error} and {@code sleep}.
 */
public final class Failpoints {
    private static final int HALT_STATUS = 137;

    private final Consumer<String> action;
    private final Set<String> passed = ConcurrentHashMap.newKeySet();

    private Failpoints(Consumer<String> action) {
        this.action = action;
    }

    public static Failpoints none() {
        return new Failpoints(_ -> {});
    }

    /** Every point that is passed is told to {@code action}, which may throw. */
    public static Failpoints calling(Consumer<String> action) {
        return new Failpoints(action);
    }

    public static Failpoints parse(String text) {
        Map<String, String> actions = new TreeMap<>();
        for (String item : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int colon = item.lastIndexOf(':');
            if (colon < 1) {
                throw new Failure.Invalid("failpoint \"" + item + "\": must be name:halt, name:error or name:sleep");
            }
            actions.put(
                    item.substring(0, colon).strip(), item.substring(colon + 1).strip());
        }
        return new Failpoints(point -> act(point, actions.getOrDefault(point, "")));
    }

    /** Says that the work has come to this point. */
    public void pass(String point) {
        passed.add(point);
        action.accept(point);
    }

    /** The points passed so far: what a test goes through one by one. */
    public Set<String> passed() {
        return Set.copyOf(passed);
    }

    private static void act(String point, String action) {
        switch (action) {
            case "" -> {}
            case "halt" -> Runtime.getRuntime().halt(HALT_STATUS);
            case "error" -> throw new Failure.Broken("failpoint " + point + " is set to fail");
            case "sleep" -> LockSupport.parkNanos(Long.MAX_VALUE);
            default -> throw new Failure.Invalid("failpoint " + point + ": no such action: " + action);
        }
    }
}
