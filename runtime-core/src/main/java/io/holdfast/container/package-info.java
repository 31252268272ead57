/**
 * Containers: what is asked of one, what it may know of its sandbox, its states, and the port to an OCI runtime.
 *
 * <p>Owns the table {@code containers} and the directories {@code <root>/containers} and {@code <state>/containers}.
 */
package io.holdfast.container;
