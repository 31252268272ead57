package io.holdfast.container;

import io.holdfast.oci.Spec;
import io.holdfast.oci.SpecJson;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The process object by which an OCI runtime runs another program in a container. */
public final class ProcessObject {
    private ProcessObject() {}

    /**
     * A program with the user, limits, environment, directory and confinement of the container's first process, as
     * JSON. A terminal is the program's own, whether the container has one or not.
     *
     * @param first the container's first process, as it was made
     */
    public static String of(Spec.Process first, List<String> command, boolean terminal) {
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            throw new Failure.Invalid("cmd: there is nothing to run");
        }
        Spec.Process program = new Spec.Process(
                terminal,
                first.user(),
                CommandLine.requirePlain(command),
                terminal ? Environment.withTerminal(first.env()) : first.env(),
                first.cwd(),
                first.capabilities(),
                first.rlimits(),
                first.noNewPrivileges(),
                first.apparmorProfile(),
                first.oomScoreAdj(),
                first.selinuxLabel());
        return new String(SpecJson.render(program), StandardCharsets.UTF_8);
    }
}
