package io.holdfast.linux;

import java.nio.file.Path;

/** Opens a file by its path, for tests that look at what others made. */
public final class OpenFile {
    private OpenFile() {}

    public static FileHandle at(Kernel kernel, Path path) {
        return new FileHandle(new FileCalls(kernel), kernel.open(path), new byte[0]);
    }
}
