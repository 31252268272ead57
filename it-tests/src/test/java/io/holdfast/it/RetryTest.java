package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A kubelet that lost an answer asks again with the same metadata; it must neither get stuck nor make a second one. */
@Conformance
class RetryTest {
    @Test
    void theSameSandboxMetadataIsTheSameSandbox(Node node) {
        var pod = node.pod();
        assertThat(node.pod(pod.config()).id()).isEqualTo(pod.id());
    }

    @Test
    void theSameContainerMetadataIsTheSameContainer(Node node) {
        var pod = node.pod();
        var config = node.containerConfig(_ -> {});
        node.present(config.getImage().getImage());
        assertThat(pod.createAsIs(config).id()).isEqualTo(pod.createAsIs(config).id());
    }

    @Test
    void sandboxesAskedForAtOnceWithOneNameAreOne(Node node) throws Exception {
        var config = node.podConfig(_ -> {});
        var calls = new ArrayList<Callable<String>>();
        for (int i = 0; i < 6; i++) {
            calls.add(() -> node.pod(config).id());
        }
        var ids = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls)) {
                ids.add(call.get());
            }
        }
        assertThat(ids).hasSize(1);
    }

    @Test
    void aSandboxCallThatWasGivenUpIsTakenUpByItsRetry(Node node) {
        var config = node.podConfig(_ -> {});
        var request = Cri.RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(node.handler());
        for (int patience : new int[] {5, 30, 80}) {
            var impatient = node.runtime().withDeadlineAfter(Duration.ofMillis(patience));
            try {
                impatient.runPodSandbox(request.build());
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            }
        }
        var pod = node.pod(config);
        assertThat(pod.status().getState()).isEqualTo(Cri.PodSandboxState.SANDBOX_READY);
        assertThat(node.runtime()
                        .listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                        .getItemsList())
                .filteredOn(listed -> listed.getMetadata().equals(config.getMetadata()))
                .hasSize(1);
    }

    @Test
    void aContainerCallThatWasGivenUpIsTakenUpByItsRetry(Node node) {
        var pod = node.pod();
        var config = node.containerConfig(_ -> {});
        node.present(config.getImage().getImage());
        var request = Cri.CreateContainerRequest.newBuilder()
                .setPodSandboxId(pod.id())
                .setConfig(config)
                .setSandboxConfig(pod.config());
        for (int patience : new int[] {3, 20}) {
            var impatient = node.runtime().withDeadlineAfter(Duration.ofMillis(patience));
            try {
                impatient.createContainer(request.build());
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            }
        }
        pod.createAsIs(config).start();
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).hasSize(1);
    }

    @Test
    void anotherAttemptIsAnotherSandbox(Node node) {
        var first = node.pod();
        var second = node.pod(first.config().toBuilder()
                .setMetadata(first.config().getMetadata().toBuilder().setAttempt(1))
                .build());
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.status().getMetadata().getAttempt()).isEqualTo(1);
        assertThat(second.status().getCreatedAt()).isGreaterThan(first.status().getCreatedAt());
    }

    @Test
    void anotherAttemptIsAnotherContainer(Node node) {
        var pod = node.pod();
        var first = pod.run("exit 1");
        first.awaitExit();
        var name = first.status().getMetadata().getName();
        var second = pod.create(c -> c.getMetadataBuilder().setName(name).setAttempt(1));
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.status().getMetadata().getAttempt()).isEqualTo(1);
        assertThat(second.status().getCreatedAt()).isGreaterThan(first.status().getCreatedAt());
    }

    @Test
    void oneContainerNameServesManySandboxes(Node node) {
        var first = node.pod().create(c -> c.getMetadataBuilder().setName("same"));
        var second = node.pod().create(c -> c.getMetadataBuilder().setName("same"));
        assertThat(second.id()).isNotEqualTo(first.id());
    }

    @Test
    void aNameIsFreeAgainAfterRemoval(Node node) {
        var first = node.pod();
        first.stop();
        first.remove();
        assertThat(node.pod(first.config()).id()).isNotEqualTo(first.id());
    }

    @Test
    void aNameIsFreeAgainAfterAFailedCreate(Node node) {
        var pod = node.pod();
        var config = node.containerConfig(
                c -> c.clearCommand().clearArgs().addCommand("sleep").addArgs("3600"));
        node.present(config.getImage().getImage());
        var broken = config.toBuilder();
        broken.getImageBuilder().setImage(node.reference("it/none:1"));
        Node.refusal(() -> pod.createAsIs(broken.build()));
        assertThat(pod.createAsIs(config).id()).isNotEmpty();
    }

    @Test
    void aStoppedSandboxIsReplacedByTheNextAttempt(Node node) {
        var first = node.pod();
        first.stop();
        var second = node.pod(first.config().toBuilder()
                .setMetadata(first.config().getMetadata().toBuilder().setAttempt(1))
                .build());
        assertThat(second.ip()).isNotEmpty();
    }
}
