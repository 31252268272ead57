package io.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from the distribution project's registry, into which skopeo pushed: other people's code on the other side. */
@Timeout(120)
class DockerRegistryTest {
    /** Of the password {@code s3cret}, by htpasswd's bcrypt, the one kind that the registry takes. */
    private static final String HTPASSWD = "me:$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK";

    @TempDir
    Path root;

    @Test
    void anImageOfSkopeosPushIsPulled() throws Exception {
        TestImage image = image();
        try (DockerRegistry registry = DockerRegistry.start(root, "");
                ImageRig rig = ImageRig.open(root.resolve("images"))) {
            registry.push(image, "a/b:v1", "", "oci");
            registry.push(image, "a/b:v2", "", "v2s2");
            Image one = rig.pull(registry.host() + "/a/b:v1");
            Image two = rig.pull(registry.host() + "/a/b:v2");
            assertThat(rig.rootOf(one)).isEqualTo(Map.of("a", "1", "b", "2")).isEqualTo(rig.rootOf(two));
            assertThatThrownBy(() -> rig.pull(registry.host() + "/a/b:v3")).isInstanceOf(Failure.NotFound.class);
            assertThatThrownBy(() -> rig.pull(registry.host() + "/none:v1")).isInstanceOf(Failure.NotFound.class);
        }
    }

    @Test
    void credentialsOpenIt() throws Exception {
        Path htpasswd = root.resolve("htpasswd");
        Files.writeString(htpasswd, HTPASSWD + "\n");
        String auth = "auth:\n  htpasswd:\n    realm: here\n    path: " + htpasswd + "\n";
        try (DockerRegistry registry = DockerRegistry.start(root, auth);
                ImageRig rig = ImageRig.open(root.resolve("images"))) {
            registry.push(image(), "a/b:v1", "me:s3cret", "oci");
            String name = registry.host() + "/a/b:v1";
            assertThatThrownBy(() -> rig.pull(name)).isInstanceOf(Failure.Denied.class);
            Credentials wrong = new Credentials("me", "wrong", "", "", "", "");
            assertThatThrownBy(() -> rig.images().pull(new PullRequest(name, wrong)))
                    .isInstanceOf(Failure.Denied.class)
                    .hasMessageContaining(registry.host());
            Credentials right = new Credentials("me", "s3cret", "", "", "", "");
            assertThat(rig.images().pull(new PullRequest(name, right)).chain()).hasSize(2);
        }
    }

    private static TestImage image() {
        Map<String, byte[]> files = new HashMap<>();
        files.put("a", new byte[] {'1'});
        files.put("b", new byte[] {'1'});
        return TestImage.of(TestLayer.gzip(files), TestLayer.gzip(Map.of("b", new byte[] {'2'})));
    }
}
