package io.holdfast.container;

import io.holdfast.oci.Seccomp;
import io.holdfast.oci.SeccompProfile;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a container is kept from by the kernel's security modules. What is asked for and cannot be had fails. */
final class Confinement {
    /** In every list of paths to mask that is meant to be the usual one. */
    private static final String USUALLY_MASKED = "/proc/kcore";

    private static final String LOCALHOST = "localhost/";
    private static final Pattern PROFILE = Pattern.compile("[\\p{Graph} ]+");

    private Confinement() {}

    /** A privileged container has no filter whatever it asks for. */
    static Optional<Spec.Seccomp> seccomp(ContainerSpec.Inputs inputs, Set<String> granted) {
        Security security = inputs.config().security();
        Machine machine = inputs.machine();
        if (security.privileged()) {
            return Optional.empty();
        }
        return switch (security.seccomp()) {
            case Security.Seccomp.Unconfined _ -> Optional.empty();
            case Security.Seccomp.RuntimeDefault _ ->
                filtered(machine, () -> Seccomp.runtimeDefault(granted, machine.arch()));
            case Security.Seccomp.Localhost _ ->
                filtered(
                        machine,
                        () -> SeccompProfile.parse(
                                profile(inputs),
                                new SeccompProfile.Subject(granted, machine.arch(), machine.kernel())));
        };
    }

    private static Optional<Spec.Seccomp> filtered(Machine machine, Supplier<Spec.Seccomp> filter) {
        if (!machine.modules().seccomp()) {
            throw new Failure.Invalid("security_context.seccomp: this kernel has no seccomp; ask for Unconfined");
        }
        return Optional.of(filter.get());
    }

    private static byte[] profile(ContainerSpec.Inputs inputs) {
        return inputs.ground()
                .seccompProfile()
                .orElseThrow(() -> new IllegalArgumentException("no groundwork was laid for the seccomp profile"))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The name of a loaded profile. Without AppArmor in the kernel the runtime's default is none. */
    static String apparmor(Security security, Machine machine) {
        return switch (security.apparmor()) {
            case Security.Apparmor.RuntimeDefault _, Security.Apparmor.Unconfined _ -> "";
            case Security.Apparmor.Localhost(String profile) -> {
                require(machine.modules().apparmor(), profile, "this kernel has no AppArmor");
                require(PROFILE.matcher(profile).matches(), profile, "that is no profile's name");
                yield profile.startsWith(LOCALHOST) ? profile.substring(LOCALHOST.length()) : profile;
            }
        };
    }

    private static void require(boolean held, String profile, String otherwise) {
        if (!held) {
            throw new Failure.Invalid("security_context.apparmor: the profile \"" + HostPath.printable(profile)
                    + "\" cannot be applied: " + otherwise);
        }
    }

    static String processLabel(Security security, Machine machine) {
        return label(security, machine).map(Security.SelinuxLabel::ofProcesses).orElse("");
    }

    static String mountLabel(Security security, Machine machine) {
        return label(security, machine).map(Security.SelinuxLabel::ofFiles).orElse("");
    }

    /** The list as it was asked for, with the side channels that have become known since such lists were written. */
    static List<String> maskedPaths(Security security, Machine machine) {
        List<String> asked = security.maskedPaths();
        if (!asked.contains(USUALLY_MASKED)) {
            return asked;
        }
        return Stream.concat(asked.stream(), machine.sideChannels().stream())
                .distinct()
                .toList();
    }

    private static Optional<Security.SelinuxLabel> label(Security security, Machine machine) {
        return security.selinux().filter(_ -> machine.modules().selinux() && !security.privileged());
    }
}
