package io.holdfast.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import jnr.ffi.Pointer;

/**
 * Starts a program in a process group of its own, with just the descriptors, environment and directory given, default
 * signal actions and no signal blocked. The starter has to {@link Kernel#reap} it.
 *
 * @param argv the program (looked up on PATH unless it has a slash) and its arguments
 * @param environment all of it: nothing is inherited
 * @param descriptors the child's descriptor numbers, from 0 without a gap; each maps to one of ours. 0 to 2 that are
 *     not named are /dev/null
 * @param directory the child's working directory
 */
public record Spawn(List<String> argv, Map<String, String> environment, List<OptionalInt> descriptors, Path directory) {
    private static final int STRUCT_BYTES = 512;
    private static final short SETPGROUP = 2;
    private static final short SETSIGDEF = 4;
    private static final short SETSIGMASK = 8;
    private static final int O_RDWR = 2;
    private static final int STANDARD = 3;

    public Spawn {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        descriptors = List.copyOf(descriptors);
    }

    /** The child's pid, which is its process group's as well. */
    public int start(Kernel kernel) {
        Libc libc = kernel.libc();
        Pointer actions = struct(kernel);
        Pointer attributes = struct(kernel);
        libc.posix_spawn_file_actions_init(actions);
        libc.posix_spawnattr_init(attributes);
        try {
            fill(kernel, actions, attributes);
            int[] pid = new int[1];
            Pointer arguments = strings(kernel, argv);
            Pointer variables = strings(kernel, variables());
            int errno = libc.posix_spawnp(pid, bytes(argv.getFirst()), actions, attributes, arguments, variables);
            if (errno != 0) {
                throw new KernelError("start", argv.getFirst(), errno);
            }
            return pid[0];
        } finally {
            libc.posix_spawn_file_actions_destroy(actions);
            libc.posix_spawnattr_destroy(attributes);
        }
    }

    private void fill(Kernel kernel, Pointer actions, Pointer attributes) {
        Libc libc = kernel.libc();
        int count = Math.max(STANDARD, descriptors.size());
        for (int target = 0; target < count; target++) {
            OptionalInt ours = target < descriptors.size() ? descriptors.get(target) : OptionalInt.empty();
            if (ours.isPresent()) {
                libc.posix_spawn_file_actions_adddup2(actions, ours.getAsInt(), target);
            } else {
                libc.posix_spawn_file_actions_addopen(actions, target, "/dev/null", O_RDWR, 0);
            }
        }
        libc.posix_spawn_file_actions_addclosefrom_np(actions, count);
        libc.posix_spawn_file_actions_addchdir_np(actions, directory.toString());
        Pointer signals = struct(kernel);
        libc.sigemptyset(signals);
        libc.posix_spawnattr_setsigmask(attributes, signals);
        libc.sigfillset(signals);
        libc.posix_spawnattr_setsigdefault(attributes, signals);
        libc.posix_spawnattr_setpgroup(attributes, 0);
        libc.posix_spawnattr_setflags(attributes, (short) (SETPGROUP | SETSIGDEF | SETSIGMASK));
    }

    private List<String> variables() {
        return environment.entrySet().stream()
                .map(v -> v.getKey() + "=" + v.getValue())
                .toList();
    }

    private static Pointer struct(Kernel kernel) {
        return kernel.runtime().getMemoryManager().allocateDirect(STRUCT_BYTES, true);
    }

    /** A null-terminated array of C strings in one piece of memory, the strings behind the array. */
    private static Pointer strings(Kernel kernel, List<String> values) {
        List<byte[]> all = new ArrayList<>(values.stream().map(Spawn::bytes).toList());
        int word = kernel.runtime().addressSize();
        int arrayBytes = (all.size() + 1) * word;
        int total = arrayBytes + all.stream().mapToInt(value -> value.length).sum();
        Pointer memory = kernel.runtime().getMemoryManager().allocateDirect(total, true);
        int at = arrayBytes;
        for (int i = 0; i < all.size(); i++) {
            byte[] value = all.get(i);
            memory.put(at, value, 0, value.length);
            memory.putAddress((long) i * word, memory.address() + at);
            at += value.length;
        }
        return memory;
    }

    private static byte[] bytes(String value) {
        return (value + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
