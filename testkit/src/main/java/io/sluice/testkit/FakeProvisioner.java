package io.sluice.testkit;

import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.ReplicaStartException;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Replicas that are nothing but names; each has a port of its own, by which a test tells them
 * apart. They listen at once unless told otherwise.
 */
public final class FakeProvisioner implements ReplicaProvisioner {

  private static final int WARM_PORTS = 10_000;

  private final Map<ReplicaId, CompletableFuture<SparkEndpoint>> replicas = new LinkedHashMap<>();
  private final List<BiConsumer<ReplicaId, String>> watchers = new CopyOnWriteArrayList<>();
  private int starts;
  private int claims;
  private final Set<ReplicaId> warm = new LinkedHashSet<>();
  private String startFailure = "";
  private boolean slow;
  private boolean slowStops;
  private final Set<ReplicaId> stops = new LinkedHashSet<>();
  private String hindrance = "";
  private Consumer<FoundReplica> finder = found -> {};

  /** Makes the starts from now on fail with this reason; with none, succeed. */
  public void failStarts(String reason) {
    startFailure = reason;
  }

  /** Makes the starts from now on wait for {@link #listen}. */
  public void slowStarts() {
    slow = true;
  }

  /** Makes the stops from now on wait for {@link #hearStops}. */
  public void slowStops() {
    slowStops = true;
  }

  /** Stops what was to be stopped and is still to be. */
  public void hearStops() {
    slowStops = false;
    Set.copyOf(stops).forEach(this::stop);
  }

  /** Keeps a replica ready that is what every start makes. */
  public void keepWarm(ReplicaId id) {
    warm.add(id);
  }

  /** Lets a starting replica listen. */
  public void listen(ReplicaId id, int port) {
    CompletableFuture<SparkEndpoint> start = replicas.get(id);
    if (start == null) {
      throw new IllegalArgumentException("no replica " + id);
    }
    start.complete(new SparkEndpoint("fake", port, "token"));
  }

  /** Returns how many starts were asked for. */
  public int starts() {
    return starts;
  }

  /** Says that nothing can be started now, for this reason; with none, that it can. */
  public void hinder(String reason) {
    hindrance = reason;
  }

  /** Shows a replica that another gateway started; it listens when {@link #listen} says so. */
  public void show(ReplicaId id, ReplicaSpec spec) {
    CompletableFuture<SparkEndpoint> start = new CompletableFuture<>();
    replicas.put(id, start);
    finder.accept(new FoundReplica(id, spec, start));
  }

  /** Ends a replica, as if its process had died. */
  public void kill(ReplicaId id, String reason) {
    CompletableFuture<SparkEndpoint> start = replicas.remove(id);
    if (start != null) {
      start.completeExceptionally(new ReplicaStartException(reason, List.of(), null));
      watchers.forEach(watcher -> watcher.accept(id, reason));
    }
  }

  @Override
  public CompletableFuture<SparkEndpoint> start(ReplicaId replica, ReplicaSpec spec) {
    starts++;
    CompletableFuture<SparkEndpoint> start = new CompletableFuture<>();
    replicas.put(replica, start);
    if (!startFailure.isEmpty()) {
      kill(replica, startFailure);
    } else if (!slow) {
      listen(replica, starts);
    }
    return start;
  }

  @Override
  public List<ReplicaId> warm(ReplicaSpec spec) {
    return List.copyOf(warm);
  }

  /** What another cluster claimed is told apart by {@link #failStarts} alone. */
  @Override
  public CompletableFuture<SparkEndpoint> claim(ReplicaId replica, ReplicaSpec spec) {
    if (!warm.remove(replica)) {
      return ReplicaProvisioner.super.claim(replica, spec);
    }
    CompletableFuture<SparkEndpoint> claimed = new CompletableFuture<>();
    replicas.put(replica, claimed);
    if (startFailure.isEmpty()) {
      listen(replica, WARM_PORTS + ++claims);
    } else {
      kill(replica, startFailure);
    }
    return claimed;
  }

  @Override
  public List<ReplicaId> list() {
    return List.copyOf(replicas.keySet());
  }

  @Override
  public void watch(BiConsumer<ReplicaId, String> ended) {
    watchers.add(ended);
  }

  @Override
  public void discover(Consumer<FoundReplica> found) {
    finder = found;
  }

  @Override
  public String hindrance() {
    return hindrance;
  }

  @Override
  public CompletableFuture<Void> stop(ReplicaId replica) {
    if (slowStops) {
      stops.add(replica);
      return new CompletableFuture<>();
    }
    stops.remove(replica);
    kill(replica, "stopped");
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void relinquish() {
    stops.clear();
  }

  @Override
  public void close() {
    list().forEach(this::stop);
  }
}
