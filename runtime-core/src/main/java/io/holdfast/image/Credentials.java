package io.holdfast.image;

import io.holdfast.registry.Secret;

/**
 * What a pull may show to the registry, in CRI's terms; empty fields are absent ones. The first of registry token,
 * identity token, user with password, and {@code auth} (base64 of {@code user:password}) counts. No text form shows any.
 *
 * @param serverAddress the registry that they are for, as a host or a URL; empty for the registry of the image's name
 */
public record Credentials(
        String username,
        String password,
        String auth,
        String serverAddress,
        String identityToken,
        String registryToken) {
    public static final Credentials NONE = new Credentials("", "", "", "", "", "");

    Secret secret() {
        if (!registryToken.isEmpty()) {
            return new Secret.RegistryToken(registryToken);
        }
        if (!identityToken.isEmpty()) {
            return new Secret.IdentityToken(identityToken);
        }
        if (!username.isEmpty()) {
            return new Secret.Password(username, password);
        }
        return auth.isEmpty() ? new Secret.None() : Secret.decode(auth);
    }

    @Override
    public String toString() {
        return equals(NONE) ? "Credentials[none]" : "Credentials[redacted]";
    }
}
