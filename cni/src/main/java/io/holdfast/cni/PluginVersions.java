package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import io.holdfast.work.InFlight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which CNI versions each plugin binary speaks, by its own answer to VERSION, asked once until the binary changes. A
 * chain may mix old and new plugins: each is called at the highest version that it, the config and Holdfast share.
 */
final class PluginVersions {
    /** A binary as it was when it was asked. */
    private record Edition(String type, Path path, String file, long modified, long bytes) {
        @Override
        public String toString() {
            return "CNI VERSION of " + path;
        }
    }

    private final Plugins plugins;
    private final ConcurrentMap<Edition, List<CniVersion>> known = new ConcurrentHashMap<>();
    private final InFlight<Edition, List<CniVersion>> asking;

    PluginVersions(Plugins plugins) {
        this.plugins = plugins;
        this.asking = new InFlight<>(plugins.limit());
    }

    /** The highest version not above the config's that the plugin speaks. */
    CniVersion shared(String type, CniVersion config) {
        List<CniVersion> spoken = of(type);
        return spoken.stream()
                .filter(version -> version.isSpoken() && version.compareTo(config) <= 0)
                .max(CniVersion::compareTo)
                .orElseThrow(() -> new Failure.Broken("CNI plugin " + type + " speaks " + spoken
                        + ", and the network config asks for " + config + "; install a newer release of the plugin or"
                        + " set cniVersion to one of these"));
    }

    private List<CniVersion> of(String type) {
        Path binary = plugins.find(type).orElse(Path.of(type));
        try {
            BasicFileAttributes file = Files.readAttributes(binary, BasicFileAttributes.class);
            long modified = file.lastModifiedTime().toMillis();
            return of(new Edition(type, binary, String.valueOf(file.fileKey()), modified, file.size()));
        } catch (IOException gone) {
            return ask(type);
        }
    }

    private List<CniVersion> of(Edition edition) {
        List<CniVersion> answered = known.getOrDefault(edition, List.of());
        return answered.isEmpty() ? asking.join(edition, () -> note(edition, ask(edition.type()))) : answered;
    }

    private List<CniVersion> note(Edition edition, List<CniVersion> answered) {
        known.put(edition, answered);
        return answered;
    }

    private List<CniVersion> ask(String type) {
        ObjectNode question = CniJson.object().put("cniVersion", CniVersion.V1_1_0.toString());
        var call = new Plugins.Call("VERSION", type, "the binary", Map.of(), question);
        String printed = plugins.run(call);
        try {
            return CniJson.texts(CniJson.parse(printed), "supportedVersions").stream()
                    .map(CniVersion::parse)
                    .sorted()
                    .toList();
        } catch (Failure.Invalid malformed) {
            throw new Failure.Broken(call.doing() + ": " + malformed.getMessage() + "; is it a CNI plugin?", malformed);
        }
    }
}
