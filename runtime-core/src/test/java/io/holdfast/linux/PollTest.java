package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PollTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Kernel kernel = new Kernel();

    @Test
    void onlyWhatCanBeReadIsAnswered() {
        List<Integer> quiet = kernel.pipe();
        List<Integer> full = kernel.pipe();
        assertThat(Poll.readable(kernel, List.of(quiet.getFirst(), full.getFirst()), SHORT))
                .isEmpty();

        kernel.writeAll(full.getLast(), new byte[1]);
        assertThat(Poll.readable(kernel, List.of(quiet.getFirst(), full.getFirst()), LONG))
                .containsExactly(full.getFirst());
        quiet.forEach(kernel::close);
        full.forEach(kernel::close);
    }

    @Test
    void aPipeWithoutWritersIsAtItsEnd() {
        List<Integer> pipe = kernel.pipe();
        kernel.close(pipe.getLast());
        assertThat(Poll.readable(kernel, List.of(pipe.getFirst()), LONG)).containsExactly(pipe.getFirst());
        kernel.close(pipe.getFirst());
    }

    @Test
    void nothingToWaitForIsJustAWait() {
        assertThat(Poll.readable(kernel, List.of(), SHORT)).isEmpty();
    }
}
