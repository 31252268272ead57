package io.holdfast.cni;

import java.time.Duration;

/** One execution of a plugin, as told to whoever measures: networks are the longest part of a pod's start. */
public record PluginRun(String plugin, String command, String network, Duration took, boolean succeeded) {}
