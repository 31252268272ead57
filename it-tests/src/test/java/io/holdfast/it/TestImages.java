package io.holdfast.it;

import io.holdfast.it.ImageRecipe.Format;
import io.holdfast.it.ImageRecipe.Pushed;
import io.holdfast.it.Layer.Packing;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every image of the suite, built from what the machine has and pushed to the suite's registry. */
public final class TestImages {
    /** A shell and its tools, run as root by default. */
    public static final String BUSYBOX = "it/busybox:1";

    /** Serves {@code holdfast serves} over HTTP on port 80. */
    public static final String WEB = "it/web:1";

    /** One image under three tags. */
    public static final String TAGS = "it/tags";

    /** Three images under three tags of one repository. */
    public static final String DIFFERENT = "it/different";

    /** An index whose first entry is for another architecture. */
    public static final String INDEX = "it/index:1";

    /** Has entrypoint, command, environment, working directory and a stop signal (SIGUSR1). */
    public static final String CONFIGURED = "it/configured:1";

    /** Three layers of which the upper ones delete and hide what the lower ones hold. */
    public static final String WHITEOUTS = "it/whiteouts:1";

    /** User 1000, whom /etc/group makes a member of group 50000. */
    public static final String GROUPS = "it/groups:1";

    /** Declares the volume /data, which it holds a file in; /escape is a symlink to /tmp that climbs as far as it can. */
    public static final String VOLUME = "it/volume:1";

    /** The configuration names another diffID than its layer has. */
    public static final String WRONG_DIFF_ID = "it/wrong-diffid:1";

    /** The registry serves other bytes for its layer than its digest names. */
    public static final String CORRUPT = "it/corrupt:1";

    /** Does nothing until it is killed. */
    public static final String HOLDING = "it/holding:1";

    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Map<String, Object> SHELL = Map.of("Cmd", List.of("sh"), "Env", List.of(PATH));

    private final LoopbackRegistry registry;
    private final Layer.Packed root = BusyboxRoot.layer();
    private final Map<String, Pushed> pushed = new ConcurrentHashMap<>();

    /** Builds and pushes all of them. */
    public TestImages(LoopbackRegistry registry) {
        this.registry = registry;
        push(BUSYBOX, List.of(root), SHELL);
        push(WEB, List.of(root), with("Cmd", List.of("httpd", "-f", "-p", "80", "-h", "/www")));
        push(HOLDING, List.of(root), with("Cmd", List.of("sleep", "2000000")));
        pushVariants();
        pushUsers();
        pushConfigured();
        pushLayered();
        pushBroken();
    }

    /** What was pushed under a {@code repository:tag}. */
    public Pushed pushed(String name) {
        return pushed.get(name);
    }

    /** The image of a user specification ({@code 1002}, {@code www-data}, {@code 1003:1004}), as {@code repository:tag}. */
    public static String ofUser(String user) {
        return "it/user-" + user.replace(':', '-') + ":1";
    }

    private void pushVariants() {
        var same = List.of(root, marker("same"));
        var shared = new ImageRecipe(same, SHELL).push(registry, TAGS, "1", "2", "3");
        List.of("1", "2", "3").forEach(tag -> pushed.put(TAGS + ":" + tag, shared));
        List.of("1", "2", "3").forEach(n -> push(DIFFERENT + ":" + n, List.of(root, marker(n)), SHELL));
        push("it/docker:1", List.of(root, marker("docker")), SHELL, Format.DOCKER);
        push("it/zstd:1", List.of(root, new Layer().file("zstd", "").packed(Packing.ZSTD)), SHELL);
        push("it/plain:1", List.of(root, new Layer().file("plain", "").packed(Packing.PLAIN)), SHELL);
        pushIndex();
    }

    private void pushIndex() {
        var ours = push("it/index:ours", List.of(root, marker("ours")), SHELL);
        var foreign = push("it/index:foreign", List.of(root, marker("foreign")), SHELL);
        var byArchitecture = new LinkedHashMap<String, Pushed>();
        byArchitecture.put("s390x", foreign);
        byArchitecture.put(ImageRecipe.architecture(), ours);
        ImageRecipe.pushIndex(registry, "it/index", "1", byArchitecture);
    }

    private void pushUsers() {
        for (var user : List.of("1002", "www-data", "1003:1004", "www-data:1004", "nosuchuser")) {
            push(ofUser(user), List.of(root), with("User", user));
        }
        var accounts = new Layer()
                .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nmember:x:1000:1000:member:/home/member:/bin/sh\n")
                .file("etc/group", "root:x:0:\nmember:x:1000:\nclub:x:50000:member\n")
                .directory("home/member", 0755, 1000, 1000);
        push(GROUPS, List.of(root, accounts.packed()), with("User", "1000"));
    }

    private void pushConfigured() {
        var config = new LinkedHashMap<>(SHELL);
        config.put("Entrypoint", List.of("sh", "-c", "echo \"$0 $@ in $PWD with $COLOUR\"; sleep 3600"));
        config.put("Cmd", List.of("default", "arguments"));
        config.put("Env", List.of(PATH, "COLOUR=green", "SHAPE=round"));
        config.put("WorkingDir", "/home");
        config.put("StopSignal", "SIGUSR1");
        push(CONFIGURED, List.of(root), config);
        var data = new Layer()
                .directory("data", 0755)
                .file("data/kept", "from the image\n")
                .symlink("escape", "../../../../../../../../../../../../tmp");
        push(VOLUME, List.of(root, data.packed()), with("Volumes", Map.of("/data", Map.of())));
    }

    private void pushLayered() {
        var lower = new Layer()
                .directory("d", 0755)
                .file("d/deleted", "lower\n")
                .file("d/replaced", "lower\n")
                .file("d/kept", "lower\n")
                .directory("opaque", 0755)
                .file("opaque/hidden", "lower\n");
        var upper = new Layer()
                .directory("d", 0755)
                .file("d/.wh.deleted", "")
                .file("d/replaced", "upper\n")
                .directory("opaque", 0755)
                .file("opaque/.wh..wh..opq", "")
                .file("opaque/shown", "upper\n");
        push(WHITEOUTS, List.of(root, lower.packed(), upper.packed()), SHELL);
    }

    private void pushBroken() {
        var honest = marker("honest");
        var lying =
                new Layer.Packed(honest.blob(), Digests.sha256("other".getBytes(StandardCharsets.UTF_8)), Packing.GZIP);
        push(WRONG_DIFF_ID, List.of(root, lying), SHELL);
        var whole = marker("whole");
        push(CORRUPT, List.of(root, whole), SHELL);
        var bytes = whole.blob().clone();
        bytes[bytes.length / 2] ^= 1;
        registry.corrupt(Digests.sha256(whole.blob()), bytes);
    }

    private Pushed push(String name, List<Layer.Packed> layers, Map<String, Object> config) {
        return push(name, layers, config, Format.OCI);
    }

    private Pushed push(String name, List<Layer.Packed> layers, Map<String, Object> config, Format format) {
        var at = name.lastIndexOf(':');
        var result =
                new ImageRecipe(layers, config, format).push(registry, name.substring(0, at), name.substring(at + 1));
        pushed.put(name, result);
        return result;
    }

    private static Layer.Packed marker(String name) {
        return new Layer().file("marker-" + name, name + "\n").packed();
    }

    private static Map<String, Object> with(String key, Object value) {
        var config = new LinkedHashMap<>(SHELL);
        config.put(key, value);
        return config;
    }
}
