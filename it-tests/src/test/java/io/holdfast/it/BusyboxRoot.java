package io.holdfast.it;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** The root filesystem every test image starts from: this machine's busybox, with the libraries it needs if it needs any. */
public final class BusyboxRoot {
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    /** Prints its own /proc/self/status as root whoever starts it, unless privileges may not be gained. */
    private static final Path CAT = Path.of("/bin/cat");

    private BusyboxRoot() {}

    /** The one layer. */
    public static Layer.Packed layer() {
        var layer = new Layer();
        for (var name :
                List.of("bin", "dev", "etc", "home", "proc", "sys", "usr", "usr/bin", "var", "var/run", "www")) {
            layer.directory(name, 0755);
        }
        layer.directory("root", 0700).directory("tmp", 01777);
        layer.copy("bin/busybox", 0755, BUSYBOX);
        applets().forEach(applet -> layer.hardLink("bin/" + applet, "bin/busybox"));
        layer.copy("usr/bin/root-cat", 04755, CAT);
        libraries().forEach(library -> layer.copy(library.substring(1), 0755, Path.of(library)));
        layer.file("etc/passwd", """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1:daemon:/usr/sbin:/bin/false
            www-data:x:33:33:www-data:/var/www:/bin/false
            nobody:x:65534:65534:nobody:/home:/bin/false
            """);
        layer.file("etc/group", "root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnogroup:x:65534:\n");
        layer.file("www/index.html", "holdfast serves\n");
        return layer.packed();
    }

    private static List<String> applets() {
        return Shell.run(BUSYBOX.toString(), "--list")
                .lines()
                .filter(applet -> !applet.equals("busybox") && !applet.contains("/"))
                .toList();
    }

    private static TreeSet<String> libraries() {
        var paths = new TreeSet<String>();
        for (var binary : List.of(BUSYBOX, CAT)) {
            // A static binary makes ldd complain and name no path.
            var listed = Shell.attempt("ldd", binary.toString()).output();
            Arrays.stream(listed.split("\\s+"))
                    .filter(word -> word.startsWith("/lib"))
                    .forEach(paths::add);
        }
        return paths;
    }
}
