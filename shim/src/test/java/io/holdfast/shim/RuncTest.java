package io.holdfast.shim;

import java.nio.file.Path;

/** With Debian's runc; another one by {@code -Dholdfast.test.runc=/path}. */
class RuncTest extends OciRuntimeContract {
    @Override
    Path binary() {
        return Path.of(System.getProperty("holdfast.test.runc", "/usr/sbin/runc"));
    }
}
