package io.holdfast.container;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A container as it is on disk.
 *
 * @param boot the kernel's boot id at its creation: no process of another boot is left
 * @param holds what is or may be held, in the order of taking
 * @param stopBy the uptime at which a stop that was asked for turns to SIGKILL
 * @param starting when a start was begun, of which the daemon may not have seen the end
 */
record ContainerRecord(
        Container container,
        String boot,
        List<ContainerHold> holds,
        Optional<Duration> stopBy,
        Optional<Instant> starting) {
    ContainerRecord {
        holds = List.copyOf(holds);
    }

    String id() {
        return container.id();
    }

    ContainerState state() {
        return container.state();
    }

    ContainerRecord with(ContainerState state) {
        return with(container.with(state));
    }

    ContainerRecord with(Container changed) {
        return new ContainerRecord(changed, boot, holds, stopBy, starting);
    }

    ContainerRecord holding(List<ContainerHold> left) {
        return new ContainerRecord(container, boot, left, stopBy, starting);
    }

    ContainerRecord stoppingBy(Duration uptime) {
        return new ContainerRecord(container, boot, holds, Optional.of(uptime), starting);
    }

    ContainerRecord starting(Instant at) {
        return new ContainerRecord(container, boot, holds, stopBy, Optional.of(at));
    }

    /** What the OCI runtime was asked for. */
    Optional<ContainerHold.Runtime> runtime() {
        return holds.stream()
                .filter(ContainerHold.Runtime.class::isInstance)
                .map(ContainerHold.Runtime.class::cast)
                .findFirst();
    }
}
