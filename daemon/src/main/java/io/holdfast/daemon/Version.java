package io.holdfast.daemon;

import java.util.Optional;

/** The version of this build. */
public final class Version {
    private Version() {}

    /** As in the jar's manifest; of classes that are in no jar it is "development". */
    public static String own() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
