package io.holdfast.api;

import io.holdfast.container.Containers;
import io.holdfast.image.Images;
import io.holdfast.sandbox.SandboxMeter;
import io.holdfast.sandbox.Sandboxes;
import java.nio.file.Path;

/**
 * Those whose verbs the calls are.
 *
 * @param layers the directory whose file system has the containers' writable layers
 */
public record Owners(Sandboxes sandboxes, Containers containers, Images images, SandboxMeter meter, Path layers) {}
