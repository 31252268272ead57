package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What proves to a registry who is asking. No text form of any of them shows it. */
public sealed interface Secret {
    record None() implements Secret {}

    record Password(String user, String password) implements Secret {
        @Override
        public String toString() {
            return "Password[redacted]";
        }

        /** The value of an Authorization header. */
        String basic() {
            byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        }
    }

    /** An OAuth2 refresh token, to be exchanged at the registry's token endpoint. */
    record IdentityToken(String token) implements Secret {
        @Override
        public String toString() {
            return "IdentityToken[redacted]";
        }
    }

    /** A token to be shown to the registry as it is. */
    record RegistryToken(String token) implements Secret {
        @Override
        public String toString() {
            return "RegistryToken[redacted]";
        }
    }

    /** Reads the form of Docker's config file: base64 of {@code user:password}, perhaps with NULs at its end. */
    static Secret.Password decode(String auth) {
        try {
            String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                int end = pair.length();
                while (end > colon + 1 && pair.charAt(end - 1) == '\0') {
                    end--;
                }
                return new Password(pair.substring(0, colon), pair.substring(colon + 1, end));
            }
        } catch (IllegalArgumentException _) {
            // The message must not hold any of the text, so the cause goes no further.
            throw new Failure.Invalid("auth: is not base64");
        }
        throw new Failure.Invalid("auth: is not base64 of user:password");
    }
}
