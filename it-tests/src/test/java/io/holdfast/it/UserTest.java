package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.LinuxContainerSecurityContext;
import io.holdfast.runtime.v1.Cri.SupplementalGroupsPolicy;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As whom the first process of a container runs. */
@Conformance
class UserTest {
    @Test
    void aUserIsGivenByNumber(Node node) {
        var container = run(node, s -> s.getRunAsUserBuilder().setValue(1234));
        assertThat(Processes.ofInit(container, "Uid")).isEqualTo("1234 1234 1234 1234");
        assertThat(Processes.ofInit(container, "Gid")).startsWith("0 ");
    }

    @Test
    void aUserIsGivenByName(Node node) {
        var container = run(node, s -> s.setRunAsUsername("www-data"));
        assertThat(Processes.ofInit(container, "Uid")).startsWith("33 ");
        assertThat(Processes.ofInit(container, "Gid")).startsWith("33 ");
    }

    @Test
    void aKnownUserGivenByNumberHasItsGroup(Node node) {
        assertThat(Processes.ofInit(run(node, s -> s.getRunAsUserBuilder().setValue(33)), "Gid"))
                .startsWith("33 ");
    }

    @Test
    void aGroupIsGivenByNumber(Node node) {
        var container = run(node, s -> {
            s.getRunAsUserBuilder().setValue(1234);
            s.getRunAsGroupBuilder().setValue(4321);
        });
        assertThat(Processes.ofInit(container, "Uid")).startsWith("1234 ");
        assertThat(Processes.ofInit(container, "Gid")).isEqualTo("4321 4321 4321 4321");
    }

    @Test
    void aGroupGoesWithAUsersName(Node node) {
        var container = run(node, s -> {
            s.setRunAsUsername("www-data");
            s.getRunAsGroupBuilder().setValue(4321);
        });
        assertThat(Processes.ofInit(container, "Uid")).startsWith("33 ");
        assertThat(Processes.ofInit(container, "Gid")).startsWith("4321 ");
    }

    @Test
    void aGroupWithoutAUserIsRefused(Node node) {
        var pod = node.pod();
        var refused = Node.refusal(
                () -> pod.create(c -> security(c).getRunAsGroupBuilder().setValue(4321)));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
    }

    @Test
    void aUsersNameThatTheImageDoesNotKnowIsRefused(Node node) {
        var pod = node.pod();
        var refused = Node.refusal(() -> pod.create(c -> security(c).setRunAsUsername("nosuchuser")));
        assertThat(refused.getDescription()).contains("nosuchuser");
    }

    @ParameterizedTest
    @CsvSource({"1002,1002,0", "www-data,33,33", "1003:1004,1003,1004", "www-data:1004,33,1004"})
    void theImagesUserHoldsWhereNoneIsGiven(String user, String uid, String gid, Node node) {
        var container = node.pod().run(c -> c.getImageBuilder().setImage(node.reference(TestImages.ofUser(user))));
        assertThat(Processes.ofInit(container, "Uid")).startsWith(uid + " ");
        assertThat(Processes.ofInit(container, "Gid")).startsWith(gid + " ");
    }

    @Test
    void theHomeIsTheUsers(Node node) {
        assertThat(run(node, s -> s.setRunAsUsername("www-data")).sh("echo $HOME"))
                .isEqualTo("/var/www");
    }

    @Test
    void supplementalGroupsAreAdded(Node node) {
        var container = run(node, s -> {
            s.getRunAsUserBuilder().setValue(1234);
            s.addSupplementalGroups(5001).addSupplementalGroups(5002);
        });
        assertThat(groups(container)).containsExactlyInAnyOrder(0L, 5001L, 5002L);
    }

    @Test
    void theImagesGroupsAreMergedByDefault(Node node) {
        assertGroups(ofMember(node, s -> s.addSupplementalGroups(5001)), 1000, 5001, 50000);
    }

    @Test
    void theMergePolicyAddsTheImagesGroups(Node node) {
        var container = ofMember(
                node, s -> s.addSupplementalGroups(5001).setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Merge));
        assertGroups(container, 1000, 5001, 50000);
    }

    @Test
    void theStrictPolicyLeavesTheImagesGroupsOut(Node node) {
        var container = ofMember(
                node, s -> s.addSupplementalGroups(5001).setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict));
        assertGroups(container, 1000, 5001);
    }

    @Test
    void theRuntimeSaysThatItKnowsThePolicy(Node node) {
        var status = node.runtime().status(Cri.StatusRequest.getDefaultInstance());
        assertThat(status.getFeatures().getSupplementalGroupsPolicy()).isTrue();
    }

    static LinuxContainerSecurityContext.Builder security(Cri.ContainerConfig.Builder container) {
        return container.getLinuxBuilder().getSecurityContextBuilder();
    }

    private static TestContainer run(Node node, Consumer<LinuxContainerSecurityContext.Builder> change) {
        return node.pod().run(c -> change.accept(security(c)));
    }

    private static TestContainer ofMember(Node node, Consumer<LinuxContainerSecurityContext.Builder> change) {
        return node.pod().run(c -> {
            c.getImageBuilder().setImage(node.reference(TestImages.GROUPS));
            change.accept(security(c));
        });
    }

    /** A user is told as the kernel has it, in the first process and in an exec: the primary group and no group but these. */
    private static void assertGroups(TestContainer container, long primary, long... others) {
        var all = LongStream.concat(LongStream.of(primary), LongStream.of(others))
                .boxed()
                .toList();
        var user = container.status().getUser().getLinux();
        assertThat(List.of(user.getUid(), user.getGid())).containsExactly(1000L, primary);
        assertThat(user.getSupplementalGroupsList()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(groups(container)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(Processes.ofInit(container, "Gid")).startsWith(primary + " ");
    }

    private static List<Long> groups(TestContainer container) {
        var groups = Processes.numbers(Processes.ofInit(container, "Groups"));
        assertThat(Processes.numbers(Processes.ofExec(container, "Groups"))).isEqualTo(groups);
        return groups;
    }
}
