package io.holdfast.oci;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A profile that a node's administrator wrote: the {@code linux.seccomp} object of the OCI specification, or Docker's
 * profile format, which adds conditions on capabilities, architecture and kernel. Whatever it says that is not
 * understood fails: a filter weaker than what was written must not come to be.
 */
@JsonIgnoreProperties("comment")
public record SeccompProfile(
        String defaultAction,
        OptionalInt defaultErrnoRet,
        List<String> architectures,
        List<ArchMap> archMap,
        List<String> flags,
        String listenerPath,
        String listenerMetadata,
        List<Rule> syscalls) {

    private static final Pattern ACTION = Pattern.compile("SCMP_ACT_[A-Z_]+");
    private static final Pattern ARCHITECTURE = Pattern.compile("SCMP_ARCH_[A-Z0-9_]+");
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,64}");
    private static final Pattern OPERATOR = Pattern.compile("SCMP_CMP_(NE|LT|LE|EQ|GE|GT|MASKED_EQ)");
    private static final int ARGUMENTS = 6;

    private static final ObjectReader READER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .readerFor(SeccompProfile.class);

    /** Docker's way to list architectures. */
    public record ArchMap(String architecture, List<String> subArchitectures) {}

    /** One rule; {@code name} is an older form of {@code names}. */
    @JsonIgnoreProperties("comment")
    public record Rule(
            String name,
            List<String> names,
            String action,
            OptionalInt errnoRet,
            List<Spec.Argument> args,
            Optional<Condition> includes,
            Optional<Condition> excludes) {

        boolean applies(Subject subject) {
            return includes.map(condition -> condition.holds(subject)).orElse(true)
                    && excludes.map(condition -> !condition.touches(subject)).orElse(true);
        }

        Spec.Syscalls checked() {
            List<String> all = Stream.concat(Stream.of(name).filter(one -> !one.isEmpty()), names.stream())
                    .toList();
            require(!all.isEmpty(), "a rule names no system call");
            all.forEach(call -> require(NAME.matcher(call).matches(), "no system call is called \"" + call + "\""));
            require(ACTION.matcher(action).matches(), "the action of " + all.getFirst() + " is \"" + action + "\"");
            args.forEach(argument -> require(understood(argument), "an argument of " + all.getFirst() + " is wrong"));
            return new Spec.Syscalls(all, action, errnoRet, args);
        }

        private static boolean understood(Spec.Argument argument) {
            return argument.index() >= 0
                    && argument.index() < ARGUMENTS
                    && unsigned(argument.value())
                    && unsigned(argument.valueTwo())
                    && OPERATOR.matcher(argument.op()).matches();
        }

        private static boolean unsigned(BigInteger value) {
            return value.signum() >= 0 && value.bitLength() <= Long.SIZE;
        }
    }

    /** Docker's conditions on who is filtered; empty ones do not matter. Architectures are Go's names. */
    public record Condition(List<String> caps, List<String> arches, String minKernel) {
        boolean holds(Subject subject) {
            return subject.capabilities().containsAll(caps)
                    && (arches.isEmpty() || arches.contains(subject.goArch()))
                    && (minKernel.isEmpty() || subject.runsOn(minKernel));
        }

        boolean touches(Subject subject) {
            return caps.stream().anyMatch(subject.capabilities()::contains)
                    || arches.contains(subject.goArch())
                    || !minKernel.isEmpty() && subject.runsOn(minKernel);
        }
    }

    /** Whom the filter is for: its capabilities, and what {@code uname} calls the architecture and the kernel. */
    public record Subject(Set<String> capabilities, String arch, String kernel) {
        public Subject {
            capabilities = Set.copyOf(capabilities);
        }

        String goArch() {
            return switch (arch) {
                case "x86_64" -> "amd64";
                case "aarch64" -> "arm64";
                default -> arch;
            };
        }

        boolean runsOn(String oldest) {
            int[] wanted = version(oldest);
            int[] here = version(kernel);
            return here[0] > wanted[0] || here[0] == wanted[0] && here[1] >= wanted[1];
        }

        private static int[] version(String release) {
            var parts = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*").matcher(release);
            require(parts.matches(), "\"" + release + "\" is no kernel version");
            return new int[] {Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2))};
        }
    }

    /**
     * Reads a profile for one container.
     *
     * @throws Failure.Invalid where the profile is empty, malformed or not understood whole
     */
    public static Spec.Seccomp parse(byte[] json, Subject subject) {
        try {
            return Optional.ofNullable(READER.<SeccompProfile>readValue(json))
                    .orElseThrow(() -> new Failure.Invalid("seccomp profile: it is empty"))
                    .seccomp(subject);
        } catch (IOException malformed) {
            throw new Failure.Invalid("seccomp profile: " + malformed.getMessage(), malformed);
        }
    }

    private Spec.Seccomp seccomp(Subject subject) {
        require(ACTION.matcher(defaultAction).matches(), "its defaultAction is \"" + defaultAction + "\"");
        List<String> listed = archMap.isEmpty() ? architectures : mapped(subject.arch());
        listed.forEach(
                arch -> require(ARCHITECTURE.matcher(arch).matches(), "no architecture is called \"" + arch + "\""));
        List<Spec.Syscalls> rules = syscalls.stream()
                .filter(rule -> rule.applies(subject))
                .map(Rule::checked)
                .toList();
        return new Spec.Seccomp(defaultAction, defaultErrnoRet, listed, flags, listenerPath, listenerMetadata, rules);
    }

    private List<String> mapped(String arch) {
        String own = "SCMP_ARCH_" + arch.toUpperCase(Locale.ROOT);
        return archMap.stream()
                .filter(map -> map.architecture().equals(own))
                .flatMap(map -> Stream.concat(Stream.of(own), map.subArchitectures().stream()))
                .toList();
    }

    private static void require(boolean held, String otherwise) {
        if (!held) {
            throw new Failure.Invalid("seccomp profile: " + otherwise);
        }
    }
}
