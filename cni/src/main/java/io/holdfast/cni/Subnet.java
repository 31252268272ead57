package io.holdfast.cni;

import io.holdfast.work.Failure;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/** A range of addresses: its first one, and how many bits of it are fixed. */
public record Subnet(InetAddress first, int prefix) {

    /** Reads CIDR form, such as {@code 10.86.0.0/16} or {@code fd00:86::/64}; bits behind the prefix are cleared. */
    public static Subnet parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(text.substring(0, Math.max(slash, 0)));
            return of(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException malformed) {
            throw new Failure.Invalid(
                    "subnet \"" + text + "\": must be an address and a prefix, such as 10.86.0.0/16", malformed);
        }
    }

    /** The destination of the default route of this family. */
    String everywhere() {
        return bits(first) == Integer.SIZE ? "0.0.0.0/0" : "::/0";
    }

    boolean overlaps(Subnet other) {
        if (bits(first) != bits(other.first)) {
            return false;
        }
        int shorter = Math.min(prefix, other.prefix);
        return of(first, shorter).equals(of(other.first, shorter));
    }

    /** Fails where an interface of this host other than the bridge is in this subnet, or the bridge in another one. */
    void requireFree(String bridge) {
        try {
            NetworkInterface.networkInterfaces().forEach(link -> requireFree(link, bridge));
        } catch (SocketException failed) {
            throw new Failure.Broken("listing this host's interfaces: " + failed.getMessage(), failed);
        }
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + prefix;
    }

    private void requireFree(NetworkInterface link, String bridge) {
        boolean isBridge = link.getName().equals(bridge);
        link.getInterfaceAddresses().stream()
                .filter(own -> bits(own.getAddress()) == bits(first))
                .filter(own -> !isBridge || !own.getAddress().isLinkLocalAddress())
                .map(own -> of(own.getAddress(), own.getNetworkPrefixLength()))
                .filter(own -> isBridge ? !equals(own) : overlaps(own))
                .findFirst()
                .ifPresent(own -> {
                    throw new Failure.Invalid("subnet " + this + ": this host is on " + own + " by " + link.getName()
                            + (isBridge ? ", which is to serve it; name another bridge" : "; choose another subnet"));
                });
    }

    private static Subnet of(InetAddress address, int prefix) {
        int bits = bits(address);
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("prefix " + prefix);
        }
        BigInteger host = BigInteger.ONE.shiftLeft(bits - prefix).subtract(BigInteger.ONE);
        BigInteger value = new BigInteger(1, address.getAddress()).andNot(host);
        byte[] bytes = new byte[bits / Byte.SIZE];
        byte[] digits = value.toByteArray();
        int count = Math.min(digits.length, bytes.length);
        System.arraycopy(digits, digits.length - count, bytes, bytes.length - count, count);
        try {
            return new Subnet(InetAddress.getByAddress(bytes), prefix);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException("address " + address, impossible);
        }
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }
}
