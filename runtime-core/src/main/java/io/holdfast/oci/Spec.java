package io.holdfast.oci;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * config.json of the OCI runtime specification 1.2, as far as Linux containers need it. Field names and nesting are the
 * specification's; what is empty or absent is not written.
 *
 * @param hostname only for a container with a UTS namespace of its own; empty otherwise
 */
public record Spec(
        String ociVersion,
        Process process,
        Root root,
        String hostname,
        List<Mount> mounts,
        Map<String, String> annotations,
        Linux linux) {
    /** The lowest version that has all that is written here; Debian 12's crun refuses 1.3.0 and runc's is 1.0.2. */
    public static final String VERSION = "1.0.2";

    public Spec {
        mounts = List.copyOf(mounts);
        annotations = Map.copyOf(annotations);
    }

    /** The program to run; also what {@code exec --process} takes. */
    public record Process(
            boolean terminal,
            User user,
            List<String> args,
            List<String> env,
            String cwd,
            Capabilities capabilities,
            List<Rlimit> rlimits,
            boolean noNewPrivileges,
            String apparmorProfile,
            OptionalInt oomScoreAdj,
            String selinuxLabel) {
        public Process {
            args = List.copyOf(args);
            env = List.copyOf(env);
            rlimits = List.copyOf(rlimits);
        }
    }

    public record User(long uid, long gid, OptionalInt umask, List<Long> additionalGids) {
        public User {
            additionalGids = List.copyOf(additionalGids);
        }
    }

    /** Names with {@code CAP_}, sorted. */
    public record Capabilities(
            List<String> bounding,
            List<String> effective,
            List<String> permitted,
            List<String> inheritable,
            List<String> ambient) {
        public Capabilities {
            bounding = List.copyOf(bounding);
            effective = List.copyOf(effective);
            permitted = List.copyOf(permitted);
            inheritable = List.copyOf(inheritable);
            ambient = List.copyOf(ambient);
        }

        public static Capabilities none() {
            return new Capabilities(List.of(), List.of(), List.of(), List.of(), List.of());
        }
    }

    public record Rlimit(String type, long hard, long soft) {}

    public record Root(String path, boolean readonly) {}

    public record Mount(String destination, String type, String source, List<String> options) {
        public Mount {
            options = List.copyOf(options);
        }
    }

    /**
     * What is Linux's own.
     *
     * @param rootfsPropagation {@code rshared}, {@code rslave}, or empty for the runtime's default; the schema lists
     *     only the forms that are not recursive, but with those the host's other mounts would stay peers
     */
    public record Linux(
            Map<String, String> sysctl,
            Resources resources,
            String cgroupsPath,
            List<Namespace> namespaces,
            List<Device> devices,
            Optional<Seccomp> seccomp,
            String rootfsPropagation,
            List<String> maskedPaths,
            List<String> readonlyPaths,
            String mountLabel) {
        public Linux {
            sysctl = Map.copyOf(sysctl);
            namespaces = List.copyOf(namespaces);
            devices = List.copyOf(devices);
            maskedPaths = List.copyOf(maskedPaths);
            readonlyPaths = List.copyOf(readonlyPaths);
        }
    }

    /** A namespace to be in; one that is not listed is the host's. The path is empty for a new one. */
    public record Namespace(String type, String path) {
        public static Namespace fresh(String type) {
            return new Namespace(type, "");
        }

        public static Namespace joined(String type, String path) {
            return new Namespace(type, path);
        }
    }

    /** A device node to be made; the type is {@code c}, {@code b} or {@code p}. */
    public record Device(
            String type,
            String path,
            long major,
            long minor,
            OptionalInt fileMode,
            OptionalLong uid,
            OptionalLong gid) {}

    /** What the container may use; also what {@code update} takes. */
    public record Resources(
            List<DeviceRule> devices,
            Optional<Memory> memory,
            Optional<Cpu> cpu,
            List<HugepageLimit> hugepageLimits,
            Map<String, String> unified) {
        public Resources {
            devices = List.copyOf(devices);
            hugepageLimits = List.copyOf(hugepageLimits);
            unified = Map.copyOf(unified);
        }
    }

    /** A line of the device cgroup; type {@code a} and no numbers is every device. */
    public record DeviceRule(boolean allow, String type, OptionalLong major, OptionalLong minor, String access) {
        public static DeviceRule every(boolean allow) {
            return new DeviceRule(allow, "a", OptionalLong.empty(), OptionalLong.empty(), "rwm");
        }
    }

    /** Bytes; {@code swap} is memory and swap together. */
    public record Memory(OptionalLong limit, OptionalLong swap) {}

    public record Cpu(OptionalLong shares, OptionalLong quota, OptionalLong period, String cpus, String mems) {}

    public record HugepageLimit(String pageSize, long limit) {}

    /** A system call filter as libseccomp takes it. */
    public record Seccomp(
            String defaultAction,
            OptionalInt defaultErrnoRet,
            List<String> architectures,
            List<String> flags,
            String listenerPath,
            String listenerMetadata,
            List<Syscalls> syscalls) {
        public Seccomp {
            architectures = List.copyOf(architectures);
            flags = List.copyOf(flags);
            syscalls = List.copyOf(syscalls);
        }
    }

    /** One rule: these calls, where all of the conditions on their arguments hold. */
    public record Syscalls(List<String> names, String action, OptionalInt errnoRet, List<Argument> args) {
        public Syscalls {
            names = List.copyOf(names);
            args = List.copyOf(args);
        }
    }

    /** A condition on one argument; the values are unsigned 64-bit. */
    public record Argument(int index, BigInteger value, BigInteger valueTwo, String op) {}
}
