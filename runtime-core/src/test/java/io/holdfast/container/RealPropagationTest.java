package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mounts that travel between the host and a container, on a mount of the host that is made shared for it. */
class RealPropagationTest {
    @TempDir
    Path volume;

    private final Kernel kernel = new Kernel();

    static List<String> runtimes() {
        return RealContainersTest.runtimes();
    }

    @BeforeEach
    void share() {
        kernel.mount("tmpfs", volume, "tmpfs", 0, "");
        kernel.mount("none", volume, "none", Kernel.MS_SHARED, "");
        for (String name : List.of("before", "host", "container")) {
            assertThat(volume.resolve(name).toFile().mkdir()).isTrue();
        }
        kernel.mount("tmpfs", volume.resolve("before"), "tmpfs", 0, "");
    }

    @AfterEach
    void unmount() {
        for (String name : List.of("before", "host", "container")) {
            kernel.unmount(volume.resolve(name));
        }
        kernel.unmount(volume);
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void bothWays(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            String container = start(pod, Propagation.BIDIRECTIONAL);
            kernel.mount("tmpfs", volume.resolve("host"), "tmpfs", 0, "");
            assertThat(inside(pod, container)).contains("/mnt/before", "/mnt/host");
            assertThat(pod.exec(container, List.of("mount", "-t", "tmpfs", "x", "/mnt/container"))
                            .exitCode())
                    .isZero();
            assertThat(onTheHost()).contains(volume.resolve("container").toString());
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void fromTheHostAlone(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            String container = start(pod, Propagation.HOST_TO_CONTAINER);
            kernel.mount("tmpfs", volume.resolve("host"), "tmpfs", 0, "");
            assertThat(inside(pod, container)).contains("/mnt/before", "/mnt/host");
            pod.exec(container, List.of("mount", "-t", "tmpfs", "x", "/mnt/container"));
            assertThat(inside(pod, container)).contains("/mnt/container");
            assertThat(onTheHost()).doesNotContain(volume.resolve("container").toString());
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void neitherWay(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            String container = start(pod, Propagation.PRIVATE);
            kernel.mount("tmpfs", volume.resolve("host"), "tmpfs", 0, "");
            pod.exec(container, List.of("mount", "-t", "tmpfs", "x", "/mnt/container"));
            assertThat(inside(pod, container)).contains("/mnt/before").doesNotContain("/mnt/host");
            assertThat(onTheHost()).doesNotContain(volume.resolve("container").toString());
        }
    }

    @Test
    void aPrivateMountOfTheHostIsRefused() {
        kernel.mount("none", volume, "none", Kernel.MS_PRIVATE, "");
        Wanted wanted = wanted(Propagation.HOST_TO_CONTAINER);
        assertThatThrownBy(() -> new Groundworks(kernel).lay(wanted.config())).isInstanceOf(Failure.WrongState.class);
    }

    private String start(RealPod pod, Propagation propagation) {
        return pod.start(wanted(propagation));
    }

    private Wanted wanted(Propagation propagation) {
        Wanted wanted = Wanted.shell("sleep 60");
        wanted.privileged = true;
        wanted.mounts.add(new Mount("/mnt", volume.toString(), false, false, false, propagation));
        return wanted;
    }

    private static List<String> inside(RealPod pod, String container) {
        return points(MountTable.parse(
                pod.exec(container, List.of("cat", "/proc/self/mountinfo")).out()));
    }

    private static List<String> onTheHost() {
        return points(MountTable.read());
    }

    private static List<String> points(MountTable table) {
        return table.entries().stream().map(MountTable.Entry::point).toList();
    }
}
