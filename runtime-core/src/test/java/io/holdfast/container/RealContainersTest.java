package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.container.ContainerConfig.Device;
import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.linux.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Composed specs, run by the OCI runtimes of this machine; more of them are named by a system property. */
class RealContainersTest {
    static List<String> runtimes() {
        return List.of(System.getProperty("holdfast.test.runtimes", "crun,runc").split(","));
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void anOrdinaryContainerIsConfined(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            String out = output(pod.run(Wanted.shell("""
                id; hostname; env; cat /etc/resolv.conf
                grep -E 'Cap(Inh|Eff|Amb)|Seccomp:|Umask' /proc/self/status
                touch /sys/x 2>&1; (echo 9 > /proc/sys/kernel/msgmax) 2>&1; mount -t tmpfs x /mnt 2>&1
                cat /proc/interrupts | grep -c . ; ls /dev /sys/firmware
                """)));
            assertThat(out).contains("uid=0(root) gid=0(root) groups=0(root)\nweb-0\n");
            assertThat(out.lines()).contains("HOSTNAME=web-0", "HOME=/root", "nameserver 192.0.2.1");
            assertThat(out.lines())
                    .contains(
                            "CapInh:\t0000000000000000",
                            "CapEff:\t00000000a80425fb",
                            "CapAmb:\t0000000000000000",
                            "Seccomp:\t2",
                            "Umask:\t0022");
            assertThat(out).contains("/sys/x: Read-only", "msgmax: Read-only", "mount: permission denied", "\n0\n");
            assertThat(out).contains("mqueue", "shm", "null").doesNotContain("kmsg", "acpi");
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void aUserByNameHasItsGroupsAndHome(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            Wanted wanted = Wanted.shell("id; pwd; echo $HOME; grep -E 'CapEff|NoNewPrivs' /proc/self/status;"
                    + " touch /tmp/x 2>&1; touch /dev/shm/x");
            wanted.runAs = new Security.RunAs.Name("app");
            wanted.groups = List.of(2000L);
            wanted.directory = "/home/app";
            wanted.noNewPrivileges = true;
            wanted.readonlyRootfs = true;

            assertThat(output(pod.run(wanted))).isEqualTo("""
                uid=1000(app) gid=1001(app) groups=1001(app),2000,5000(disk)
                /home/app
                /home/app
                CapEff:\t0000000000000000
                NoNewPrivs:\t1
                touch: /tmp/x: Read-only file system
                """);
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void ambientCapabilitiesReachAUserThatIsNotRoot(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            Wanted wanted = Wanted.shell("grep -E 'CapEff|CapBnd' /proc/self/status");
            wanted.runAs = new Security.RunAs.Uid(4711);
            wanted.capabilities = new Security.Capabilities(List.of(), List.of("all"), List.of("net_bind_service"));

            assertThat(output(pod.run(wanted))).isEqualTo("""
                CapEff:\t0000000000000400
                CapBnd:\t0000000000000400
                """);
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void aPrivilegedContainerHasTheHostsDevicesAndNoFilter(String runtime) throws IOException {
        try (RealPod pod = new RealPod(runtime)) {
            Wanted wanted = Wanted.shell("""
                grep -E 'Seccomp:|CapEff' /proc/self/status; ls /dev; cat /dev/kmsg >/dev/null & sleep 0.1
                mount -t tmpfs x /mnt && grep -E ' /(sys|sys/fs/cgroup|proc/sys) ' /proc/self/mountinfo
                kill $!; chroot / true
                """);
            wanted.privileged = true;

            String out = output(pod.run(wanted));
            assertThat(out)
                    .startsWith("CapEff:" + ownCapabilities() + "\nSeccomp:\t0\n")
                    .contains("kmsg", "ptmx");
            assertThat(out).contains(" /sys rw,").doesNotContain(" /proc/sys ");
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void mountsAreAsAskedForAndMissingHostPathsAreMade(String runtime) throws IOException {
        try (RealPod pod = new RealPod(runtime)) {
            Path below = pod.make(pod.top.resolve("volume/below"));
            Path link = Files.createSymbolicLink(pod.top.resolve("link"), pod.top.resolve("volume"));
            pod.write("volume/file", "content\n");
            Wanted wanted = Wanted.shell("""
                cat /data/deep/file; touch /data/x 2>&1; echo made > /made/x; cat /etc/hosts
                touch /data/deep/below/x 2>&1; grep -c ' /data' /proc/self/mountinfo; echo z > /dev/other/null
                """);
            wanted.mounts.add(new Mount("/data/deep", link.toString(), true, true, false, Propagation.PRIVATE));
            wanted.mounts.add(new Mount(
                    "/data", pod.make(pod.top.resolve("data")).toString(), true, false, false, Propagation.PRIVATE));
            wanted.mount(pod.top.resolve("not/there").toString(), "/made");
            wanted.mount(pod.write("hosts", "127.0.0.1 localhost\n").toString(), "/etc/hosts");
            wanted.devices.add(new Device("/dev/other/null", "/dev/null", "rw"));
            pod.make(pod.top.resolve("data/deep"));

            assertThat(output(pod.run(wanted))).isEqualTo("""
                content
                touch: /data/x: Read-only file system
                127.0.0.1 localhost
                touch: /data/deep/below/x: Read-only file system
                2
                """);
            assertThat(below).isEmptyDirectory();
            assertThat(pod.top.resolve("not/there/x")).hasContent("made");
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void limitsAreSetAndChangedAndExecIsAsTheFirstProcess(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            Wanted wanted = Wanted.shell("sleep 60").variable("COLOUR", "green");
            wanted.runAs = new Security.RunAs.Uid(1000);
            wanted.group = OptionalLong.of(7);
            wanted.resources =
                    new Resources(100_000, 50_000, 512, 64 << 20, 64 << 20, 300, "0", "", Map.of(), Map.of());
            String container = pod.start(wanted);
            assertThat(limits(pod, container)).containsExactly("67108864", "50000");

            Resources change = new Resources(0, 20_000, 256, 128 << 20, 128 << 20, 0, "", "", Map.of(), Map.of());
            output(pod.update(container, change));
            assertThat(limits(pod, container)).containsExactly("134217728", "20000");

            String script = "id; echo $COLOUR; cat /proc/1/oom_score_adj;"
                    + " grep -E 'CapEff|Seccomp:' /proc/self/status; ls /nowhere 2>&1; exit 7";
            Subprocess.Output exec = pod.exec(container, List.of("/bin/sh", "-c", script));
            assertThat(exec.out()).startsWith("uid=1000(app) gid=7 groups=7,5000(disk)\ngreen\n300\n");
            assertThat(exec.out()).contains("CapEff:\t0000000000000000\nSeccomp:\t2\n");
            assertThat(exec.exitCode()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void aLocalhostProfileFilters(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            Path profile = pod.write("profile.json", """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["symlink", "symlinkat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
                """);
            Wanted wanted = Wanted.shell("grep Seccomp: /proc/self/status; /bin/busybox ln -s a /tmp/b 2>&1");
            wanted.seccomp = new Security.Seccomp.Localhost(profile);

            Subprocess.Output output = pod.run(wanted);
            assertThat(output.out()).isEqualTo("Seccomp:\t2\nln: /tmp/b: No space left on device\n");
            assertThat(output.exitCode()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void thePodsProcessesAreSeenWhereTheNamespaceIsShared(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            Wanted wanted = Wanted.shell("cat /proc/1/comm; ls /proc/1/root/ 2>&1 | grep -c .");
            wanted.pid = new Security.PidNamespace.Pod();
            assertThat(output(pod.run(wanted))).startsWith("pause\n");

            wanted.pid = new Security.PidNamespace.Container();
            assertThat(output(pod.run(wanted))).startsWith("sh\n");
        }
    }

    private static List<String> limits(RealPod pod, String container) {
        return pod.machine.unifiedCgroups()
                ? List.of(
                        pod.read("", container, "memory.max"),
                        pod.read("", container, "cpu.max").split(" ")[0])
                : List.of(
                        pod.read("memory", container, "memory.limit_in_bytes"),
                        pod.read("cpu", container, "cpu.cfs_quota_us"));
    }

    private static String output(Subprocess.Output output) {
        assertThat(output.exitCode()).as(output.out() + output.err()).isZero();
        return output.out();
    }

    private static String ownCapabilities() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapPrm:"))
                .findFirst()
                .orElseThrow()
                .substring("CapPrm:".length());
    }
}
