package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri.ContainerState;
import io.holdfast.runtime.v1.Cri.ContainerStateValue;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import io.holdfast.runtime.v1.Cri.PodSandboxStateValue;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@Conformance
class ListFilterTest {
    /** Keeps what other tests and other users of the runtime run out of the answers. */
    private final String run = UUID.randomUUID().toString();

    @Test
    void sandboxesAreFilteredById(Node node) {
        var first = pod(node, "a");
        pod(node, "a");
        assertThat(Lists.pods(node, f -> f.setId(first.id()))).containsExactly(first.id());
    }

    @Test
    void sandboxesAreFilteredByTheBeginningOfAnId(Node node) {
        var pod = pod(node, "a");
        assertThat(Lists.pods(node, f -> f.setId(pod.id().substring(0, 13)))).containsExactly(pod.id());
    }

    @Test
    void noSandboxHasAnUnknownId(Node node) {
        pod(node, "a");
        assertThat(Lists.pods(node, f -> f.setId("0123456789abcdef-none"))).isEmpty();
    }

    @Test
    void sandboxesAreFilteredByLabels(Node node) {
        var first = pod(node, "a");
        var second = pod(node, "b");
        assertThat(Lists.pods(node, f -> f.putLabelSelector("run", run)))
                .containsExactlyInAnyOrder(first.id(), second.id());
        assertThat(Lists.pods(node, f -> f.putLabelSelector("run", run).putLabelSelector("kind", "b")))
                .containsExactly(second.id());
        assertThat(Lists.pods(node, f -> f.putLabelSelector("run", run).putLabelSelector("other", "b")))
                .isEmpty();
        assertThat(Lists.pods(node, f -> f.putLabelSelector("run", run).putLabelSelector("kind", "c")))
                .isEmpty();
    }

    @Test
    void sandboxesAreFilteredByState(Node node) {
        var ready = pod(node, "a");
        var stopped = pod(node, "a");
        stopped.stop();
        assertThat(Lists.pods(
                        node,
                        f -> f.setState(state(PodSandboxState.SANDBOX_READY)).putLabelSelector("run", run)))
                .containsExactly(ready.id());
        assertThat(Lists.pods(
                        node,
                        f -> f.setState(state(PodSandboxState.SANDBOX_NOTREADY)).putLabelSelector("run", run)))
                .containsExactly(stopped.id());
    }

    @Test
    void everyPartOfASandboxFilterMustHold(Node node) {
        var pod = pod(node, "a");
        assertThat(Lists.pods(node, f -> f.setId(pod.id()).putLabelSelector("kind", "b")))
                .isEmpty();
        assertThat(Lists.pods(node, f -> f.setId(pod.id()).setState(state(PodSandboxState.SANDBOX_NOTREADY))))
                .isEmpty();
    }

    @Test
    void containersAreFilteredById(Node node) {
        var pod = pod(node, "a");
        var first = pod.create(_ -> {});
        pod.create(_ -> {});
        assertThat(Lists.containers(node, f -> f.setId(first.id()))).containsExactly(first.id());
        assertThat(Lists.containers(node, f -> f.setId(first.id().substring(0, 13))))
                .containsExactly(first.id());
    }

    @Test
    void containersAreFilteredBySandbox(Node node) {
        var pod = pod(node, "a");
        var container = pod.create(_ -> {});
        pod(node, "a").create(_ -> {});
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).containsExactly(container.id());
    }

    @Test
    void containersAreFilteredByLabels(Node node) {
        var pod = pod(node, "a");
        var first = pod.create(c -> c.putLabels("run", run).putLabels("kind", "a"));
        var second = pod.create(c -> c.putLabels("run", run).putLabels("kind", "b"));
        assertThat(Lists.containers(node, f -> f.putLabelSelector("run", run)))
                .containsExactlyInAnyOrder(first.id(), second.id());
        assertThat(Lists.containers(node, f -> f.putLabelSelector("run", run).putLabelSelector("kind", "a")))
                .containsExactly(first.id());
        assertThat(Lists.containers(node, f -> f.putLabelSelector("run", run).putLabelSelector("kind", "c")))
                .isEmpty();
    }

    @Test
    void containersAreFilteredByState(Node node) {
        var pod = pod(node, "a");
        var created = pod.create(_ -> {});
        var running = pod.run();
        var exited = pod.run("exit 0");
        exited.awaitExit();
        var states = List.of(
                ContainerState.CONTAINER_CREATED, ContainerState.CONTAINER_RUNNING, ContainerState.CONTAINER_EXITED);
        assertThat(states.stream()
                        .map(state -> Lists.containers(
                                node, f -> f.setPodSandboxId(pod.id()).setState(state(state)))))
                .containsExactly(List.of(created.id()), List.of(running.id()), List.of(exited.id()));
    }

    @Test
    void aFilterOfNothingListsEverything(Node node) {
        var pod = pod(node, "a");
        var container = pod.create(_ -> {});
        assertThat(Lists.pods(node, _ -> {})).contains(pod.id());
        assertThat(Lists.containers(node, _ -> {})).contains(container.id());
    }

    private TestPod pod(Node node, String kind) {
        return node.pod(p -> p.putLabels("run", run).putLabels("kind", kind));
    }

    private static PodSandboxStateValue state(PodSandboxState state) {
        return PodSandboxStateValue.newBuilder().setState(state).build();
    }

    private static ContainerStateValue state(ContainerState state) {
        return ContainerStateValue.newBuilder().setState(state).build();
    }
}
