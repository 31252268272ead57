package io.holdfast.shim;

import java.nio.file.Path;

class CrunTest extends OciRuntimeContract {
    @Override
    Path binary() {
        return Path.of("/usr/bin/crun");
    }
}
