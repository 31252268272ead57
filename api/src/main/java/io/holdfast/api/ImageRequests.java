package io.holdfast.api;

import io.holdfast.image.Credentials;
import io.holdfast.image.PullRequest;
import io.holdfast.runtime.v1.Cri;

/** Parses the names of images and the credentials of pulls. No complaint quotes a credential. */
final class ImageRequests {
    private static final int MOST_NAME = 4096;
    private static final int MOST_SECRET = 64 * 1024;

    private ImageRequests() {}

    /** The sandbox that a pull is for changes nothing about it: the credentials come with the request. */
    static PullRequest pull(Cri.PullImageRequest request) {
        return new PullRequest(name(request.getImage()), credentials(request.getAuth()));
    }

    static String name(Cri.ImageSpec image) {
        return Fields.line("image.image", Fields.required("image.image", image.getImage()), MOST_NAME);
    }

    private static Credentials credentials(Cri.AuthConfig auth) {
        return new Credentials(
                Fields.line("auth.username", auth.getUsername(), MOST_NAME),
                Fields.line("auth.password", auth.getPassword(), MOST_SECRET),
                Fields.line("auth.auth", auth.getAuth(), MOST_SECRET),
                Fields.line("auth.server_address", auth.getServerAddress(), MOST_NAME),
                Fields.line("auth.identity_token", auth.getIdentityToken(), MOST_SECRET),
                Fields.line("auth.registry_token", auth.getRegistryToken(), MOST_SECRET));
    }
}
