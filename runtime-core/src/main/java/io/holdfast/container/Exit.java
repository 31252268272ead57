package io.holdfast.container;

import java.time.Instant;
import java.util.Optional;

/**
 * How a container's first process ended.
 *
 * @param code its exit code, or 128 and the signal that ended it; 255 only together with a doubt
 * @param doubt why the code is not known for certain: the monitor died before it, say
 */
public record Exit(int code, Instant at, Optional<String> doubt) {}
