package io.holdfast.it;

import java.nio.file.Path;
import java.util.Set;

/** The runtime that is tested. */
public sealed interface Subject extends AutoCloseable permits HoldfastDaemon, Subject.Named {
    /** The CRI socket. */
    Path socket();

    /** What marks a trace on the machine as this runtime's, besides the ids of what it runs. */
    Set<String> marks();

    /** What it keeps of its own for what it runs, a line each; nothing where that is not known. */
    Set<String> traces();

    @Override
    void close();

    /** A runtime that somebody else started and keeps. */
    record Named(Path socket) implements Subject {
        @Override
        public Set<String> marks() {
            return Set.of();
        }

        @Override
        public Set<String> traces() {
            return Set.of();
        }

        @Override
        public void close() {
            // It is not ours to end.
        }
    }
}
