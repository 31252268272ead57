package io.holdfast.shim;

import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;

/** What everything here works on. */
record Machine(Kernel kernel, ProcessWatch watch, Subprocess subprocess, Cgroup cgroup) {}
