package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.linux.Command;
import io.holdfast.linux.Directory;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.KernelError;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The volumes that an image declares: each gets a directory of the container's own, filled with what the image has at
 * that place, so that it can be written to even where the root cannot. A mount that was asked for at the same place
 * takes its stead.
 */
final class Volumes {
    private static final int MOST = 128;
    private static final Duration COPY = Duration.ofMinutes(2);

    private final Containers.Parts parts;
    private final ContainerPlan plan;
    private final ContainerDirectories directories;

    Volumes(Containers.Parts parts, ContainerPlan plan) {
        this.parts = parts;
        this.plan = plan;
        this.directories = new ContainerDirectories(parts.kernel());
    }

    /** The mounts of the volumes. The root is mounted, and nobody else changes it yet. */
    List<Mount> make(List<String> declared, List<Mount> asked) {
        if (declared.size() > MOST) {
            throw new Failure.Invalid(
                    "the image declares " + declared.size() + " volumes; at most " + MOST + " are made");
        }
        Set<Path> taken = asked.stream()
                .map(mount -> Path.of(mount.containerPath()).normalize())
                .collect(Collectors.toSet());
        List<Mount> mounts = new ArrayList<>();
        for (String volume : declared) {
            Path place = place(volume);
            if (taken.add(place)) {
                mounts.add(mount(place, make(mounts.size(), place)));
            }
        }
        return mounts;
    }

    /** Whatever the image says, a place below the root, and not the root itself. */
    private static Path place(String volume) {
        Path place = Path.of("/").resolve(Path.of(volume)).normalize();
        if (place.getNameCount() == 0 || volume.chars().anyMatch(Character::isISOControl)) {
            throw new Failure.Invalid("the image declares a volume at \"" + volume + "\", which is no place for one");
        }
        return place;
    }

    private Path make(int number, Path place) {
        Path directory = plan.volumes().resolve(Integer.toString(number));
        directories.makeReadable(directory);
        try (FileTree root = FileTree.open(parts.kernel(), plan.rootfs());
                Directory source = root.directory(place.toString().getBytes(StandardCharsets.UTF_8))) {
            copy(source, directory);
        } catch (KernelError refused) {
            if (!refused.isAbsent()) {
                throw new Failure.Invalid("the image's volume at " + place + ": " + refused.getMessage(), refused);
            }
        }
        return directory;
    }

    /** Copies what is in the directory and its own attributes, all kinds of files and no link followed. */
    private void copy(Directory source, Path target) {
        Subprocess.Output output = parts.subprocess()
                .run(Command.of(COPY, List.of("cp", "-a", "--", source.path() + "/.", target.toString())));
        if (!output.ok()) {
            throw new Failure.Broken("copying the image's content into the volume " + target + ": " + output.err());
        }
    }

    private static Mount mount(Path place, Path directory) {
        return new Mount(
                place.toString(), directory.toString(), false, false, true, ContainerConfig.Propagation.PRIVATE);
    }
}
