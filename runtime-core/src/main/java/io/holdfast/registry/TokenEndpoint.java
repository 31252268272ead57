package io.holdfast.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.content.Caps;
import io.holdfast.content.StrictJson;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gets bearer tokens from the endpoint that a registry names in its challenge, as of the distribution project's token
 * authentication: GET with Basic for a password or for nobody, the OAuth2 POST for an identity token.
 */
record TokenEndpoint(Http http) {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=|-]{1,15000}");
    private static final Pattern PULL = Pattern.compile("repository:[^\\s:]+(?::[0-9]+)?[^\\s:]*:pull");

    /** The token. The registry has named the endpoint, so it is trusted with what the registry may see. */
    String token(Challenge challenge, Origin registry, Secret secret, String repository)
            throws IOException, HostFailed {
        URI realm = realm(challenge, registry);
        Map<String, String> fields = new TreeMap<>();
        String asked = challenge.parameter("scope");
        fields.put("scope", PULL.matcher(asked).matches() ? asked : "repository:" + repository + ":pull");
        if (!challenge.parameter("service").isEmpty()) {
            fields.put("service", challenge.parameter("service"));
        }
        Redirects.Followed followed = new Redirects(http).follow(call(realm, secret, fields));
        try (Answer answer = followed.answer()) {
            return read(answer, "the token endpoint " + followed.origin());
        }
    }

    private static Call call(URI realm, Secret secret, Map<String, String> fields) {
        return switch (secret) {
            case Secret.IdentityToken identity -> {
                fields.put("grant_type", "refresh_token");
                fields.put("refresh_token", identity.token());
                fields.put("client_id", "holdfast");
                yield new Call("POST", realm, Tls.SYSTEM, Map.of(), form(fields));
            }
            case Secret.Password password -> get(realm, fields).with("Authorization", password.basic());
            case Secret.RegistryToken _, Secret.None _ -> get(realm, fields);
        };
    }

    private static Call get(URI realm, Map<String, String> fields) {
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return Call.of("GET", URI.create(realm + separator + form(fields)), Tls.SYSTEM);
    }

    private static String read(Answer answer, String who) throws IOException, HostFailed {
        Statuses.check(answer, who);
        byte[] body = answer.bytes(Caps.TOKEN_BYTES);
        try {
            JsonNode json = StrictJson.object(body, who);
            String token = json.path("token").asText(json.path("access_token").asText(""));
            if (TOKEN.matcher(token).matches()) {
                return token;
            }
        } catch (Failure.Broken _) {
            // The cause may quote what it read, which may be a token.
        }
        throw HostFailed.wrong(who + " answered without a token");
    }

    private static URI realm(Challenge challenge, Origin registry) throws HostFailed {
        try {
            URI realm = URI.create(challenge.parameter("realm"));
            if (realm.getRawFragment() == null) {
                return Targets.check(registry, realm, "the token endpoint that it names");
            }
        } catch (IllegalArgumentException _) {
            // Said below, without the text.
        }
        throw HostFailed.wrong("the token endpoint that it names is no URL");
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
