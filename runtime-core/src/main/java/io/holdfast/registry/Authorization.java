package io.holdfast.registry;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Proves who we are, to each origin by itself, for pulling from one repository. */
final class Authorization {
    /** Whom a header value is for. */
    private record Audience(Origin origin, String repository) {}

    private final BoundSecret secret;
    private final TokenEndpoint tokens;
    private final Map<Audience, String> values = new ConcurrentHashMap<>();

    Authorization(BoundSecret secret, TokenEndpoint tokens) {
        this.secret = secret;
        this.tokens = tokens;
    }

    /** The header's value for this origin, as far as we know that it wants one. */
    Optional<String> value(Origin origin, String repository) {
        return Optional.ofNullable(values.get(new Audience(origin, repository)));
    }

    /**
     * Answers a refusal, which came though {@code used} was sent. False if there is nothing new to be tried; of several
     * downloads whose token ran out, one gets the new one.
     */
    synchronized boolean answer(Origin origin, String repository, Optional<String> used, List<String> headers)
            throws IOException, HostFailed {
        if (!value(origin, repository).equals(used)) {
            return true;
        }
        Optional<String> next = next(origin, repository, Challenge.parse(headers));
        if (next.isEmpty() || next.equals(used)) {
            return false;
        }
        values.put(new Audience(origin, repository), next.get());
        return true;
    }

    private Optional<String> next(Origin origin, String repository, List<Challenge> challenges)
            throws IOException, HostFailed {
        Secret mine = secret.reveal(origin);
        if (mine instanceof Secret.RegistryToken(String token)) {
            return Optional.of("Bearer " + token);
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                return Optional.of("Bearer " + tokens.token(challenge, origin, mine, repository));
            }
        }
        boolean basic =
                challenges.stream().anyMatch(challenge -> challenge.scheme().equals("basic"));
        return basic && mine instanceof Secret.Password password ? Optional.of(password.basic()) : Optional.empty();
    }
}
