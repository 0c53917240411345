package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of one kind that the API server had last, in a file: what a gateway goes by that
 * starts while the API server is away. The file decides where statements are sent and who may send
 * them, so one that another user may have written, or read, counts for nothing.
 *
 * @param <T> the objects
 */
final class LastKnown<T extends HasMetadata> {

  private static final Logger LOG = LoggerFactory.getLogger(LastKnown.class);
  private static final int VERSION = 1;
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final String what;
  private final String server;
  private final Class<T> type;
  private final KubernetesSerialization json;

  /** What the file holds. */
  private @Nullable Map<String, String> kept;

  private String told = "";

  /**
   * Reads and writes nothing yet.
   *
   * @param folder which nobody else may look into
   * @param what for people, for example {@code SparkApplications in namespace sales}; the file is
   *     called by it
   * @param server the API server that they are from
   */
  LastKnown(Path folder, String what, Class<T> type, String server, KubernetesSerialization json) {
    this.file = folder.resolve(what.replace(' ', '-') + ".json");
    this.what = what;
    this.server = server;
    this.type = type;
    this.json = json;
  }

  /** Returns it for objects that a client watches. */
  static <T extends HasMetadata> LastKnown<T> of(
      Path folder, String what, Class<T> type, KubernetesClient client) {
    return new LastKnown<>(
        folder, what, type, client.getMasterUrl().toString(), client.getKubernetesSerialization());
  }

  /** Returns what was kept; empty if nothing was, or it cannot be relied on. Blocks. */
  Optional<List<T>> read() {
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      trust(file, owner(Objects.requireNonNull(file.toAbsolutePath().getParent())));
      @SuppressWarnings("unchecked") // JSON's objects have texts for keys.
      Map<String, Object> content = json.unmarshal(Files.readString(file), Map.class);
      if (content == null || !Integer.valueOf(VERSION).equals(content.get("version"))) {
        throw new IOException("it is not of this version of Sluice");
      }
      if (!what.equals(content.get("what")) || !server.equals(content.get("server"))) {
        throw new IOException("it is of another API server or place");
      }
      if (!(content.get("objects") instanceof List<?> objects)) {
        throw new IOException("it holds no objects");
      }
      return Optional.of(
          objects.stream().map(object -> (T) json.convertValue(object, type)).toList());
    } catch (IOException unusable) {
      return ignored(String.valueOf(unusable.getMessage()));
    } catch (IllegalArgumentException | KubernetesClientException | ClassCastException garbled) {
      return ignored("it cannot be read");
    }
  }

  private Optional<List<T>> ignored(String why) {
    LOG.warn("{} is ignored: {}. {} are known when the API server answers", file, why, what);
    return Optional.empty();
  }

  /**
   * Checks that nobody else can have written a file, or read it.
   *
   * @param user the number of the one whose it has to be
   */
  static void trust(Path file, long user) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("it is a symbolic link, a device or a directory, not a file");
    }
    if (owner(file) != user) {
      throw new IOException("it belongs to another user");
    }
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
    if (!OWNER_ALONE.containsAll(permissions)) {
      throw new IOException("others than its owner may read or change it");
    }
  }

  private static long owner(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
  }

  /** Keeps what there is now, if it is not what was kept. Blocks; one thread at a time. */
  void keep(List<T> objects) {
    Map<String, String> versions =
        objects.stream()
            .collect(
                Collectors.toMap(
                    object -> String.valueOf(object.getMetadata().getUid()),
                    object -> String.valueOf(object.getMetadata().getResourceVersion()),
                    (one, other) -> other));
    if (versions.equals(kept)) {
      return;
    }
    try {
      replace(
          json.asJson(
              Map.of("version", VERSION, "what", what, "server", server, "objects", objects)));
      kept = versions;
      told = "";
    } catch (IOException | KubernetesClientException failure) {
      String why = String.valueOf(failure.getMessage());
      if (!why.equals(told)) {
        told = why;
        LOG.warn("{} cannot be written: {}", file, why);
      }
    }
  }

  /** What was there stays whole until all of the new is there. */
  private void replace(String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        FileChannel.open(
            next,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_ALONE))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
