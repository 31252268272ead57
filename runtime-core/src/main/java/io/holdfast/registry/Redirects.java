package io.holdfast.registry;

import io.holdfast.content.Caps;
import java.io.IOException;
import java.net.URI;
import java.util.Set;

/** Follows redirects by hand, since what is sent along to whom is ours to decide. */
record Redirects(Http http) {
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    /** The last answer, and whether it is of the origin that was asked first. */
    record Followed(Answer answer, Origin origin, boolean own) {}

    Followed follow(Call first) throws IOException, HostFailed {
        Origin start = Origin.of(first.uri());
        Call call = first;
        for (int hop = 0; hop <= Caps.REDIRECTS; hop++) {
            Answer answer = http.send(call);
            if (!STATUSES.contains(answer.status())) {
                Origin origin = Origin.of(call.uri());
                return new Followed(answer, origin, origin.equals(start));
            }
            call = next(call, answer);
        }
        throw HostFailed.wrong("more than " + Caps.REDIRECTS + " redirects, the last to " + Origin.of(call.uri()));
    }

    private static Call next(Call call, Answer answer) throws IOException, HostFailed {
        try (answer) {
            String location = answer.header("Location").orElse("");
            URI target = call.uri().resolve(location);
            return call.redirected(Targets.check(Origin.of(call.uri()), target, "its redirect"));
        } catch (IllegalArgumentException _) {
            throw HostFailed.wrong("its redirect leads to what is no URL");
        }
    }
}
