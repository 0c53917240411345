package io.sluice.cluster;

import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replicas as child processes on the gateway's own host, reachable from it alone. */
public final class LocalReplicaProvisioner implements ReplicaProvisioner {

  private static final Logger LOG = LoggerFactory.getLogger(LocalReplicaProvisioner.class);
  private static final String REPLICAS = "replicas";
  private static final String LOGS = "logs";
  private static final int TOKEN_BYTES = 32;

  private final LocalSettings settings;
  private final Executor blocking;
  private final ScheduledExecutorService scheduler;
  private final SecureRandom random;
  private final List<BiConsumer<ReplicaId, String>> watchers = new CopyOnWriteArrayList<>();

  /** In the order of their starts; guarded by itself, as is {@link #closed}. */
  private final Map<ReplicaId, Running> replicas = new LinkedHashMap<>();

  private boolean closed;

  /**
   * Takes the place over; what servers of a gateway before left in the directory is deleted.
   *
   * @param blocking for file access and the start of processes
   * @param scheduler times the waits
   * @param random for the servers' tokens
   */
  public LocalReplicaProvisioner(
      LocalSettings settings,
      Executor blocking,
      ScheduledExecutorService scheduler,
      SecureRandom random) {
    this.settings = settings;
    this.blocking = blocking;
    this.scheduler = scheduler;
    this.random = random;
    delete(settings.directory().resolve(REPLICAS));
  }

  @Override
  public CompletableFuture<SparkEndpoint> start(ReplicaId id, ReplicaSpec spec) {
    return CompletableFuture.supplyAsync(() -> launch(id, spec), blocking)
        .thenCompose(replica -> replica.awaitPort(blocking, scheduler, settings.startLimit()));
  }

  private LocalReplica launch(ReplicaId id, ReplicaSpec spec) {
    Path directory = settings.directory().resolve(REPLICAS).resolve(id.value());
    LocalReplica replica;
    synchronized (replicas) {
      if (closed) {
        ended(id, "the gateway is stopping");
        throw new ReplicaStartException("the gateway is stopping", List.of(), null);
      }
      try {
        Files.createDirectories(directory);
        List<String> command = SparkCommand.prepare(settings, directory, spec);
        ReplicaLog log =
            ReplicaLog.create(settings.directory().resolve(LOGS).resolve(id.value() + ".log"));
        replica = LocalReplica.start(command, directory, log, token());
      } catch (IOException e) {
        delete(directory);
        ended(id, "Spark could not be started");
        throw new ReplicaStartException("Spark could not be started", List.of(), e);
      }
      replicas.put(id, new Running(replica, cleanUp(id, replica, directory)));
    }
    return replica;
  }

  /** Completes when the replica has ended and its scratch files are gone. */
  private CompletableFuture<Void> cleanUp(ReplicaId id, LocalReplica replica, Path directory) {
    return replica
        .onExit()
        .thenAcceptAsync(
            reason -> {
              synchronized (replicas) {
                replicas.remove(id);
              }
              ended(id, reason);
              delete(directory);
            },
            blocking);
  }

  private void ended(ReplicaId id, String reason) {
    watchers.forEach(watcher -> watcher.accept(id, reason));
  }

  private String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public List<ReplicaId> list() {
    synchronized (replicas) {
      return List.copyOf(replicas.keySet());
    }
  }

  /** Returns the process that runs Spark itself, below its supervisor; for diagnosis. */
  public Stream<ProcessHandle> processes(ReplicaId id) {
    synchronized (replicas) {
      Running running = replicas.get(id);
      return running == null ? Stream.empty() : running.replica.processes();
    }
  }

  @Override
  public void watch(BiConsumer<ReplicaId, String> ended) {
    watchers.add(ended);
  }

  @Override
  public CompletableFuture<Void> stop(ReplicaId id) {
    Running running;
    synchronized (replicas) {
      running = replicas.get(id);
    }
    return running == null ? CompletableFuture.completedFuture(null) : running.stop();
  }

  @Override
  public void close() {
    List<Running> running;
    synchronized (replicas) {
      closed = true;
      running = List.copyOf(replicas.values());
    }
    CompletableFuture<?>[] ends =
        running.stream().map(Running::stop).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(settings.grace().toSeconds() + 5, TimeUnit.SECONDS);
      delete(settings.directory().resolve(REPLICAS));
    } catch (TimeoutException | ExecutionException e) {
      LOG.error("a Spark server did not end although it was killed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) {
    try {
      Files.walkFileTree(directory, new Deletion());
    } catch (IOException e) {
      LOG.warn("scratch files of a Spark server stay behind in {}: {}", directory, e.getMessage());
    }
  }

  /** Goes on where a file has gone by itself: a Spark that ends deletes files of its own. */
  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null && !(failure instanceof NoSuchFileException)) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }

  /**
   * A replica and what happens after its end.
   *
   * @param gone completes when it has ended and its scratch files are gone
   */
  private record Running(LocalReplica replica, CompletableFuture<Void> gone) {
    CompletableFuture<Void> stop() {
      return replica.stop().thenCompose(ended -> gone);
    }
  }
}
