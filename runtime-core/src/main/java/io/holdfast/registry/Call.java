package io.holdfast.registry;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One HTTP request. The form is sent as its body if it is not empty; headers and form may hold secrets. */
record Call(String method, URI uri, Tls tls, Map<String, List<String>> headers, String form) {
    Call {
        headers = Map.copyOf(headers);
    }

    static Call of(String method, URI uri, Tls tls) {
        return new Call(method, uri, tls, Map.of(), "");
    }

    Call with(String header, String value) {
        return withAll(Map.of(header, List.of(value)));
    }

    Call withAll(Map<String, List<String>> more) {
        Map<String, List<String>> all = new java.util.TreeMap<>(headers);
        more.forEach((name, values) -> all.put(name, new ArrayList<>(values)));
        return new Call(method, uri, tls, all, form);
    }

    /** The request to a redirect's target: what was for the first origin alone goes to no other. */
    Call redirected(URI target) {
        boolean same = Origin.of(target).equals(Origin.of(uri));
        Map<String, List<String>> kept = new java.util.TreeMap<>(headers);
        if (!same) {
            kept.keySet().removeIf(name -> !name.equals("Accept") && !name.equals("Range"));
        }
        return new Call(method, target, same ? tls : Tls.SYSTEM, kept, "");
    }

    /** For messages: no query, since signed URLs carry secrets there. */
    String shown() {
        return Origin.of(uri) + uri.getRawPath();
    }

    @Override
    public String toString() {
        return method + " " + shown();
    }
}
