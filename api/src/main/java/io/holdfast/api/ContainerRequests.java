package io.holdfast.api;

import com.google.protobuf.ByteString;
import io.holdfast.container.ContainerConfig;
import io.holdfast.container.ContainerConfig.Variable;
import io.holdfast.runtime.v1.Cri;
import java.util.ArrayList;
import java.util.List;

/** Parses a ContainerConfig, and the command of an exec. */
final class ContainerRequests {
    private static final int MOST_NAME = 253;
    private static final int MOST_REFERENCE = 4096;
    /** What execve takes at most: one string, and all together. */
    private static final int MOST_ARGUMENT = 128 * 1024 - 1;

    private static final int MOST_ARGUMENTS = 2 << 20;

    private ContainerRequests() {}

    static ContainerConfig config(Cri.ContainerConfig config) {
        if (!config.hasMetadata()) {
            throw Fields.invalid("config.metadata", "is missing");
        }
        refuseWhatIsNotThere(config);
        return new ContainerConfig(
                Fields.name("config.metadata.name", config.getMetadata().getName(), MOST_NAME),
                attempt(config.getMetadata()),
                image(config.getImage()),
                arguments("config.command", config.getCommandList()),
                arguments("config.args", config.getArgsList()),
                Fields.optionalPath("config.working_dir", config.getWorkingDir()),
                environment(config.getEnvsList()),
                MountRequests.mounts(config.getMountsList()),
                MountRequests.devices(config.getDevicesList()),
                Fields.map("config.labels", config.getLabelsMap()),
                Fields.map("config.annotations", config.getAnnotationsMap()),
                Fields.relativePath("config.log_path", config.getLogPath()),
                new ContainerConfig.Terminal(config.getStdin(), config.getStdinOnce(), config.getTty()),
                ResourceRequests.resources(
                        "config.linux.resources", config.getLinux().getResources()),
                SecurityRequests.container(
                        "config.linux.security_context", config.getLinux().getSecurityContext()),
                Signals.parse("config.stop_signal", config.getStopSignal()));
    }

    /** A program and its arguments, as an exec has them. */
    static List<String> command(List<String> command) {
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            throw Fields.invalid("cmd", "is missing");
        }
        return arguments("cmd", command);
    }

    private static void refuseWhatIsNotThere(Cri.ContainerConfig config) {
        Fields.unsupported(
                "config.CDI_devices",
                config.getCDIDevicesCount() > 0,
                "CDI is not supported by this version of Holdfast");
    }

    private static int attempt(Cri.ContainerMetadata metadata) {
        return (int) Fields.range(
                "config.metadata.attempt", Integer.toUnsignedLong(metadata.getAttempt()), 0, Integer.MAX_VALUE);
    }

    private static ContainerConfig.ImageChoice image(Cri.ImageSpec image) {
        return new ContainerConfig.ImageChoice(
                Fields.line(
                        "config.image.image", Fields.required("config.image.image", image.getImage()), MOST_REFERENCE),
                Fields.map("config.image.annotations", image.getAnnotationsMap()),
                Fields.line("config.image.user_specified_image", image.getUserSpecifiedImage(), MOST_REFERENCE),
                Fields.line("config.image.runtime_handler", image.getRuntimeHandler(), MOST_NAME));
    }

    private static List<String> arguments(String field, List<String> values) {
        long total = 0;
        for (int i = 0; i < values.size(); i++) {
            total += Fields.text(field + "[" + i + "]", values.get(i), MOST_ARGUMENT)
                    .length();
        }
        Fields.range(field + " in all", total, 0, MOST_ARGUMENTS);
        return List.copyOf(values);
    }

    private static List<Variable> environment(List<Cri.KeyValue> wire) {
        List<Variable> variables = new ArrayList<>();
        for (int i = 0; i < wire.size(); i++) {
            String field = "config.envs[" + i + "]";
            String name = Fields.line(field + ".key", wire.get(i).getKey(), MOST_ARGUMENT);
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw Fields.invalid(field + ".key", "must be a name without \"=\"");
            }
            variables.add(new Variable(name, value(field + ".value", wire.get(i).getValue())));
        }
        return variables;
    }

    private static String value(String field, ByteString bytes) {
        if (!bytes.isValidUtf8()) {
            throw Fields.invalid(field, "is not UTF-8");
        }
        return Fields.text(field, bytes.toStringUtf8(), MOST_ARGUMENT);
    }
}
