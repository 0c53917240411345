package io.sluice.cluster;

import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
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
  private final Map<ReplicaId, LocalReplica> replicas = new LinkedHashMap<>();

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
      replicas.put(id, replica);
    }
    replica
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
    return replica;
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
      LocalReplica replica = replicas.get(id);
      return replica == null ? Stream.empty() : replica.processes();
    }
  }

  @Override
  public void watch(BiConsumer<ReplicaId, String> ended) {
    watchers.add(ended);
  }

  @Override
  public CompletableFuture<Void> stop(ReplicaId id) {
    LocalReplica replica;
    synchronized (replicas) {
      replica = replicas.get(id);
    }
    return replica == null ? CompletableFuture.completedFuture(null) : replica.stop();
  }

  @Override
  public void close() {
    List<LocalReplica> running;
    synchronized (replicas) {
      closed = true;
      running = List.copyOf(replicas.values());
    }
    CompletableFuture<?>[] ends =
        running.stream().map(LocalReplica::stop).toArray(CompletableFuture[]::new);
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
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("scratch files of a Spark server stay behind in {}: {}", directory, e.getMessage());
    }
  }
}
