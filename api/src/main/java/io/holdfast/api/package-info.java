/**
 * The CRI edge: wire messages become our records here and go no further, and our records become wire messages.
 *
 * <p>{@code …Requests} parse and validate, {@code …Replies} render, {@code …Calls} join the two round one verb of an
 * owner, and {@link io.holdfast.api.RuntimeApi}, {@link io.holdfast.api.ImageApi} and {@link io.holdfast.api.AdminApi}
 * have a method an RPC. Owns no state but the last CPU samples that rates are computed from.
 */
package io.holdfast.api;
