package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that names the network: of its {@code .conflist}, {@code .conf} and {@code .json} files by name, the
 * first that is valid. Each question reads it afresh, which costs a fraction of a millisecond and, unlike a watch,
 * misses no way in which a file can be replaced: rename, rewrite in place, a link in the path moved elsewhere.
 *
 * <p>A file that is being written is invalid for a moment. The last good network stays as long as its file is there,
 * valid or not, or as long as there are only invalid files; it goes when the directory has no config at all.
 */
final class ConfigDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigDirectory.class);
    private static final List<String> CONFIGS = List.of(".conflist", ".conf", ".json");
    private static final List<String> PLUGIN_CONFIGS = List.of(".conf");
    private static final int MOST_FILES = 256;
    private static final int MOST_BYTES = 1 << 20;

    /** The network in force, and what is wrong with the directory: the reason where there is none. */
    record Reading(Optional<Network> network, String problem) {}

    private final Path directory;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Network> lastGood = Optional.empty();
    private String lastProblem = "";

    ConfigDirectory(Path directory) {
        this.directory = directory;
    }

    Reading read() {
        lock.lock();
        try {
            List<String> problems = new ArrayList<>();
            Optional<Network> chosen = choose(files(problems), problems);
            String problem = String.join("; ", problems);
            tell(chosen, problem);
            lastGood = chosen;
            lastProblem = problem;
            return new Reading(chosen, problem);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Network> choose(List<Path> files, List<String> problems) {
        for (Path file : files) {
            try {
                return Optional.of(unchanged(new Network(file, config(file))));
            } catch (Failure.Invalid | IOException malformed) {
                problems.add("invalid file " + file + ": " + malformed.getMessage());
                if (lastGood.filter(last -> last.file().equals(file)).isPresent()) {
                    return lastGood;
                }
            }
        }
        return files.isEmpty() ? Optional.empty() : lastGood;
    }

    private Network unchanged(Network network) {
        return lastGood.filter(last ->
                        last.file().equals(network.file()) && last.json().equals(network.json()))
                .orElse(network);
    }

    private List<Path> files(List<String> problems) {
        try {
            List<Path> files = list(directory, CONFIGS);
            if (files.isEmpty()) {
                problems.add("no CNI network config in " + directory
                        + ": install a network add-on, or run holdfast cni init");
            }
            return files;
        } catch (IOException unreadable) {
            problems.add("the CNI config directory " + directory + " cannot be read: " + unreadable);
            return List.of();
        }
    }

    private NetworkConfig config(Path file) throws IOException {
        NetworkConfig config = NetworkConfig.parse(content(file));
        if (config.onlyInlined()) {
            return config;
        }
        List<ObjectNode> further = new ArrayList<>();
        for (Path plugin : list(directory.resolve(config.name()), PLUGIN_CONFIGS)) {
            further.add(CniJson.parse(content(plugin)));
        }
        return config.with(further);
    }

    private static List<Path> list(Path directory, List<String> endings) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            List<Path> files = new ArrayList<>();
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".") && endings.stream().anyMatch(name::endsWith) && !Files.isDirectory(entry)) {
                    files.add(entry);
                }
            }
            return files.stream().sorted().limit(MOST_FILES).toList();
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return List.of();
        }
    }

    private static String content(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new Failure.Invalid("not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new Failure.Invalid("larger than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private void tell(Optional<Network> chosen, String problem) {
        if (!problem.isEmpty() && !problem.equals(lastProblem)) {
            String kept = chosen.map(network -> "; network " + network.name() + " stays as it was")
                    .orElse("");
            LOG.warn("{}{}", problem, kept);
        }
        chosen.filter(network -> !Optional.of(network).equals(lastGood))
                .ifPresent(network -> LOG.info("CNI network {} from {}", network.name(), network.file()));
    }
}
