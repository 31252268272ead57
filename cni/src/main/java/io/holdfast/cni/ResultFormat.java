package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import java.util.List;

/**
 * The shape of a result from version to version: 1.0.0 dropped the {@code version} of each address, 1.1.0 gave
 * interfaces and routes further fields. All else is the same since 0.3.0, and passes through.
 */
final class ResultFormat {
    private static final List<String> INTERFACE_SINCE_1_1 = List.of("mtu", "socketPath", "pciID");
    private static final List<String> ROUTE_SINCE_1_1 = List.of("mtu", "advmss", "priority", "table", "scope");

    private ResultFormat() {}

    /** What a plugin that was called at this version printed; a result that does not say its version is of that one. */
    static ObjectNode parse(String printed, CniVersion calledAt) {
        ObjectNode result = CniJson.parse(printed);
        CniVersion version =
                CniJson.text(result, "cniVersion").map(CniVersion::parse).orElse(calledAt);
        if (!version.isSpoken() || result.has("ip4") || result.has("ip6")) {
            throw new Failure.Invalid("the result is of CNI " + version + " (with ip4 or ip6 fields before 0.3.0), and"
                    + " Holdfast speaks " + CniVersion.SPOKEN + "; install a newer release of the plugin");
        }
        return result.put("cniVersion", version.toString());
    }

    /** The same result as a plugin of this version writes and reads it. */
    static ObjectNode convert(ObjectNode result, CniVersion to) {
        ObjectNode converted = result.deepCopy();
        for (ObjectNode ip : CniJson.objects(converted, "ips")) {
            if (to.compareTo(CniVersion.V1_0_0) >= 0) {
                ip.remove("version");
            } else {
                ip.put("version", CniJson.text(ip, "address").orElse("").contains(":") ? "6" : "4");
            }
        }
        if (to.compareTo(CniVersion.V1_1_0) < 0) {
            CniJson.objects(converted, "interfaces").forEach(one -> one.remove(INTERFACE_SINCE_1_1));
            CniJson.objects(converted, "routes").forEach(one -> one.remove(ROUTE_SINCE_1_1));
        }
        return converted.put("cniVersion", to.toString());
    }
}
