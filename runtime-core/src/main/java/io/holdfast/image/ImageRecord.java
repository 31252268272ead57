package io.holdfast.image;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An image as it is remembered.
 *
 * @param revision grows with every change of any image: of two records with one tag the later has it
 * @param content the digests of its documents in the content store
 */
record ImageRecord(
        String id,
        long revision,
        List<String> tags,
        List<String> digests,
        long size,
        ImageConfig config,
        List<String> chain,
        List<String> content) {
    ImageRecord {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        chain = List.copyOf(chain);
        content = List.copyOf(content);
    }

    /** This one with all that an earlier record of the same image had. */
    ImageRecord over(ImageRecord earlier) {
        return new ImageRecord(
                id,
                revision,
                both(earlier.tags, tags),
                both(earlier.digests, digests),
                size,
                config,
                chain,
                both(earlier.content, content));
    }

    ImageRecord without(String tag, long newRevision) {
        List<String> left = tags.stream().filter(one -> !one.equals(tag)).toList();
        return new ImageRecord(id, newRevision, left, digests, size, config, chain, content);
    }

    ImageRecord revised(long newRevision) {
        return new ImageRecord(id, newRevision, tags, digests, size, config, chain, content);
    }

    Image image(Set<String> pins) {
        boolean pinned =
                tags.stream().anyMatch(pins::contains) || digests.stream().anyMatch(pins::contains);
        return new Image(id, tags, digests, size, config, chain, pinned);
    }

    private static List<String> both(List<String> some, List<String> more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }
}
