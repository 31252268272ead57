package io.holdfast.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What an ADD gave a sandbox (CNI spec section 5, "Result types").
 *
 * @param ips of the sandbox's interface alone, in the plugins' order: the first is the pod's IP
 * @param json the whole result, which CHECK and DEL are given
 */
public record AddResult(List<Ip> ips, List<Interface> interfaces, String json) {
    /** More than any sandbox has; what a broken plugin prints must not fill the daemon's records. */
    private static final int MOST_IPS = 256;

    /** An address as text, and the length of its prefix. */
    public record Ip(String address, int prefix, Optional<String> gateway) {}

    /** The sandbox is empty for an interface of the host. */
    public record Interface(String name, Optional<String> mac, Optional<String> sandbox) {}

    public AddResult {
        ips = List.copyOf(ips);
        interfaces = List.copyOf(interfaces);
    }

    /** The addresses alone, such as {@code 10.1.0.7} and {@code fd00::7}. */
    public List<String> addresses() {
        return ips.stream().map(Ip::address).toList();
    }

    /** Reads a result of 0.3.0 or newer; those parts that only plugins understand stay in {@link #json}. */
    static AddResult of(ObjectNode result, String ifname) {
        List<Interface> interfaces = CniJson.objects(result, "interfaces").stream()
                .map(AddResult::networkInterface)
                .toList();
        List<Ip> ips = CniJson.objects(result, "ips").stream()
                .filter(ip -> isOf(ip, interfaces, ifname))
                .map(AddResult::ip)
                .toList();
        if (ips.size() > MOST_IPS) {
            throw new Failure.Invalid(
                    "ips: " + ips.size() + " addresses for one interface, and the most is " + MOST_IPS);
        }
        return new AddResult(ips, interfaces, CniJson.render(result));
    }

    /** An address without an interface is the sandbox's: older plugins name none. */
    private static boolean isOf(ObjectNode ip, List<Interface> interfaces, String ifname) {
        JsonNode index = ip.path("interface");
        if (!index.isInt()) {
            return true;
        }
        if (index.intValue() < 0 || index.intValue() >= interfaces.size()) {
            throw new Failure.Invalid(
                    "ips.interface: " + index + " is not one of the " + interfaces.size() + " interfaces");
        }
        Interface owner = interfaces.get(index.intValue());
        return owner.sandbox().isPresent() && owner.name().equals(ifname);
    }

    private static Interface networkInterface(ObjectNode json) {
        return new Interface(
                CniJson.text(json, "name").orElse(""), CniJson.text(json, "mac"), CniJson.text(json, "sandbox"));
    }

    private static Ip ip(ObjectNode json) {
        String cidr = CniJson.text(json, "address").orElse("");
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        try {
            int bits = InetAddress.ofLiteral(address).getAddress().length * Byte.SIZE;
            int prefix = slash < 0 ? bits : Integer.parseInt(cidr.substring(slash + 1));
            if (prefix < 0 || prefix > bits) {
                throw new Failure.Invalid("ips.address \"" + cidr + "\": the prefix must be 0 to " + bits);
            }
            return new Ip(address, prefix, CniJson.text(json, "gateway"));
        } catch (IllegalArgumentException malformed) {
            throw new Failure.Invalid("ips.address \"" + cidr + "\": must be an address and a prefix", malformed);
        }
    }
}
