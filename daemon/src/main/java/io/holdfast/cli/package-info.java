/**
 * The {@code holdfast} command: the configuration, a first network, images from files, what the daemon holds, and pods run by hand. It
 * talks to the daemon over its socket and owns no state.
 */
package io.holdfast.cli;
