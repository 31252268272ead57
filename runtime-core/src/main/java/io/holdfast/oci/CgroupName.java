package io.holdfast.oci;

/**
 * A cgroup of ours below one that the kubelet made.
 *
 * @param parent a path such as {@code /kubepods/pod1}, or, with the systemd driver, a slice such as
 *     {@code kubepods-pod1.slice}, with or without the slices above it
 * @param id the container's or sandbox's
 */
public record CgroupName(String parent, String id) {
    private static final String SLICE = ".slice";
    private static final String PREFIX = "holdfast";

    /** As config.json has it: a path, or {@code slice:prefix:name} for systemd. */
    public String inSpec() {
        return systemd() ? slice() + ":" + PREFIX + ":" + id : inTree();
    }

    /** Where it is in the kernel's tree, from its root. */
    public String inTree() {
        return systemd() ? expanded() + "/" + PREFIX + "-" + id + ".scope" : trimmed() + "/" + id;
    }

    /** Where its parent is in the kernel's tree. */
    public String parentInTree() {
        return systemd() ? expanded() : trimmed();
    }

    /** Where a group that config.json names as {@link #inSpec} does is in the kernel's tree. */
    public static String inTree(String inSpec) {
        String[] parts = inSpec.split(":", -1);
        return parts.length == 3 ? new CgroupName(parts[0], parts[2]).inTree() : inSpec;
    }

    public boolean systemd() {
        return parent.endsWith(SLICE);
    }

    private String slice() {
        return parent.substring(parent.lastIndexOf('/') + 1);
    }

    /** systemd nests {@code a-b.slice} in {@code a.slice}; the root slice {@code -.slice} is the tree's root. */
    private String expanded() {
        String name = slice().substring(0, slice().length() - SLICE.length());
        StringBuilder path = new StringBuilder();
        for (int dash = name.indexOf('-', 1); dash > 0; dash = name.indexOf('-', dash + 1)) {
            path.append('/').append(name, 0, dash).append(SLICE);
        }
        return name.equals("-") ? "" : path + "/" + slice();
    }

    private String trimmed() {
        String absolute = parent.startsWith("/") ? parent : "/" + parent;
        return absolute.endsWith("/") ? absolute.substring(0, absolute.length() - 1) : absolute;
    }
}
