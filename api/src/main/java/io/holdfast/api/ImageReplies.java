package io.holdfast.api;

import io.holdfast.image.Image;
import io.holdfast.image.ImageUsage;
import io.holdfast.runtime.v1.Cri;
import java.time.Instant;
import java.util.regex.Pattern;

/** Renders images. */
final class ImageReplies {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    private static final long MOST_ID = 0xFFFF_FFFFL;

    private ImageReplies() {}

    static Cri.Image image(Image image) {
        Cri.Image.Builder wire = Cri.Image.newBuilder()
                .setId(image.id())
                .addAllRepoTags(image.tags())
                .addAllRepoDigests(image.digests())
                .setSize(image.size())
                .setSpec(Cri.ImageSpec.newBuilder().setImage(image.id()))
                .setPinned(image.pinned());
        user(wire, image.config().user());
        return wire.build();
    }

    static Cri.ImageFsInfoResponse usage(ImageUsage usage) {
        Cri.FilesystemUsage used = Cri.FilesystemUsage.newBuilder()
                .setTimestamp(Times.nanos(Instant.now()))
                .setFsId(Cri.FilesystemIdentifier.newBuilder()
                        .setMountpoint(usage.mountpoint().toString()))
                .setUsedBytes(Cri.UInt64Value.newBuilder().setValue(usage.bytes()))
                .setInodesUsed(Cri.UInt64Value.newBuilder().setValue(usage.inodes()))
                .build();
        return Cri.ImageFsInfoResponse.newBuilder()
                .addImageFilesystems(used)
                .addContainerFilesystems(used)
                .build();
    }

    /** Of {@code user[:group]} the user, as a number where it is one; a kubelet refuses root, and what it cannot tell. */
    private static void user(Cri.Image.Builder wire, String configured) {
        String user = configured.split(":", 2)[0];
        if (user.isEmpty()) {
            return;
        }
        if (NUMBER.matcher(user).matches() && Long.parseLong(user) <= MOST_ID) {
            wire.setUid(Cri.Int64Value.newBuilder().setValue(Long.parseLong(user)));
        } else {
            wire.setUsername(user);
        }
    }
}
