/**
 * The network of a sandbox by CNI plugins (spec 0.3.0 to 1.1.0): which network the config directory names, and ADD,
 * DEL, CHECK, STATUS and GC of its chain of plugins. It knows no pod: what identifies one arrives as arguments.
 *
 * <p>Owns no durable state. What a DEL needs travels in an {@link io.holdfast.cni.Attachment}, which its holder stores
 * before the ADD. In memory: the last good network, each plugin binary's versions, and the last STATUS.
 */
package io.holdfast.cni;
