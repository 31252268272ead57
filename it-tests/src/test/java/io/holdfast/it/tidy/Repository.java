package io.holdfast.it.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The files of this checkout, without what is built or belongs to git. */
final class Repository {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".vscode", "node_modules");

    private static final Pattern JAVA_PACKAGE = Pattern.compile("option java_package = \"([^\"]+)\"");

    private final Path root;
    private final List<Path> files;

    private Repository(Path root, List<Path> files) {
        this.root = root;
        this.files = List.copyOf(files);
    }

    /** The checkout that the tests run in: the directory above that has all modules. */
    static Repository here() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("runtime-core")) || !Files.isRegularFile(at.resolve("pom.xml"))) {
            at = Optional.ofNullable(at.getParent())
                    .orElseThrow(() -> new IllegalStateException("the tests do not run inside the checkout"));
        }
        return new Repository(at, filesBelow(at));
    }

    Path file(String path) {
        return root.resolve(path);
    }

    /** The path as it stands in messages. */
    String name(Path file) {
        return root.relativize(file).toString();
    }

    List<Path> javaFiles() {
        return files.stream().filter(file -> file.toString().endsWith(".java")).toList();
    }

    /** The packages of Java classes that the build makes of contracts. */
    List<String> generatedPackages() {
        return files.stream()
                .filter(file -> file.toString().endsWith(".proto"))
                .flatMap(file -> JAVA_PACKAGE.matcher(text(file).orElse("")).results())
                .map(found -> found.group(1))
                .toList();
    }

    /** All files that are text. */
    List<Path> textFiles() {
        return files.stream().filter(file -> text(file).isPresent()).toList();
    }

    /** The file's text, or empty where it is none. */
    static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (MalformedInputException _) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<Path> filesBelow(Path root) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean ours = !NOT_OURS.contains(directory.getFileName().toString());
                    return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Collections.sort(files);
        return files;
    }
}
