/**
 * The daemon itself: its configuration, the one place where everything is built and joined, recovery at the start, and
 * the server on the socket.
 *
 * <p>Owns the lock on the root and state directories, and the socket; all other state belongs to what it builds.
 */
package io.holdfast.daemon;
