package io.holdfast.container;

import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * CRI's LinuxContainerSecurityContext: who the container is and what it may do.
 *
 * @param maskedPaths exactly these; an empty list means that none is masked
 * @param readonlyPaths exactly these
 */
public record Security(
        boolean privileged,
        PidNamespace pid,
        Capabilities capabilities,
        RunAs runAs,
        OptionalLong group,
        List<Long> supplementalGroups,
        GroupsPolicy groupsPolicy,
        boolean readonlyRootfs,
        boolean noNewPrivileges,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Seccomp seccomp,
        Apparmor apparmor,
        Optional<SelinuxLabel> selinux) {
    public Security {
        supplementalGroups = List.copyOf(supplementalGroups);
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
    }

    /** Whose processes the container sees. */
    public sealed interface PidNamespace {
        record Pod() implements PidNamespace {}

        record Container() implements PidNamespace {}

        record Node() implements PidNamespace {}

        record Target(String containerId) implements PidNamespace {}
    }

    /** Capability names with or without {@code CAP_}, in any case; {@code ALL} is all of them. */
    public record Capabilities(List<String> add, List<String> drop, List<String> addAmbient) {
        public Capabilities {
            add = List.copyOf(add);
            drop = List.copyOf(drop);
            addAmbient = List.copyOf(addAmbient);
        }
    }

    /** The user to run as. */
    public sealed interface RunAs {
        record ImageDefault() implements RunAs {}

        record Uid(long uid) implements RunAs {}

        record Name(String name) implements RunAs {}
    }

    /** Whether the image's group file adds to the groups asked for. */
    public enum GroupsPolicy {
        MERGE,
        STRICT
    }

    public sealed interface Seccomp {
        record RuntimeDefault() implements Seccomp {}

        record Unconfined() implements Seccomp {}

        record Localhost(Path profile) implements Seccomp {}
    }

    public sealed interface Apparmor {
        record RuntimeDefault() implements Apparmor {}

        record Unconfined() implements Apparmor {}

        record Localhost(String profile) implements Apparmor {}
    }

    /** A label of SELinux; what is empty is as container runtimes usually have it. */
    public record SelinuxLabel(String user, String role, String type, String level) {
        private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.:,\\-]*");

        /** What processes get. */
        public String ofProcesses() {
            return String.join(
                    ":", or(user, "system_u"), or(role, "system_r"), or(type, "container_t"), or(level, "s0"));
        }

        /** What files in mounts of the runtime's own get. */
        public String ofFiles() {
            return "system_u:object_r:container_file_t:" + or(level, "s0");
        }

        /** It becomes text between colons, commas and quotes of mount options. */
        private static String or(String asked, String otherwise) {
            if (!PART.matcher(asked).matches()) {
                throw new Failure.Invalid("security_context.selinux_options: \"" + HostPath.printable(asked)
                        + "\" is no part of a label");
            }
            return asked.isEmpty() ? otherwise : asked;
        }
    }
}
