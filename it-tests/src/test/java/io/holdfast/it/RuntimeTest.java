package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.RuntimeCondition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Conformance
class RuntimeTest {
    @Test
    void versionNamesTheRuntimeAndTheApi(Node node) {
        var version = node.runtime().version(Cri.VersionRequest.getDefaultInstance());
        assertThat(version.getVersion()).isNotEmpty();
        assertThat(version.getRuntimeName()).isNotEmpty();
        assertThat(version.getRuntimeVersion()).isNotEmpty();
        assertThat(version.getRuntimeApiVersion()).isEqualTo("v1");
    }

    @Test
    void runtimeAndNetworkAreReady(Node node) {
        assertThat(status(node, false).getStatus().getConditionsList())
                .filteredOn(RuntimeCondition::getStatus)
                .extracting(RuntimeCondition::getType)
                .contains("RuntimeReady", "NetworkReady");
    }

    @Test
    void statusTellsMoreOnlyWhenAskedTo(Node node) {
        assertThat(status(node, false).getInfoMap()).isEmpty();
        assertThat(status(node, true).getInfoMap()).isNotEmpty();
    }

    @Test
    void statusListsTheRuntimeHandlers(Node node, Rig rig) {
        assertThat(status(node, false).getRuntimeHandlersList())
                .extracting(Cri.RuntimeHandler::getName)
                .contains("", rig.handler());
    }

    @Test
    @Tag("holdfast")
    void runcIsSaidToMountReadonlyToTheBottom(Node node) {
        assertThat(status(node, false).getRuntimeHandlersList())
                .filteredOn(handler -> handler.getName().equals("runc"))
                .singleElement()
                .matches(handler -> handler.getFeatures().getRecursiveReadOnlyMounts());
    }

    @Test
    void runtimeConfigNamesTheCgroupDriver(Node node) {
        var config = node.runtime().runtimeConfig(Cri.RuntimeConfigRequest.getDefaultInstance());
        assertThat(config.hasLinux()).isTrue();
        assertThat(config.getLinux().getCgroupDriver()).isIn(Cri.CgroupDriver.CGROUPFS, Cri.CgroupDriver.SYSTEMD);
    }

    @Test
    void aPodCidrIsAccepted(Node node) {
        var request = Cri.UpdateRuntimeConfigRequest.newBuilder();
        request.getRuntimeConfigBuilder().getNetworkConfigBuilder().setPodCidr("10.222.0.0/24");
        assertThat(node.runtime().updateRuntimeConfig(request.build())).isNotNull();
    }

    private static Cri.StatusResponse status(Node node, boolean verbose) {
        return node.runtime()
                .status(Cri.StatusRequest.newBuilder().setVerbose(verbose).build());
    }
}
