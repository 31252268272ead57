/**
 * How work is done everywhere in Holdfast: deadlines that travel with a thread, one creation per key, ordered holds
 * that are taken and let go, failures that say what to do, and the failpoints by which tests break all of it.
 *
 * <p>Owns no durable state.
 */
package io.holdfast.work;
