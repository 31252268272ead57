/**
 * The kernel as Holdfast needs it: system calls, processes by identity, exits without polling, subprocesses with
 * limits, durable files, cgroups. {@link io.holdfast.linux.Kernel} and its libc are the only code that knows jnr.
 *
 * <p>Owns the epoll thread of {@link io.holdfast.linux.ProcessWatch} and no durable state.
 */
package io.holdfast.linux;
