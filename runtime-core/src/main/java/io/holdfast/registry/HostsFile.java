package io.holdfast.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import io.holdfast.content.Caps;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code hosts.toml}: the {@code host} tables in the order of the file, then {@code server}, which without being
 * named is the registry itself. Fields at the top of the file are the server's. {@code push} is accepted and unused, and so is
 * {@code dial_timeout}, with a warning.
 */
final class HostsFile {
    private static final Logger LOG = LoggerFactory.getLogger(HostsFile.class);
    private static final Set<String> FIELDS =
            Set.of("capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout");

    private final Path directory;
    private final Path file;
    private final String registry;

    HostsFile(Path directory, String registry) {
        this.directory = directory;
        this.file = directory.resolve("hosts.toml");
        this.registry = registry;
    }

    List<RegistryHost> hosts() {
        JsonNode root = read();
        List<RegistryHost> hosts = new ArrayList<>();
        root.path("host").properties().forEach(host -> hosts.add(host(host.getKey(), host.getValue())));
        String server = text(root.path("server"), "server");
        hosts.add(server.isEmpty() ? upstream(root) : host(server, root));
        return hosts;
    }

    private RegistryHost upstream(JsonNode root) {
        requireKnown(root, "");
        RegistryHost host = Hosts.upstream(registry, tls(root));
        return new RegistryHost(host.base(), capabilities(root), host.tls(), headers(root), "");
    }

    private RegistryHost host(String url, JsonNode fields) {
        requireKnown(fields, " of " + shown(url));
        URI base = base(url, fields.path("override_path").asBoolean(false));
        Origin own = Origin.of(base);
        boolean itself = own.isNamed(registry) || own.isNamed(Hosts.defaultHost(registry));
        return new RegistryHost(base, capabilities(fields), tls(fields), headers(fields), itself ? "" : registry);
    }

    private void requireKnown(JsonNode fields, String of) {
        fields.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name) && !name.equals("server") && !name.equals("host")) {
                throw invalid("unknown field " + name + of);
            }
        });
        if (fields.has("dial_timeout")) {
            LOG.warn("{}: dial_timeout{} is not heeded; hosts have the time that all have", file, of);
        }
    }

    private URI base(String url, boolean override) {
        String whole = url.matches("(?i)https?://.*") ? url : "https://" + url;
        try {
            URI uri = URI.create(whole).normalize();
            if (!url.equals(whole) && url.contains("://")
                    || uri.getHost() == null
                    || uri.getRawQuery() != null
                    || uri.getRawUserInfo() != null
                    || uri.getPort() > Origin.HIGHEST_PORT) {
                throw invalid(shown(url) + " must be scheme, host, perhaps port and path, and nothing else");
            }
            String path = uri.getRawPath().replaceAll("/+$", "");
            String rest = override || path.endsWith("/v2") ? path : path + "/v2";
            return URI.create(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getRawAuthority() + rest);
        } catch (IllegalArgumentException malformed) {
            throw invalid(shown(url) + " is no URL");
        }
    }

    /** Messages go to whoever may see a pod's events: a user's name, a password or a query do not. */
    private static String shown(String url) {
        return url.replaceFirst("(?is)^([a-z]+://)?.*@", "$1…@").replaceFirst("(?s)[?#].*", "");
    }

    private Set<RegistryHost.Capability> capabilities(JsonNode fields) {
        if (fields.path("capabilities").isMissingNode()) {
            return EnumSet.allOf(RegistryHost.Capability.class);
        }
        Set<RegistryHost.Capability> capabilities = EnumSet.noneOf(RegistryHost.Capability.class);
        for (String name : texts(fields.path("capabilities"), "capabilities")) {
            switch (name) {
                case "pull" -> capabilities.add(RegistryHost.Capability.PULL);
                case "resolve" -> capabilities.add(RegistryHost.Capability.RESOLVE);
                case "push" -> {}
                default -> throw invalid("unknown capability " + name);
            }
        }
        return capabilities;
    }

    private Tls tls(JsonNode fields) {
        List<Path> authorities =
                texts(fields.path("ca"), "ca").stream().map(directory::resolve).toList();
        return new Tls(fields.path("skip_verify").asBoolean(false), authorities, identities(fields.path("client")));
    }

    /** One file that holds both, a list of such files, or a list of pairs. */
    private List<Tls.Identity> identities(JsonNode client) {
        List<Tls.Identity> identities = new ArrayList<>();
        for (JsonNode one : client.isArray() ? client : client.isTextual() ? List.of(client) : List.<JsonNode>of()) {
            List<String> files = texts(one, "client");
            if (files.isEmpty() || files.size() > 2) {
                throw invalid("client: must be files, or pairs of certificate and key");
            }
            Path certificate = directory.resolve(files.getFirst());
            boolean own = files.size() == 2 && !files.getLast().isEmpty();
            identities.add(new Tls.Identity(certificate, own ? directory.resolve(files.getLast()) : certificate));
        }
        return identities;
    }

    private Map<String, List<String>> headers(JsonNode fields) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.path("header").properties().forEach(header -> {
            List<String> values = texts(header.getValue(), "header " + header.getKey());
            if (!header.getKey().matches("[A-Za-z0-9-]+")
                    || values.stream().anyMatch(value -> !value.matches("[\\t\\x20-\\x7e]*"))) {
                throw invalid("header " + header.getKey() + ": no such header can be sent");
            }
            headers.put(header.getKey(), values);
        });
        return headers;
    }

    private List<String> texts(JsonNode node, String field) {
        if (node.isArray()) {
            List<String> texts = new ArrayList<>();
            node.forEach(one -> texts.add(text(one, field)));
            return texts;
        }
        return node.isMissingNode() ? List.of() : List.of(text(node, field));
    }

    private String text(JsonNode node, String field) {
        if (!node.isMissingNode() && !node.isTextual()) {
            throw invalid(field + ": must be text");
        }
        return node.asText("");
    }

    private JsonNode read() {
        try {
            if (Files.size(file) > Caps.HOSTS_FILE_BYTES) {
                throw invalid("it has more than " + Caps.HOSTS_FILE_BYTES + " bytes");
            }
            JsonNode root = new TomlMapper().readTree(Files.readAllBytes(file));
            return root.isObject() ? root : MissingNode.getInstance();
        } catch (JsonProcessingException malformed) {
            throw invalid(malformed.getOriginalMessage());
        } catch (IOException failed) {
            throw new Failure.Broken("reading " + file + ": " + failed.getMessage(), failed);
        }
    }

    private Failure.Broken invalid(String why) {
        return new Failure.Broken("reading " + file + ": " + why + "; correct the file and pull again");
    }
}
