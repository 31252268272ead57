package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With Debian's runc; another one by {@code -Dholdfast.test.runc=/path}. */
class RuncTest extends OciRuntimeContract {
    @Override
    Path binary() {
        return Path.of(System.getProperty("holdfast.test.runc", "/usr/sbin/runc"));
    }

    /** Every runc of today has the verb: nothing is found in its answer only where it is not understood. */
    @Test
    void whatTheRuntimeSaysThatItCanDoIsUnderstood() {
        try (Lab lab = new Lab(binary())) {
            assertThat(lab.runtime().features().mountOptions()).contains("rro", "bind");
        }
    }
}
