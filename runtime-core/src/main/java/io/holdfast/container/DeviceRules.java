package io.holdfast.container;

import io.holdfast.oci.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The device cgroup of a container: nothing but what it was given, and what every OCI runtime gives all of them. */
final class DeviceRules {
    private DeviceRules() {}

    static List<Spec.DeviceRule> of(ContainerSpec.Inputs inputs) {
        if (inputs.config().security().privileged()) {
            return List.of(Spec.DeviceRule.every(true));
        }
        List<Spec.DeviceRule> rules = new ArrayList<>();
        rules.add(Spec.DeviceRule.every(false));
        inputs.ground().devices().forEach(node -> rules.add(allowed(node)));
        return rules;
    }

    private static Spec.DeviceRule allowed(Groundwork.Node node) {
        Spec.Device device = node.device();
        return new Spec.DeviceRule(
                true, device.type(), OptionalLong.of(device.major()), OptionalLong.of(device.minor()), node.access());
    }
}
