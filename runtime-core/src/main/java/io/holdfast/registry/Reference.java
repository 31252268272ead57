package io.holdfast.registry;

import io.holdfast.content.Digest;
import io.holdfast.work.Failure;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an image: registry host, repository, and a tag, a digest or both. Short names are Docker Hub's:
 * {@code busybox} is {@code docker.io/library/busybox:latest}. Of tag and digest the digest decides.
 *
 * @param host the registry, with its port if one was given
 * @param path the repository within it
 */
public record Reference(String host, String path, Optional<String> tag, Optional<Digest> digest) {
    private static final int MOST_NAME_CHARS = 255;
    private static final int MOST_CHARS = 1024;
    private static final String HUB = "docker.io";
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final Pattern HOST =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9a-fA-F:]+])(?::[0-9]{1,5})?");
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern IMAGE_ID = Pattern.compile("[0-9a-f]{64}");

    public static Reference parse(String text) {
        if (text.isEmpty() || text.length() > MOST_CHARS) {
            throw invalid(text, "it must have between 1 and " + MOST_CHARS + " characters");
        }
        if (IMAGE_ID.matcher(text).matches()) {
            throw invalid(text, "64 hexadecimal digits are an image id, not a name");
        }
        int at = text.indexOf('@');
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)));
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        Optional<String> tag = tagged ? Optional.of(named.substring(colon + 1)) : Optional.empty();
        return of(tagged ? named.substring(0, colon) : named, tag, digest, text);
    }

    /** Host and repository, such as {@code docker.io/library/busybox}. */
    public String name() {
        return host + "/" + path;
    }

    /** The name with its tag, where the tag is what decides. */
    public Optional<String> tagged() {
        return digest.isPresent() ? Optional.empty() : tag.map(text -> name() + ":" + text);
    }

    /** The name with this digest: what CRI calls a repo digest. */
    public String at(Digest other) {
        return name() + "@" + other;
    }

    /** What the registry is asked for: the digest, or else the tag. */
    public String wanted() {
        return digest.map(Digest::toString).or(() -> tag).orElse("latest");
    }

    /** The whole canonical name. */
    @Override
    public String toString() {
        return digest.map(this::at).or(this::tagged).orElse(name());
    }

    private static Reference of(String name, Optional<String> tag, Optional<Digest> digest, String text) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean hosted = first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(java.util.Locale.ROOT));
        String host = hosted && !first.equals("index.docker.io") ? first : HUB;
        String path = hosted ? name.substring(slash + 1) : name;
        String full = host.equals(HUB) && path.indexOf('/') < 0 ? "library/" + path : path;
        check(host, full, tag, text);
        return new Reference(host, full, digest.isEmpty() && tag.isEmpty() ? Optional.of("latest") : tag, digest);
    }

    private static void check(String host, String path, Optional<String> tag, String text) {
        if (!HOST.matcher(host).matches()) {
            throw invalid(text, "the registry's host is malformed");
        }
        String port = host.endsWith("]") ? "" : host.substring(host.lastIndexOf(':') + 1);
        if (host.contains(":") && port.matches("[0-9]+") && Integer.parseInt(port) > Origin.HIGHEST_PORT) {
            throw invalid(text, "there is no port " + port);
        }
        if (host.length() + 1 + path.length() > MOST_NAME_CHARS) {
            throw invalid(text, "the name has more than " + MOST_NAME_CHARS + " characters");
        }
        for (String component : path.split("/", -1)) {
            if (!COMPONENT.matcher(component).matches()) {
                throw invalid(text, "a repository is lower case letters, digits and single . _ - between them");
            }
        }
        if (tag.isPresent() && !TAG.matcher(tag.get()).matches()) {
            throw invalid(text, "a tag is up to 128 letters, digits, _ . and -, and begins with none of the last two");
        }
    }

    private static Failure.Invalid invalid(String text, String why) {
        String shown = text.substring(0, Math.min(text.length(), 200)).replaceAll("[^\\x20-\\x7e]", "?");
        return new Failure.Invalid("image: \"" + shown + "\" is no image name: " + why);
    }
}
