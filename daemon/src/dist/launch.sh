# Read by the launchers and by the build, which train with the same flags. $lib is set by who reads it.

# The C library's arenas would cost more memory than all of the heap; names of files are UTF-8 wherever we start.
export MALLOC_ARENA_MAX=1 LC_ALL=C.UTF-8

is_jdk_25() {
    [ -x "$1/bin/java" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null
}

# Sets $java: HOLDFAST_JAVA as it is, or that of the first JDK 25 there is.
find_java() {
    java=${HOLDFAST_JAVA:-}
    [ -z "$java" ] || return 0
    built_with=$(cat "$lib/jdk" 2>/dev/null || true)
    for home in "${JAVA_HOME:-}" "$built_with" /usr/lib/jvm/* /opt/jdk*; do
        if is_jdk_25 "$home"; then
            java=$home/bin/java
            return 0
        fi
    done
    echo "$0: no JDK 25 in JAVA_HOME or /usr/lib/jvm; install one, or set HOLDFAST_JAVA to its bin/java" >&2
    exit 1
}

# Sets $flags: small and quick to start rather than fast at its peak, so without the optimizing compiler, which takes a tenth of
# a pod's start from a daemon that is no longer young (ADR 10). What a pull computes is native instead.
# Native calls hold their carrier thread, so that there are more of those than processors. Out of memory is a crash, and a
# crash is what recovery is for.
daemon_flags() {
    flags="-XX:+UseSerialGC -Xms16m -Xmx384m -Xmn8m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=25 -XX:-ShrinkHeapInSteps -Xss512k -XX:MaxDirectMemorySize=96m"
    flags="$flags -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=96m -XX:+UseCompactObjectHeaders"
    # The cache stays where it was made for: moved elsewhere, all of it is rewritten at each start, and held in memory.
    flags="$flags -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
    flags="$flags -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData"
    flags="$flags --enable-native-access=ALL-UNNAMED"
    flags="$flags -Djdk.virtualThreadScheduler.parallelism=8 -Djava.awt.headless=true"
    flags="$flags -Dio.netty.allocator.numDirectArenas=1 -Dio.netty.allocator.numHeapArenas=0"
}

# Where the native libraries are, so that none is unpacked into a /tmp that may be noexec.
native_flags() {
    native=$lib/native
    echo "-Djava.library.path=$native -Djffi.boot.library.path=$native"
    echo "-Dorg.sqlite.lib.path=$native -Dorg.sqlite.lib.name=libsqlitejdbc.so"
    [ ! -f "$native/libamazonCorrettoCryptoProvider.so" ] ||
        echo "-Dcom.amazon.corretto.crypto.provider.useExternalLib=true"
    zstd=$(ls "$native"/libzstd-jni-*.so 2>/dev/null || true)
    [ -z "$zstd" ] || echo "-DZstdNativePath=$zstd"
}

# The jars in the order that the cache was trained with.
classpath() {
    path=
    while read -r jar; do
        path=$path${path:+:}$lib/$jar
    done <"$lib/classpath"
    echo "$path"
}
