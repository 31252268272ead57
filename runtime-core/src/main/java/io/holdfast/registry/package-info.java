/**
 * Talks to registries as of the OCI distribution specification: which hosts stand for one, who may see which
 * credentials, one small class an endpoint, and what to do when a host is slow, broken, lying or rude.
 *
 * <p>Owns no durable state. A {@link io.holdfast.registry.Registry} is one pull's session; what outlives it is only the
 * memory of which host asked for patience.
 */
package io.holdfast.registry;
