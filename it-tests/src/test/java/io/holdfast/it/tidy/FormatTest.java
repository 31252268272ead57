package io.holdfast.it.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file is laid out as palantir-java-format lays it out. With {@code -Dformat.write=true}, which
 * {@code scripts/format} sets, the files are rewritten instead.
 */
class FormatTest {
    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(false)
            .build());

    @Test
    void everyFileIsFormatted() {
        Repository repository = Repository.here();
        List<Path> different = repository.javaFiles().parallelStream()
                .filter(file -> !text(file).equals(formatted(file)))
                .toList();
        if (Boolean.getBoolean("format.write")) {
            different.forEach(this::rewrite);
        } else {
            assertThat(different.stream().map(repository::name))
                    .as("files that scripts/format would change")
                    .isEmpty();
        }
    }

    private String formatted(Path file) {
        try {
            return formatter.formatSourceAndFixImports(text(file));
        } catch (FormatterException failed) {
            throw new IllegalStateException(file + " does not parse", failed);
        }
    }

    private void rewrite(Path file) {
        try {
            Files.writeString(file, formatted(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String text(Path file) {
        return Repository.text(file).orElseThrow(() -> new IllegalStateException(file + " is no text"));
    }
}
