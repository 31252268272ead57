package io.holdfast.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** One plugin's part of a network config: which binary runs, and what it is told. */
final class PluginConfig {
    /** A file's name and nothing that leads out of its directory (CVE-2021-20206). */
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]+");

    private final String type;
    private final ObjectNode json;

    private PluginConfig(String type, ObjectNode json) {
        this.type = type;
        this.json = json;
    }

    static PluginConfig of(ObjectNode json) {
        String type = CniJson.text(json, "type")
                .orElseThrow(() -> new Failure.Invalid("type: every plugin needs one, the name of its binary"));
        return new PluginConfig(valid("type", type), json.deepCopy());
    }

    /** The name of the binary. */
    String type() {
        return type;
    }

    /** The plugin that this one asks for addresses, where it names one. */
    Optional<String> ipam() {
        JsonNode ipam = json.path("ipam");
        return ipam.isObject() ? CniJson.text(ipam, "type").map(name -> valid("ipam.type", name)) : Optional.empty();
    }

    /** Whether it is told to hide its sandboxes behind the node's address, as bridge and ptp can be. */
    boolean masquerades() {
        return json.path("ipMasq").asBoolean();
    }

    /** The capabilities that it declares: it is given these runtime values and no others. */
    Set<String> capabilities() {
        Set<String> declared = new LinkedHashSet<>();
        json.path("capabilities").properties().forEach(capability -> {
            if (capability.getValue().asBoolean()) {
                declared.add(capability.getKey());
            }
        });
        return declared;
    }

    /** The config as the plugin reads it, before runtime values and a previous result are put in. */
    ObjectNode execution(String network, CniVersion version) {
        ObjectNode execution = json.deepCopy();
        execution.remove("capabilities");
        return execution.put("name", network).put("cniVersion", version.toString());
    }

    private static String valid(String field, String name) {
        if (!TYPE.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new Failure.Invalid(field + " \"" + name + "\": must be the name of a plugin binary, of letters,"
                    + " digits, '.', '_' and '-'");
        }
        return name;
    }
}
