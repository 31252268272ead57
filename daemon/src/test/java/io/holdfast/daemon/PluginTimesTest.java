package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.cni.PluginRun;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PluginTimesTest {
    @Test
    void aSlowPluginIsNamedAndAQuickOneIsNot() {
        Logger logger = (Logger) LoggerFactory.getLogger(PluginTimes.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        try {
            PluginTimes times = new PluginTimes();
            times.accept(new PluginRun("bridge", "ADD", "network n", Duration.ofMillis(1999), true));
            times.accept(new PluginRun("calico", "ADD", "network n", Duration.ofMillis(2300), false));
        } finally {
            logger.detachAppender(told);
        }
        assertThat(told.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("CNI ADD of network n took plugin calico 2300 ms");
    }
}
