package io.holdfast.container;

import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;

/** Which namespaces a container is in: what is not listed is the host's. */
final class Namespaces {
    private Namespaces() {}

    static List<Spec.Namespace> of(ContainerSpec.Inputs inputs) {
        PodEnvironment pod = inputs.pod();
        List<Spec.Namespace> all = new ArrayList<>();
        all.add(Spec.Namespace.fresh("mount"));
        addPid(all, inputs);
        pod.networkNamespace().ifPresent(pinned -> all.add(Spec.Namespace.joined("network", pinned.toString())));
        if (!pod.hostIpc()) {
            all.add(of(pod.pause(), "ipc"));
        }
        if (!pod.hostUts()) {
            all.add(of(pod.pause(), "uts"));
        }
        if (inputs.machine().unifiedCgroups() && !inputs.config().security().privileged()) {
            all.add(Spec.Namespace.fresh("cgroup"));
        }
        return all;
    }

    private static void addPid(List<Spec.Namespace> all, ContainerSpec.Inputs inputs) {
        switch (inputs.config().security().pid()) {
            case Security.PidNamespace.Node _ -> {}
            case Security.PidNamespace.Container _ -> all.add(Spec.Namespace.fresh("pid"));
            case Security.PidNamespace.Target(String container) ->
                all.add(of(
                        inputs.target()
                                .orElseThrow(() -> new Failure.Invalid("namespace_options.target_id: container "
                                        + HostPath.printable(container) + " is not running")),
                        "pid"));
            case Security.PidNamespace.Pod _ -> {
                if (!inputs.pod().hostPid()) {
                    all.add(of(inputs.pod().pause(), "pid"));
                }
            }
        }
    }

    private static Spec.Namespace of(ProcessIdentity process, String kind) {
        return Spec.Namespace.joined(kind, "/proc/" + process.pid() + "/ns/" + kind);
    }
}
