/**
 * Sandboxes: what a pod's containers share, taken hold of for them and let go again. Each is a record with a state and
 * an ordered list of holds; a failed run, a stop, a remove and a restart after {@code kill -9} are the same release.
 *
 * <p>Owns the table {@code sandboxes} and the directories {@code <state>/sandboxes}, {@code <state>/netns} and
 * {@code <root>/pause}.
 */
package io.holdfast.sandbox;
