package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cni.Networks;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.oci.Spec;
import io.holdfast.sandbox.SandboxConfig.Scope;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a sandbox's cgroup is: what is held, what config.json says and where usage is read are to be the same place. */
class SandboxPlanTest {
    private static final String ID = "5a".repeat(32);

    @TempDir
    private Path directory;

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);

    @AfterEach
    void close() {
        watch.close();
    }

    @ParameterizedTest
    @CsvSource({
        "false, '', /holdfast/ID, /holdfast/ID/ID, /holdfast/ID/ID",
        "false, /kubepods/pod1, '', /kubepods/pod1/ID, /kubepods/pod1/ID",
        "true, '', '', /holdfast.slice/holdfast-ID.scope, holdfast.slice:holdfast:ID",
        "true, kubepods-pod1.slice, '', /kubepods.slice/kubepods-pod1.slice/holdfast-ID.scope,"
                + " kubepods-pod1.slice:holdfast:ID",
    })
    void itIsOfTheDriversForm(boolean systemd, String parent, String group, String pause, String cgroupsPath) {
        SandboxConfig config = onTheHostsNetwork(parent);
        List<SandboxHold> plan = plan(systemd, config);
        assertThat(plan.stream().filter(SandboxHold.Group.class::isInstance))
                .isEqualTo(group.isEmpty() ? List.of() : List.of(new SandboxHold.Group(filled(group))));
        assertThat(((SandboxHold.Pause) plan.getLast()).cgroup()).isEqualTo(filled(pause));
        assertThat(spec(paths(systemd), config).linux().cgroupsPath()).isEqualTo(filled(cgroupsPath));
    }

    @ParameterizedTest
    @CsvSource({
        "false, '', /holdfast/ID",
        "false, /kubepods/pod1, /kubepods/pod1",
        "true, '', ''",
        "true, kubepods-pod1.slice, /kubepods.slice/kubepods-pod1.slice",
    })
    void usageIsReadWhereThePodIs(boolean systemd, String parent, String group) {
        assertThat(paths(systemd).podGroup(ID, onTheHostsNetwork(parent)).orElse(""))
                .isEqualTo(filled(group));
    }

    @ParameterizedTest
    @CsvSource({"true, /kubepods/pod1", "false, kubepods-pod1.slice", "false, /kubepods.slice/kubepods-pod1.slice"})
    void aParentOfTheOtherDriversFormIsRefusedByName(boolean systemd, String parent) {
        SandboxConfig config = onTheHostsNetwork(parent);
        assertThatThrownBy(() -> plan(systemd, config))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("config.linux.cgroup_parent: " + parent);
    }

    @Test
    void whatAPodSharesWithOthersIsNotToldForItsOwn() {
        SandboxMeter meter = new SandboxMeter(Cgroup.at(Path.of("/sys/fs/cgroup")), paths(true));
        SandboxUsage usage = meter.usage(sandbox(onTheHostsNetwork("")));
        assertThat(usage.group().cpuNanos()).isEmpty();
        assertThat(usage.group().memory()).isEmpty();
    }

    private List<SandboxHold> plan(boolean systemd, SandboxConfig config) {
        Networks networks = new Networks(Networks.Settings.of(directory, List.of()), kernel, watch, _ -> {});
        return new SandboxPlan(paths(systemd), networks).of(ID, config);
    }

    private Spec spec(SandboxPaths paths, SandboxConfig config) {
        PauseProgram program = new PauseProgram(Path.of("/pause"), List.of("/pause"), List.of(), 0, 0);
        Cgroup cgroup = Cgroup.at(Path.of("/sys/fs/cgroup"));
        return PauseSpec.of(
                sandbox(config), program, paths, new KernelKeepers.Machine(kernel, cgroup, 0, "x86_64", false));
    }

    private static Sandbox sandbox(SandboxConfig config) {
        Instant now = Instant.now();
        return new Sandbox(
                ID, config, "", "crun", now, "boot", new SandboxState.Assembling(now), List.of(), Optional.empty());
    }

    private static SandboxPaths paths(boolean systemd) {
        return new SandboxPaths(Path.of("/run/x"), systemd);
    }

    private static String filled(String text) {
        return text.replace("ID", ID);
    }

    private static SandboxConfig onTheHostsNetwork(String cgroupParent) {
        return new SandboxConfig(
                new SandboxConfig.PodMetadata("pod", "uid", "default", 0),
                "",
                "",
                new SandboxConfig.Dns(List.of(), List.of(), List.of()),
                List.of(),
                Map.of(),
                Map.of(),
                cgroupParent,
                Map.of(),
                new SandboxConfig.Namespaces(Scope.NODE, Scope.CONTAINER, Scope.POD),
                new SandboxConfig.SandboxSecurity(false, Optional.empty()));
    }
}
