/**
 * The {@code holdfast} command: the configuration, a first network, images from files, and what the daemon holds. It
 * talks to the daemon over its socket and owns no state.
 */
package io.holdfast.cli;
