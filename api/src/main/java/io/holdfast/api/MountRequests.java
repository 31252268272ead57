package io.holdfast.api;

import io.holdfast.container.ContainerConfig.Device;
import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.runtime.v1.Cri;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Parses what a container gets of the host: mounts and devices. */
final class MountRequests {
    private static final Pattern PERMISSIONS = Pattern.compile("[rwm]{1,3}");
    /** Files of /proc that may be covered, as tools do that show a container its own limits. */
    private static final Set<String> COVERABLE = Set.of(
            "/proc/cpuinfo",
            "/proc/diskstats",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/slabinfo",
            "/proc/stat",
            "/proc/swaps",
            "/proc/uptime");

    private MountRequests() {}

    static List<Mount> mounts(List<Cri.Mount> wire) {
        List<Mount> mounts = new ArrayList<>();
        Set<String> targets = new HashSet<>();
        for (int i = 0; i < wire.size(); i++) {
            String field = "config.mounts[" + i + "]";
            Mount mount = mount(field, wire.get(i));
            if (!targets.add(mount.containerPath())) {
                throw Fields.invalid(field + ".container_path", mount.containerPath() + " is mounted twice");
            }
            mounts.add(mount);
        }
        return mounts;
    }

    static List<Device> devices(List<Cri.Device> wire) {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < wire.size(); i++) {
            String field = "config.devices[" + i + "]";
            devices.add(new Device(
                    Fields.absolutePath(field + ".container_path", wire.get(i).getContainerPath()),
                    Fields.absolutePath(field + ".host_path", wire.get(i).getHostPath()),
                    Fields.matching(
                            field + ".permissions", wire.get(i).getPermissions(), PERMISSIONS, "of r, w and m")));
        }
        return devices;
    }

    private static Mount mount(String field, Cri.Mount wire) {
        refuseWhatIsNotThere(field, wire);
        if (wire.getRecursiveReadOnly() && !wire.getReadonly()) {
            throw Fields.invalid(field + ".recursive_read_only", "stands without readonly");
        }
        Propagation propagation = propagation(field + ".propagation", wire.getPropagation());
        if (wire.getRecursiveReadOnly() && propagation != Propagation.PRIVATE) {
            throw Fields.invalid(field + ".recursive_read_only", "needs private propagation");
        }
        return new Mount(
                target(field + ".container_path", wire.getContainerPath()),
                Fields.absolutePath(field + ".host_path", wire.getHostPath()),
                wire.getReadonly(),
                wire.getRecursiveReadOnly(),
                wire.getSelinuxRelabel(),
                propagation);
    }

    private static String target(String field, String value) {
        String path = Fields.absolutePath(field, value);
        if (path.equals("/")) {
            throw Fields.invalid(field, "must not be the root itself");
        }
        if ((path.equals("/proc") || path.startsWith("/proc/")) && !COVERABLE.contains(path)) {
            throw Fields.invalid(field, "must not cover " + path + ", by which the container is confined");
        }
        return path;
    }

    private static Propagation propagation(String field, Cri.MountPropagation propagation) {
        return switch (propagation) {
            case PROPAGATION_PRIVATE -> Propagation.PRIVATE;
            case PROPAGATION_HOST_TO_CONTAINER -> Propagation.HOST_TO_CONTAINER;
            case PROPAGATION_BIDIRECTIONAL -> Propagation.BIDIRECTIONAL;
            case UNRECOGNIZED -> throw Fields.unknown(field);
        };
    }

    private static void refuseWhatIsNotThere(String field, Cri.Mount wire) {
        String later = "is not supported by this version of Holdfast";
        Fields.unsupported(field + ".uidMappings", wire.getUidMappingsCount() > 0, later);
        Fields.unsupported(field + ".gidMappings", wire.getGidMappingsCount() > 0, later);
        Fields.unsupported(field + ".image", wire.hasImage(), "an image as a volume " + later);
        Fields.unsupported(field + ".image_sub_path", !wire.getImageSubPath().isEmpty(), later);
        Fields.unsupported(field + ".mount_options", wire.getMountOptionsCount() > 0, later);
    }
}
