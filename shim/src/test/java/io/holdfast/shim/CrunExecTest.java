package io.holdfast.shim;

import java.nio.file.Path;

class CrunExecTest extends ExecContract {
    @Override
    Path binary() {
        return Path.of("/usr/bin/crun");
    }
}
