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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * them, so one that another user may have written, or read, counts for nothing. Nor does one that
 * was true a day ago: who has a driver's address by now is anybody's guess.
 *
 * @param <T> the objects
 */
final class LastKnown<T extends HasMetadata> {

  private static final Logger LOG = LoggerFactory.getLogger(LastKnown.class);
  private static final int VERSION = 2;
  private static final Duration LONGEST = Duration.ofDays(1);

  /** How often a file is written of which nothing has changed but that it is true still. */
  private static final Duration REFRESHED = Duration.ofHours(1);

  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final String what;
  private final String server;
  private final Class<T> type;
  private final KubernetesSerialization json;
  private final InstantSource clock;

  /** What the file holds. */
  private @Nullable Map<String, String> kept;

  /** When that was true last, as the file says. */
  private Instant keptAsOf = Instant.MIN;

  /** When what is to be kept was true last. */
  private Instant asOf = Instant.MIN;

  private String told = "";

  /**
   * Reads and writes nothing yet.
   *
   * @param folder which nobody else may look into
   * @param what for people, for example {@code SparkApplications in namespace sales}; the file is
   *     called by it
   * @param server the API server that they are from
   */
  LastKnown(
      Path folder,
      String what,
      Class<T> type,
      String server,
      KubernetesSerialization json,
      InstantSource clock) {
    this.file = folder.resolve(what.replace(' ', '-') + ".json");
    this.what = what;
    this.server = server;
    this.type = type;
    this.json = json;
    this.clock = clock;
  }

  /** Returns it for objects that a client watches. */
  static <T extends HasMetadata> LastKnown<T> of(
      Path folder, String what, Class<T> type, KubernetesClient client, InstantSource clock) {
    return new LastKnown<>(
        folder,
        what,
        type,
        client.getMasterUrl().toString(),
        client.getKubernetesSerialization(),
        clock);
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
      Instant since = Instant.parse(String.valueOf(content.get("asOf")));
      Instant now = clock.instant();
      if (since.isBefore(now.minus(LONGEST)) || since.isAfter(now)) {
        throw new IOException(
            "it is as of " + since + ", which is more than a day ago or in the future");
      }
      if (!(content.get("objects") instanceof List<?> objects)) {
        throw new IOException("it holds no objects");
      }
      return Optional.of(
          objects.stream().map(object -> (T) json.convertValue(object, type)).toList());
    } catch (IOException unusable) {
      return ignored(String.valueOf(unusable.getMessage()));
    } catch (IllegalArgumentException
        | KubernetesClientException
        | ClassCastException
        | DateTimeException garbled) {
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

  /**
   * Keeps what is known, if it is not what was kept, or that was some time ago. Blocks; one thread
   * at a time.
   *
   * @param current whether it is true now, as far as anybody knows: the API server is heard
   */
  void keep(List<T> objects, boolean current) {
    if (current || asOf.equals(Instant.MIN)) {
      asOf = clock.instant();
    }
    Map<String, String> versions =
        objects.stream()
            .collect(
                Collectors.toMap(
                    object -> String.valueOf(object.getMetadata().getUid()),
                    object -> String.valueOf(object.getMetadata().getResourceVersion()),
                    (one, other) -> other));
    if (versions.equals(kept) && asOf.isBefore(keptAsOf.plus(REFRESHED))) {
      return;
    }
    try {
      replace(
          json.asJson(
              Map.of(
                  "version",
                  VERSION,
                  "what",
                  what,
                  "server",
                  server,
                  "asOf",
                  asOf.toString(),
                  "objects",
                  objects)));
      kept = versions;
      keptAsOf = asOf;
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
