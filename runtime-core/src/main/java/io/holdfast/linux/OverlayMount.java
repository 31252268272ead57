package io.holdfast.linux;

import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * Mounts overlayfs. Where the kernel takes lower directories one by one (Linux 6.7) there may be as many as overlayfs
 * can stack, which is 500. Before, all options have to fit into one page: there, paths are told relative to the directory
 * that all of them are in, from a thread whose working directory that is.
 */
public final class OverlayMount {
    private static final long SYS_MOVE_MOUNT = 429;
    private static final long SYS_FSOPEN = 430;
    private static final long SYS_FSCONFIG = 431;
    private static final long SYS_FSMOUNT = 432;
    private static final long FSCONFIG_SET_STRING = 1;
    private static final long FSCONFIG_CREATE = 6;
    private static final long CLOSE_ON_EXEC = 1;
    private static final long MOVE_FROM_FD = 4;
    private static final long MOUNT_READ_ONLY = 1;
    private static final int AT_FDCWD = -100;
    private static final int CLONE_FS = 0x200;
    private static final int LONGEST_OPTIONS = 4095;
    private static final int LONGEST_VALUE = 255;
    private static final int LOG_BYTES = 512;

    private final Kernel kernel;
    private final Path above;
    private final boolean oneByOne;

    /**
     * What to stack, by paths relative to the directory above.
     *
     * @param lower topmost first; without {@code upper} at least two
     */
    public record Stack(List<String> lower, Optional<Upper> upper) {
        public Stack {
            lower = List.copyOf(lower);
        }
    }

    /** Where changes go, and overlayfs's own working directory beside it. */
    public record Upper(String directory, String work) {}

    private OverlayMount(Kernel kernel, Path above, boolean oneByOne) {
        this.kernel = kernel;
        this.above = above;
        this.oneByOne = oneByOne;
    }

    /** Finds out how this kernel wants to be told. All directories will be below {@code above}. */
    public static OverlayMount probe(Kernel kernel, Path above) {
        OverlayMount mount = new OverlayMount(kernel, above, true);
        return mount.takesLowerOneByOne() ? mount : inOnePage(kernel, above);
    }

    /** The way of kernels before 6.7. */
    static OverlayMount inOnePage(Kernel kernel, Path above) {
        return new OverlayMount(kernel, above, false);
    }

    /** Mounts the stack; {@code source} is what /proc/mounts shows for it. */
    public void mount(String source, Stack stack, Path target) {
        FreshThread.run("mount-overlay", () -> {
            if (oneByOne) {
                mountOneByOne(source, stack, target);
            } else {
                mountInOnePage(source, stack, target);
            }
        });
    }

    private void mountOneByOne(String source, Stack stack, Path target) {
        int context = open();
        try {
            set(context, "source", source);
            set(context, "index", "off");
            stack.lower().forEach(lower -> set(context, "lowerdir+", absolute(lower)));
            stack.upper().ifPresent(upper -> {
                set(context, "upperdir", absolute(upper.directory()));
                set(context, "workdir", absolute(upper.work()));
            });
            Pointer none = Pointer.wrap(kernel.runtime(), 0);
            long created = kernel.libc().syscall(SYS_FSCONFIG, context, FSCONFIG_CREATE, none, none, 0);
            check(context, "create", target, created);
            attach(context, stack.upper().isEmpty(), target);
        } finally {
            kernel.close(context);
        }
    }

    private void attach(int context, boolean readOnly, Path target) {
        long attributes = readOnly ? MOUNT_READ_ONLY : 0;
        int mount = check(
                context, "fsmount", target, kernel.libc().syscall(SYS_FSMOUNT, context, CLOSE_ON_EXEC, attributes, 0));
        try {
            byte[] path = FileCalls.terminated(target.toString());
            long moved = kernel.libc().syscall(SYS_MOVE_MOUNT, mount, new byte[] {0}, AT_FDCWD, path, MOVE_FROM_FD);
            kernel.check("move_mount", target.toString(), (int) moved);
        } finally {
            kernel.close(mount);
        }
    }

    private void mountInOnePage(String source, Stack stack, Path target) {
        List<String> options = new ArrayList<>(List.of("index=off", "lowerdir=" + String.join(":", stack.lower())));
        stack.upper().ifPresent(upper -> {
            options.add("upperdir=" + upper.directory());
            options.add("workdir=" + upper.work());
        });
        String text = String.join(",", options);
        if (text.length() > LONGEST_OPTIONS) {
            throw new Failure.Broken("mounting " + target + ": its "
                    + stack.lower().size() + " layers are more than this kernel can be told; Linux 6.7 or later can");
        }
        kernel.unshare(CLONE_FS);
        kernel.check("chdir", above.toString(), kernel.libc().chdir(above.toString()));
        kernel.mount(source, target, "overlay", stack.upper().isEmpty() ? Kernel.MS_RDONLY : 0, text);
    }

    private boolean takesLowerOneByOne() {
        int context = open();
        try {
            set(context, "lowerdir+", above.toString());
            return true;
        } catch (KernelError refused) {
            return false;
        } finally {
            kernel.close(context);
        }
    }

    private int open() {
        byte[] type = FileCalls.terminated("overlay");
        return kernel.check("fsopen", "overlay", (int) kernel.libc().syscall(SYS_FSOPEN, type, CLOSE_ON_EXEC));
    }

    private void set(int context, String key, String value) {
        if (value.length() > LONGEST_VALUE) {
            throw new Failure.Broken("mounting overlayfs: the path " + value + " has more than " + LONGEST_VALUE
                    + " characters; use a shorter root directory");
        }
        byte[] name = FileCalls.terminated(key);
        byte[] text = FileCalls.terminated(value);
        long result = kernel.libc().syscall(SYS_FSCONFIG, context, FSCONFIG_SET_STRING, name, text, 0);
        check(context, key + "=" + value, above, result);
    }

    private String absolute(String path) {
        return above.resolve(path).toString();
    }

    /** The result, or a refusal with what the kernel has to say about it. */
    private int check(int context, String call, Path target, long result) {
        if (result >= 0) {
            return (int) result;
        }
        int errno = kernel.errno();
        throw new KernelError("mounting overlayfs: " + call + log(context), target.toString(), errno);
    }

    private String log(int context) {
        byte[] message = new byte[LOG_BYTES];
        long length = kernel.libc().read(context, message, message.length);
        String text = length <= 0 ? "" : new String(message, 0, (int) length, StandardCharsets.UTF_8);
        return text.isBlank() ? "" : " (" + FileCalls.printable(text.strip().getBytes(StandardCharsets.UTF_8)) + ")";
    }
}
