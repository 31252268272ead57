# shellcheck shell=bash disable=SC2034
# What first-pod and test need of a machine: sourced by both. Debian 12 or 13, as root. Whatever is there already is
# left as it is; nothing that gets installed is started.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=/var/cache/holdfast
POLICY=/usr/sbin/policy-rc.d
JDK=25

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() {
    printf '\n   FAILED: %s\n' "$*" >&2
    exit 1
}

require_machine() {
    [ "$(id -u)" = 0 ] || fail "this has to run as root: it makes network namespaces, mounts and cgroups"
    [ -e /etc/debian_version ] || fail "this knows how to set up Debian; on another system, install what README.md lists"
}

# install COMMAND-OR-FILE=PACKAGE…: the packages whose command or file is not there.
install_packages() {
    local wanted=() pair what
    for pair in "$@"; do
        what=${pair%%=*}
        if ! { [ -e "$what" ] || command -v "$what" >/dev/null; }; then
            wanted+=("${pair#*=}")
        fi
    done
    if [ ${#wanted[@]} = 0 ]; then
        note "every Debian package is there"
        return
    fi
    note "Debian packages: ${wanted[*]}"
    apt_install "${wanted[@]}"
}

apt_install() {
    local log=$CACHE/apt.log
    mkdir -p "$CACHE"
    (
        deny_starts
        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@"; } \
            >"$log" 2>&1 </dev/null
    ) || { tail -5 "$log" >&2; fail "apt-get could not install $*; its output is in $log"; }
}

# Debian starts a service as it installs it; 101 from this file says that none may be. It goes with the shell that this runs
# in, also where that is interrupted.
deny_starts() {
    [ ! -e "$POLICY" ] || return 0
    trap 'rm -f "$POLICY"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

is_jdk() { [ -x "$1/bin/javac" ] && "$1/bin/javac" -version 2>&1 | grep -q "^javac $JDK\."; }

installed_jdk() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*"$JDK"*; do
        if [ -n "$home" ] && is_jdk "$home"; then
            echo "$home"
            return
        fi
    done
    return 1
}

# Sees to it that there is a JDK where the build and the launcher look: in JAVA_HOME, then in /usr/lib/jvm.
find_jdk() {
    local home
    if [ -n "${JAVA_HOME:-}" ] && ! is_jdk "$JAVA_HOME"; then
        note "JAVA_HOME=$JAVA_HOME is not a JDK $JDK: going on without it"
        unset JAVA_HOME
    fi
    if ! home=$(installed_jdk); then
        install_jdk
        home=$(installed_jdk) ||
            fail "there is no JDK $JDK; unpack one, Adoptium's say, and run this again with JAVA_HOME=its-directory in front"
    fi
    note "JDK $JDK: $home"
}

install_jdk() {
    apt-get -qq update >/dev/null 2>&1 || true
    if apt-cache policy "openjdk-$JDK-jdk-headless" 2>/dev/null | grep -q 'Candidate: [0-9]'; then
        note "JDK $JDK: Debian's openjdk-$JDK-jdk-headless"
        apt_install "openjdk-$JDK-jdk-headless"
        return
    fi
    note "JDK $JDK: this Debian has none; fetching one with the Python package install-jdk"
    apt_install python3-venv
    local environment=$CACHE/install-jdk fresh=/usr/lib/jvm/.holdfast-new
    # Moved to its place only when it is whole: what an interruption leaves must not be taken for a JDK.
    rm -rf "$fresh" "/usr/lib/jvm/holdfast-jdk-$JDK"
    mkdir -p /usr/lib/jvm
    { python3 -m venv "$environment" && "$environment/bin/pip" -q install install-jdk \
        && "$environment/bin/python" -c "import jdk; jdk.install('$JDK', path='$fresh')" \
        && mv -T "$fresh"/* "/usr/lib/jvm/holdfast-jdk-$JDK" && rmdir "$fresh"; } >"$CACHE/jdk.log" 2>&1 ||
        note "that did not work: $(tail -1 "$CACHE/jdk.log") (it comes from Adoptium; more in $CACHE/jdk.log)"
}

# at_least HAVE WANT, both like 1.26.0
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -1)" = "$2" ]; }

go_version() { GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null | sed 's/^go//'; }

# Puts a Go of at least this version into GO. Any older Go can fetch a newer one as a module.
find_go() {
    local want=$1 candidate old='' machine toolchain
    for candidate in "${GO:-}" "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
        if [ -n "$candidate" ] && [ -x "$candidate" ]; then
            old=$candidate
            if at_least "$(go_version "$candidate")" "$want"; then
                export GO=$candidate
                note "Go: $GO ($(go_version "$GO"))"
                return
            fi
        fi
    done
    if [ -z "$old" ]; then
        install_packages go=golang-go
        old=$(command -v go)
    fi
    machine=linux-$(dpkg --print-architecture)
    note "Go $want: as a module, with $old"
    GOPATH=$CACHE/go GOTOOLCHAIN=local GOFLAGS=-modcacherw \
        "$old" mod download "golang.org/toolchain@v0.0.1-go$want.$machine" ||
        fail "Go $want could not be downloaded; install it and say where with GO=…"
    toolchain=$CACHE/go/pkg/mod/golang.org/toolchain@v0.0.1-go$want.$machine
    chmod +x "$toolchain"/bin/* "$toolchain"/pkg/tool/*/* 2>/dev/null || true
    export GO=$toolchain/bin/go
    note "Go: $GO"
}

build() {
    say "Building Holdfast (the first time fetches its libraries)"
    # Maven resets the terminal's colours even where it writes none.
    mvn -q -B -ntp -f "$HERE/pom.xml" -DskipTests package </dev/null 2>&1 | sed 's/\x1b\[0\?m//g; /^WARNING: .*\(sun.misc.Unsafe\|maintainers of class\)/d; s/^/   /' ||
        fail "the build failed"
    note "$HERE/daemon/target/dist"
}

# On cgroup v1, crun wants each controller that the kernel has to be mounted; some machines leave out hugetlb.
mount_cgroups() {
    [ "$(stat -fc %T /sys/fs/cgroup)" = tmpfs ] || return 0
    grep -q '^hugetlb.*1$' /proc/cgroups || return 0
    if ! grep -q ' /sys/fs/cgroup/hugetlb ' /proc/mounts; then
        note "cgroup v1: mounting hugetlb, which crun wants"
        mkdir -p /sys/fs/cgroup/hugetlb
        mount -t cgroup -o nosuid,nodev,noexec,hugetlb hugetlb /sys/fs/cgroup/hugetlb
    fi
}

RUNTIME_PACKAGES=(
    mvn=maven runc=runc crun=crun conmon=conmon catatonit=catatonit iptables=iptables ip=iproute2
    /usr/lib/cni/bridge=containernetworking-plugins busybox=busybox-static
)
