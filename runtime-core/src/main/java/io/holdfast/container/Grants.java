package io.holdfast.container;

import io.holdfast.oci.Capability;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which capabilities a container gets: never one that the daemon has not itself. */
final class Grants {
    private static final String ALL = "ALL";

    private Grants() {}

    /**
     * The default ones with those added and without those dropped. {@code ALL} comes before single names on either
     * side, so that dropping ALL and adding one leaves that one; of a name on both sides the drop counts.
     */
    static Set<String> granted(Security security, Machine machine) {
        if (security.privileged()) {
            return machine.capabilities();
        }
        List<String> add = security.capabilities().add();
        List<String> drop = security.capabilities().drop();
        Set<String> granted = new TreeSet<>(isAll(add) ? Capability.all() : Capability.grantedByDefault());
        if (isAll(drop)) {
            granted.clear();
        }
        granted.addAll(named("capabilities.add_capabilities", add));
        granted.removeAll(named("capabilities.drop_capabilities", drop));
        granted.addAll(ambient(security, machine));
        granted.retainAll(machine.capabilities());
        return granted;
    }

    /** Those that the first process keeps though it is not root. */
    static Set<String> ambient(Security security, Machine machine) {
        List<String> asked = security.capabilities().addAmbient();
        Set<String> ambient = named("capabilities.add_ambient_capabilities", asked);
        if (isAll(asked)) {
            ambient = Capability.all();
        }
        return ambient.stream().filter(machine.capabilities()::contains).collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isAll(List<String> names) {
        return names.stream().anyMatch(ALL::equalsIgnoreCase);
    }

    private static Set<String> named(String field, List<String> names) {
        return names.stream()
                .filter(name -> !ALL.equalsIgnoreCase(name))
                .map(name -> Capability.named(name)
                        .orElseThrow(() -> new Failure.Invalid(
                                field + ": there is no capability \"" + HostPath.printable(name) + "\"")))
                .collect(Collectors.toSet());
    }
}
