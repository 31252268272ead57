package io.holdfast.cni;

import io.holdfast.work.Failure;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the CNI specification, and what it brought. */
record CniVersion(int major, int minor, int patch) implements Comparable<CniVersion> {
    static final CniVersion V0_3_0 = new CniVersion(0, 3, 0);
    static final CniVersion V0_3_1 = new CniVersion(0, 3, 1);
    static final CniVersion V0_4_0 = new CniVersion(0, 4, 0);
    static final CniVersion V1_0_0 = new CniVersion(1, 0, 0);
    static final CniVersion V1_1_0 = new CniVersion(1, 1, 0);

    /** Those that Holdfast speaks, oldest first. Before 0.3.0 there were neither chains nor lists of addresses. */
    static final List<CniVersion> SPOKEN = List.of(V0_3_0, V0_3_1, V0_4_0, V1_0_0, V1_1_0);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");
    private static final Comparator<CniVersion> ORDER = Comparator.comparingInt(CniVersion::major)
            .thenComparingInt(CniVersion::minor)
            .thenComparingInt(CniVersion::patch);

    static CniVersion parse(String text) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new Failure.Invalid("cniVersion \"" + text + "\": must be three numbers, such as 1.0.0");
        }
        return new CniVersion(number(match, 1), number(match, 2), number(match, 3));
    }

    boolean isSpoken() {
        return SPOKEN.contains(this);
    }

    boolean hasCheck() {
        return compareTo(V0_4_0) >= 0;
    }

    /** Whether DEL is given the result of the ADD. */
    boolean hasResultOnDelete() {
        return compareTo(V0_4_0) >= 0;
    }

    boolean hasStatus() {
        return compareTo(V1_1_0) >= 0;
    }

    boolean hasGc() {
        return compareTo(V1_1_0) >= 0;
    }

    @Override
    public int compareTo(CniVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }

    private static int number(Matcher match, int group) {
        return Integer.parseInt(match.group(group));
    }
}
