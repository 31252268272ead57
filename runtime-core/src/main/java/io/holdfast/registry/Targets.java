package io.holdfast.registry;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Where a registry may send us: by redirect, or to its token endpoint. Never from https to http, and never from another
 * machine to this one or to a link-local address, behind which clouds keep their nodes' own credentials.
 */
final class Targets {
    private Targets() {}

    static URI check(Origin from, URI target, String what) throws HostFailed {
        String scheme = target.getScheme() == null ? "" : target.getScheme().toLowerCase(java.util.Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http") || target.getHost() == null) {
            throw HostFailed.wrong(what + " is not an http or https URL");
        }
        if (target.getRawUserInfo() != null) {
            throw HostFailed.wrong(what + " has a user name in its URL");
        }
        Origin to = Origin.of(target);
        if (to.port() > Origin.HIGHEST_PORT) {
            throw HostFailed.wrong(what + " names port " + to.port() + ", which is none");
        }
        if (from.secure() && !to.secure()) {
            throw HostFailed.wrong(what + " leads from https to http, to " + to);
        }
        if (!to.host().equals(from.host())) {
            checkAddress(from, to, what);
        }
        return target;
    }

    private static void checkAddress(Origin from, Origin to, String what) throws HostFailed {
        try {
            boolean fromHere = InetAddress.getByName(from.host()).isLoopbackAddress();
            for (InetAddress address : InetAddress.getAllByName(to.host())) {
                boolean here = address.isLoopbackAddress() || address.isAnyLocalAddress();
                if (address.isLinkLocalAddress() || address.isMulticastAddress() || here && !fromHere) {
                    throw HostFailed.wrong(what + " leads to " + to.host() + ", an address no registry can have");
                }
            }
        } catch (UnknownHostException _) {
            // Names that only a proxy knows: connecting decides, and says why it cannot.
            return;
        }
    }
}
