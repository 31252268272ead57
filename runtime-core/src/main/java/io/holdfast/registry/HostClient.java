package io.holdfast.registry;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;

/** Asks one host for something of one repository: proves who we are, follows redirects, and judges the answer. */
final class HostClient implements AutoCloseable {
    private final Http http;
    private final Authorization authorization;
    private final String repository;

    HostClient(Http http, Authorization authorization, String repository) {
        this.http = http;
        this.authorization = authorization;
        this.repository = repository;
    }

    /** A successful answer, to be closed. {@code rest} is the endpoint below the repository. */
    Answer ask(RegistryHost host, String method, String rest, Map<String, String> headers) throws HostFailed {
        Call call = Call.of(method, host.endpoint(repository, rest), host.tls()).withAll(host.headers());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            call = call.with(header.getKey(), header.getValue());
        }
        try {
            return judged(asked(host.origin(), call));
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    @Override
    public void close() {
        http.close();
    }

    /** What a broken connection means; also for bodies that are read later. */
    static HostFailed failed(IOException failed) {
        String why = failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
        return HostFailed.passing(
                switch (failed) {
                    case UnknownHostException unknown -> "no address is known for " + unknown.getMessage();
                    case SocketTimeoutException _ -> "it does not answer in time (" + why + ")";
                    case RequestFailedException _ -> "it does not answer in time";
                    case SSLException _ -> "no secure connection: " + why;
                    default -> why;
                });
    }

    private Redirects.Followed asked(Origin origin, Call call) throws IOException, HostFailed {
        Redirects redirects = new Redirects(http);
        Optional<String> used = authorization.value(origin, repository);
        Redirects.Followed first = redirects.follow(signed(call, used));
        if (first.answer().status() != 401 || !first.own()) {
            return first;
        }
        List<String> challenges = first.answer().headers("WWW-Authenticate");
        String excerpt = first.answer().excerpt();
        first.answer().close();
        if (!authorization.answer(origin, repository, used, challenges)) {
            throw HostFailed.denied("refuses (HTTP 401" + (excerpt.isEmpty() ? "" : ": " + excerpt) + ")");
        }
        return redirects.follow(signed(call, authorization.value(origin, repository)));
    }

    private static Call signed(Call call, Optional<String> value) {
        return value.map(text -> call.with("Authorization", text)).orElse(call);
    }

    private static Answer judged(Redirects.Followed followed) throws IOException, HostFailed {
        Answer answer = followed.answer();
        try {
            Statuses.check(answer, followed.own() ? "" : "its store " + followed.origin());
            return answer;
        } catch (HostFailed failed) {
            answer.close();
            throw failed;
        }
    }
}
