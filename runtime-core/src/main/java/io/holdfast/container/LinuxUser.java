package io.holdfast.container;

import java.util.List;

/**
 * Whom a container's first process runs as, as numbers; also CRI's LinuxContainerUser.
 *
 * @param groups every group of the process: {@code gid} first, then the supplemental ones, each once
 * @param home the home directory of the image's user database, {@code /} where it knows none
 */
public record LinuxUser(long uid, long gid, List<Long> groups, String home) {
    public LinuxUser {
        groups = List.copyOf(groups);
    }
}
