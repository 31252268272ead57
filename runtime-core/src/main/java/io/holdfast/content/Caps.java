package io.holdfast.content;

import java.time.Duration;

/** What a registry or an image may make Holdfast read, hold or wait for, at most. All of these limits stand here. */
public final class Caps {
    /** Bytes of a manifest or an index; the distribution specification asks for no more of a client. */
    public static final int MANIFEST_BYTES = 4 << 20;

    public static final int CONFIG_BYTES = 8 << 20;
    public static final int TOKEN_BYTES = 1 << 20;

    /** How much of an error's body is read for its message. */
    public static final int ERROR_BYTES = 16 << 10;

    public static final int HOSTS_FILE_BYTES = 1 << 20;

    public static final int JSON_DEPTH = 32;
    public static final int JSON_STRING_CHARS = 1 << 20;

    public static final int INDEX_ENTRIES = 1000;

    /** Indexes within indexes. */
    public static final int INDEX_DEPTH = 3;

    /** The kernel's overlayfs takes 500 lower directories. */
    public static final int LAYERS = 500;

    /** Entries of one list or map of an image's config. */
    public static final int CONFIG_ENTRIES = 4096;

    /** The compressed size of one blob. */
    public static final long BLOB_BYTES = 64L << 30;

    public static final int HEADER_LINE_BYTES = 16 << 10;
    public static final int HEADERS = 200;
    public static final int REDIRECTS = 5;

    /** Rounds over all the hosts of a registry. */
    public static final int ROUNDS = 3;

    /** Connections broken one after the other without a byte between them. */
    public static final int FRUITLESS_ATTEMPTS = 4;

    /** The longest that a registry's Retry-After is waited for; one that asks for more fails the pull. */
    public static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    /** Entries of an archive given to {@code image load}. */
    public static final int ARCHIVE_ENTRIES = 20_000;

    /** Bytes of the headers before one of its entries: names and attributes, which are read into memory. */
    public static final int ARCHIVE_HEADER_BYTES = 1 << 20;

    private Caps() {}
}
