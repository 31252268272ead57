package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogTextTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void eachStreamGoesItsWay() throws IOException {
        print(false, "T1 stdout F one\nT2 stderr F two\nT3 stdout F \nT4 stdout F three  words\n");
        assertThat(out).hasToString("one\n\nthree  words\n");
        assertThat(err).hasToString("two\n");
    }

    @Test
    void partsAreJoinedWithTheTimeOfTheFirst() throws IOException {
        print(true, "T1 stdout P one \nT2 stderr F other\nT3 stdout P and \nT4 stdout F the same\n");
        assertThat(out).hasToString("T1 one and the same\n");
        assertThat(err).hasToString("T2 other\n");
    }

    @Test
    void whatHasNoEndYetIsPrintedToo() throws IOException {
        print(false, "T1 stdout P begun");
        assertThat(out.toString()).isEmpty();
        print(false, "T1 stdout P begun\n");
        assertThat(out).hasToString("begun");
    }

    @Test
    void aCharacterThatIsPartedIsWhole() throws IOException {
        byte[] umlaut = "ü".getBytes(StandardCharsets.UTF_8);
        var log = new ByteArrayOutputStream();
        log.writeBytes("T1 stdout P m".getBytes(StandardCharsets.UTF_8));
        log.write(umlaut[0]);
        log.writeBytes("\nT2 stdout F ".getBytes(StandardCharsets.UTF_8));
        log.write(umlaut[1]);
        log.writeBytes("d\n".getBytes(StandardCharsets.UTF_8));
        print(false, log.toByteArray());
        assertThat(out).hasToString("müd\n");
    }

    @Test
    void bytesOfNoCharacterAndCarriageReturnsEndNothing() throws IOException {
        var log = new ByteArrayOutputStream();
        log.writeBytes("T1 stdout F 10%\r20%\r".getBytes(StandardCharsets.UTF_8));
        log.write(0xff);
        log.writeBytes("\nT2 stdout F after\n".getBytes(StandardCharsets.UTF_8));
        print(false, log.toByteArray());
        assertThat(out).hasToString("10%\r20%\r\ufffd\nafter\n");
    }

    private void print(boolean timestamps, String log) throws IOException {
        print(timestamps, log.getBytes(StandardCharsets.UTF_8));
    }

    private void print(boolean timestamps, byte[] log) throws IOException {
        new LogText(new PrintWriter(out), new PrintWriter(err), timestamps).print(new ByteArrayInputStream(log));
    }
}
