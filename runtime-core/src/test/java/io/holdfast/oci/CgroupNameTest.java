package io.holdfast.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupNameTest {
    @ParameterizedTest
    @CsvSource({
        "/kubepods/pod1, /kubepods/pod1/c1, /kubepods/pod1/c1",
        "kubepods/pod1/, /kubepods/pod1/c1, /kubepods/pod1/c1",
        "/, /c1, /c1",
        "system.slice, system.slice:holdfast:c1, /system.slice/holdfast-c1.scope",
        "-.slice, -.slice:holdfast:c1, /holdfast-c1.scope",
        "/kubepods.slice/kubepods-pod1.slice, kubepods-pod1.slice:holdfast:c1,"
                + " /kubepods.slice/kubepods-pod1.slice/holdfast-c1.scope",
        "kubepods-besteffort-pod1_2.slice, kubepods-besteffort-pod1_2.slice:holdfast:c1,"
                + " /kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1_2.slice/holdfast-c1.scope",
    })
    void isNamedForTheSpecAndForTheKernel(String parent, String inSpec, String inTree) {
        CgroupName name = new CgroupName(parent, "c1");
        assertThat(name.inSpec()).isEqualTo(inSpec);
        assertThat(name.inTree()).isEqualTo(inTree);
        assertThat(name.parentInTree()).isEqualTo(inTree.substring(0, inTree.lastIndexOf('/')));
    }
}
