package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.oci.Spec;
import io.holdfast.oci.SpecJson;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever text stands in a request: it is refused as invalid, or it is in the spec and harms nothing there. */
class ContainerSpecFuzzTest {
    private static final String LETTERS = "a/.:=,%+- \"\\\0\n\r\tZ9ü\u007f\u2028";
    private static final int ROUNDS = 3_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void everyTextIsRefusedOrHarmless() {
        int composed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Optional<Spec> spec = compose(wanted());
            spec.ifPresent(this::requireHarmless);
            composed += spec.isPresent() ? 1 : 0;
        }
        assertThat(composed).as("seed " + seed).isBetween(ROUNDS / 50, ROUNDS - 1);
    }

    private void requireHarmless(Spec spec) {
        assertThat(SpecJson.parse(SpecJson.render(spec))).as("seed " + seed).isEqualTo(spec);
        assertThat(spec.mounts()).as("seed " + seed).allSatisfy(mount -> {
            Path target = Path.of(mount.destination());
            assertThat(target).isAbsolute().isEqualTo(target.normalize());
            assertThat(mount.destination().chars()).noneMatch(Character::isISOControl);
            assertThat(mount.options()).allMatch(option -> option.matches("[a-z0-9=]+"));
        });
        assertThat(spec.process().cwd()).startsWith("/");
        assertThat(spec.process().env()).allMatch(line -> line.indexOf('=') > 0 && line.indexOf('\0') < 0);
        assertThat(spec.process().args()).noneMatch(word -> word.indexOf('\0') >= 0);
        assertThat(spec.annotations().keySet()).allMatch(key -> key.startsWith("io.kubernetes.cri."));
        assertThat(spec.process().selinuxLabel()).matches("[A-Za-z0-9_.:,\\-]*");
    }

    /** One text of a request at a time is wild, so that others than the first one checked are reached. */
    private Wanted wanted() {
        Wanted wanted = new Wanted();
        wanted.seccomp = new Security.Seccomp.Unconfined();
        switch (random.nextInt(9)) {
            case 0 -> wanted.args = List.of(text(), text());
            case 1 -> wanted.directory = text();
            case 2 -> wanted.variable(text(), text());
            case 3 -> wanted.mount("/a", text());
            case 4 -> wanted.mounts.add(new Mount("/" + text(), "/a", true, false, false, Propagation.PRIVATE));
            case 5 -> wanted.capabilities = new Security.Capabilities(List.of(text()), List.of(), List.of());
            case 6 -> wanted.apparmor = new Security.Apparmor.Localhost(text());
            case 7 -> wanted.selinux = Optional.of(new Security.SelinuxLabel(text(), text(), text(), text()));
            default -> {
                wanted.annotations = Map.of(text(), text());
                wanted.resources = new Resources(0, 0, 0, 0, 0, 0, text(), "", Map.of(), Map.of("a." + text(), text()));
            }
        }
        return wanted;
    }

    private static Optional<Spec> compose(Wanted wanted) {
        Composed composed = new Composed();
        composed.machine = Machines.node();
        try {
            return Optional.of(composed.of(wanted));
        } catch (Failure.Invalid refused) {
            assertThat(refused.getMessage().chars()).noneMatch(Character::isISOControl);
            return Optional.empty();
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(6); length > 0; length--) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
