package io.holdfast.it.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rules of {@code docs/architecture.md} that a machine can check. Every failure lists all places at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TidyTest {
    private static final int FILE_LINES = 400;
    private static final int METHOD_LINES = 50;
    private static final int PARAMETERS = 5;
    private static final List<String> BANNED = List.of(
            "Manager", "Service", "Impl", "Util", "Utils", "Helper", "Helpers", "Factory", "Info", "Data", "Context",
            "Base");
    private static final String LIBC = "/io/holdfast/linux/Libc.java:";
    private static final Pattern WORDS = Pattern.compile("(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern REGISTRY_HOST =
            Pattern.compile("(repo1?|central|search)[.](apache[.])?maven|registry[.](npm|yarn)"
                    + "|pypi[.]|pythonhosted[.]|proxy[.]golang|sum[.]golang|crates[.]io|rubygems[.]");

    private final Repository repository = Repository.here();
    private final Picture picture = Picture.read(repository.file("docs/architecture.md"));
    private List<JavaSource> sources = List.of();

    @BeforeAll
    void parseSources() {
        sources = new SourceParser(repository).parse(repository.javaFiles());
    }

    @Test
    void thePictureHasEveryPackageAndNoOther() {
        Set<String> packages = new TreeSet<>(main().map(JavaSource::inPackage).toList());
        packages.addAll(repository.generatedPackages());
        assertThat(picture.arrows().keySet()).containsExactlyInAnyOrderElementsOf(packages);
    }

    @Test
    void everyArrowLeadsToAPackage() {
        picture.arrows()
                .forEach((from, allowed) -> assertThat(allowed)
                        .as("what " + from + " may name")
                        .allMatch(to -> picture.arrows().containsKey("io.holdfast." + to)));
    }

    @Test
    void noPackageKnowsOneThatItMayNot() {
        Set<String> known = picture.arrows().keySet();
        assertThat(main().flatMap(source -> source.references().stream()
                        .filter(reference -> reference.startsWith("io.holdfast."))
                        .map(reference -> packageOf(reference, known))
                        .distinct()
                        .filter(used -> !picture.allows(source.inPackage(), used))
                        .map(used -> source.name() + " uses " + used)))
                .isEmpty();
    }

    @Test
    void thePictureHasNoCycle() {
        for (String each : picture.arrows().keySet()) {
            Stream<String> back = picture.arrows().keySet().stream()
                    .filter(other -> !other.equals(each))
                    .filter(other -> picture.allows(each, other) && picture.allows(other, each));
            assertThat(back).as(each).isEmpty();
        }
    }

    @Test
    void librariesAreNamedOnlyWhereTheyBelong() {
        assertThat(main().flatMap(source -> source.references().stream()
                        .filter(reference -> !picture.allowsLibrary(source.inPackage(), reference))
                        .map(reference -> source.name() + " uses " + reference)))
                .isEmpty();
    }

    @Test
    void noFileIsTooLong() {
        print(
                "lines of a file",
                main().filter(source -> !source.isPackageDescription()).mapToInt(JavaSource::lines));
        assertThat(sources.stream()
                        .filter(source -> source.lines() > FILE_LINES)
                        .map(source -> source.name() + " has " + source.lines() + " lines"))
                .isEmpty();
    }

    @Test
    void noMethodIsTooLong() {
        print(
                "lines of a method",
                main().flatMap(source -> source.methods().stream()).mapToInt(JavaSource.Method::lines));
        assertThat(methods(method -> method.lines() > METHOD_LINES)
                        .map(method -> method.place() + " " + method.name() + " has " + method.lines() + " lines"))
                .isEmpty();
    }

    @Test
    void noMethodHasTooManyParameters() {
        assertThat(methods(method -> method.parameters() > PARAMETERS && !method.overrides())
                        .filter(method -> !method.place().contains(LIBC))
                        .map(method -> method.place() + " " + method.name() + " has " + method.parameters()))
                .isEmpty();
    }

    @Test
    void noTypeHasABannedName() {
        assertThat(sources.stream()
                        .flatMap(source -> source.types().stream()
                                .filter(type -> WORDS.splitAsStream(type.name()).anyMatch(BANNED::contains))
                                .map(type -> source.name() + " has " + type.name())))
                .isEmpty();
    }

    @Test
    void noMethodIsNamedGet() {
        assertThat(main().flatMap(source -> source.methods().stream())
                        .filter(method -> method.name().matches("get[A-Z].*") && !method.overrides())
                        .map(method -> method.place() + " " + method.name()))
                .isEmpty();
    }

    @Test
    void noMethodReturnsTheNullLiteral() {
        assertThat(main().flatMap(source -> source.methods().stream())
                        .filter(JavaSource.Method::returnsNull)
                        .map(method -> method.place() + " " + method.name()))
                .isEmpty();
    }

    @Test
    void noStaticFieldCanChange() {
        assertThat(main().flatMap(source -> source.fields().stream())
                        .filter(field -> field.isStatic() && !field.isFinal())
                        .map(field -> field.place() + " " + field.name()))
                .isEmpty();
    }

    @Test
    void onlySealedTypesOfOursAreExtended() {
        Set<String> open = new TreeSet<>(main().flatMap(source -> source.types().stream())
                .filter(type -> type.kind() == JavaSource.Kind.CLASS && !type.sealed())
                .map(JavaSource.Type::name)
                .toList());
        assertThat(main().flatMap(source -> source.types().stream()
                        .filter(type -> type.kind() == JavaSource.Kind.CLASS && open.contains(type.parent()))
                        .map(type -> source.name() + ": " + type.name() + " extends " + type.parent())))
                .isEmpty();
    }

    @Test
    void everyPublicTypeSaysWhatItIs() {
        assertThat(main().flatMap(source -> source.types().stream()
                        .filter(type -> type.exposed() && !type.documented())
                        .map(type -> source.name() + ": " + type.name())))
                .isEmpty();
    }

    @Test
    void everyPackageIsDescribed() {
        Set<String> described = new TreeSet<>(sources.stream()
                .filter(JavaSource::isPackageDescription)
                .map(JavaSource::inPackage)
                .toList());
        assertThat(main().map(JavaSource::inPackage).distinct()).allMatch(described::contains);
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertThat(places(repository.javaFiles(), UNFINISHED)).isEmpty();
    }

    @Test
    void noFileNamesTheHostOfAPackageRegistry() {
        assertThat(places(repository.textFiles(), REGISTRY_HOST)).isEmpty();
    }

    private Stream<JavaSource> main() {
        return sources.stream().filter(JavaSource::main);
    }

    private Stream<JavaSource.Method> methods(Predicate<JavaSource.Method> filter) {
        return sources.stream().flatMap(source -> source.methods().stream()).filter(filter);
    }

    private Stream<String> places(List<Path> files, Pattern pattern) {
        return files.stream().flatMap(file -> {
            List<String> lines = Repository.text(file).orElse("").lines().toList();
            return IntStream.range(0, lines.size())
                    .filter(at -> pattern.matcher(lines.get(at)).find())
                    .mapToObj(at -> repository.name(file) + ":" + (at + 1));
        });
    }

    /** The longest known package that a full name begins with. */
    private static String packageOf(String reference, Set<String> known) {
        return known.stream()
                .filter(each -> reference.startsWith(each + "."))
                .max((one, other) -> Integer.compare(one.length(), other.length()))
                .orElse("an unknown package: " + reference);
    }

    private static void print(String what, IntStream values) {
        int[] sorted = values.sorted().toArray();
        System.out.printf(
                "%s: %d of them, median %d, p90 %d, longest %d%n",
                what,
                sorted.length,
                sorted[sorted.length / 2],
                sorted[sorted.length * 9 / 10],
                sorted[sorted.length - 1]);
    }
}
