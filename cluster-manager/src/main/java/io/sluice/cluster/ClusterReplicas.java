package io.sluice.cluster;

import io.sluice.cluster.ReplicaProvisioner.FoundReplica;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of a cluster, each from its start to its end: it is used once it is what the gateway
 * relies on, asked whether it is well, and replaced when it ends or has been silent for too long.
 *
 * <p>Touched on the manager's serial executor alone, but for what says otherwise.
 */
final class ClusterReplicas {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterReplicas.class);

  private final ClusterTerms terms;
  private final ReplicaProvisioner provisioner;
  private final Function<SparkEndpoint, ? extends SparkBackend> connector;
  private final SerialExecutor serial;
  private final InstantSource clock;
  private final StartRetries retries;
  private final Probes probes;
  private final Scaling scaling;
  private final Runnable decide;
  private final Runnable publish;

  private final Map<ReplicaId, Replica> replicas = new LinkedHashMap<>();
  private int lastNumber;
  private String lastEnd = "";

  // For any thread.
  private final Map<ReplicaId, SparkBackend> backends = new ConcurrentHashMap<>();
  private final List<ReplicaStarts> startListeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable ReplicaStartException startFailure;
  private volatile Consumer<ReplicaId> interrupter = replica -> {};

  /**
   * Without any, until there are some.
   *
   * @param connector opens the client of a replica
   * @param decide asks the autoscaler
   * @param publish tells how the replicas stand
   */
  ClusterReplicas(
      ClusterTerms terms,
      ReplicaProvisioner provisioner,
      Function<SparkEndpoint, ? extends SparkBackend> connector,
      SerialExecutor serial,
      ScheduledExecutorService scheduler,
      InstantSource clock,
      StartRetries retries,
      Scaling scaling,
      Runnable decide,
      Runnable publish) {
    this.terms = terms;
    this.provisioner = provisioner;
    this.connector = connector;
    this.serial = serial;
    this.clock = clock;
    this.retries = retries;
    this.scaling = scaling;
    this.decide = decide;
    this.publish = publish;
    this.probes =
        new Probes(
            terms,
            replica -> !terms.closed && replicas.containsKey(replica.id),
            silent -> provisioner.stop(silent.id),
            publish,
            serial,
            scheduler,
            clock);
  }

  /** Begins to hear of those that end, and of those that others started. */
  void watch() {
    provisioner.watch((id, reason) -> serial.execute(() -> ended(id, reason)));
    provisioner.discover(found -> serial.execute(() -> found(found)));
  }

  Collection<Replica> all() {
    return replicas.values();
  }

  String lastEnd() {
    return lastEnd;
  }

  /** Returns what can be claimed; a server that did not work is followed as a failed start. */
  List<ReplicaId> warm() {
    if (retries.isWaiting()) {
      return List.of();
    }
    return provisioner.warm(terms.spec).stream().filter(id -> !replicas.containsKey(id)).toList();
  }

  /** Says up to which replicas have been numbered, as far as somebody knows. */
  void numbered(int upTo) {
    lastNumber = Math.max(lastNumber, upTo);
  }

  void start(Instant now, Optional<ReplicaId> replaces) {
    ReplicaId id = new ReplicaId(terms.settings.name() + "-" + ++lastNumber);
    Replica replica = new Replica(id, terms.spec, replaces, now);
    replicas.put(id, replica);
    LOG.info("replica {}: starting {}", id, terms.spec);
    await(replica, provisioner.start(id, terms.spec));
  }

  void claim(ReplicaId id, Instant now) {
    Replica replica = new Replica(id, terms.spec, Optional.empty(), now);
    replica.claimed = true;
    replicas.put(id, replica);
    LOG.info("replica {}: claimed", id);
    await(replica, provisioner.claim(id, terms.spec));
  }

  private void found(FoundReplica found) {
    if (terms.closed || replicas.containsKey(found.id())) {
      return;
    }
    LOG.info("replica {}: found", found.id());
    Replica replica = new Replica(found.id(), found.spec(), Optional.empty(), clock.instant());
    replica.found = true;
    if (terms.report.draining().containsKey(found.id())) {
      replica.become(ReplicaState.DRAINING, clock.instant());
    }
    replicas.put(found.id(), replica);
    numbered(number(found.id()));
    await(replica, found.endpoint());
    publish.run();
  }

  /** Returns which of the cluster's it is; 0 if its name is not one of those given here. */
  private int number(ReplicaId id) {
    String prefix = terms.settings.name() + "-";
    String number = id.value().startsWith(prefix) ? id.value().substring(prefix.length()) : "";
    return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 0;
  }

  void drain(ReplicaId id, Instant now) {
    replica(id).become(ReplicaState.DRAINING, now);
  }

  void undrain(ReplicaId id, Instant now) {
    undrain(replica(id), now);
  }

  private static void undrain(Replica replica, Instant now) {
    replica.become(replica.readySince == null ? ReplicaState.STARTING : ReplicaState.READY, now);
  }

  /** Drains those alone that the gateway that leads does. */
  void follow(Instant now) {
    for (Replica replica : replicas.values()) {
      boolean drains = replica.state == ReplicaState.DRAINING;
      if (terms.report.draining().containsKey(replica.id) && replica.state != ReplicaState.DEAD) {
        replica.become(ReplicaState.DRAINING, now);
      } else if (drains) {
        undrain(replica, now);
      }
    }
  }

  void interrupt(ReplicaId id) {
    replica(id).interrupted = true;
    interrupter.accept(id);
  }

  /** Ends the statements here of what the leader has drained for long enough. */
  void interruptLate(Instant now) {
    Instant latest = now.minus(terms.settings.scaling().drainTimeout());
    for (Replica replica : replicas.values()) {
      if (replica.state == ReplicaState.DRAINING
          && !replica.interrupted
          && !replica.since.isAfter(latest)) {
        interrupt(replica.id);
      }
    }
  }

  /** Ends one that is not needed. */
  void dismiss(ReplicaId id, Instant now) {
    Replica replica = replica(id);
    replica.dismissed = true;
    replica.stopping = true;
    replica.become(ReplicaState.DEAD, now);
    var unused = provisioner.stop(id);
  }

  /** Lets those live that were told to end and have not: another gateway decides from now on. */
  void relinquish(Instant now) {
    provisioner.relinquish();
    for (Replica replica : replicas.values()) {
      if (replica.stopping) {
        // One that was not dismissed is silent.
        replica.become(replica.dismissed ? ReplicaState.DRAINING : ReplicaState.STARTING, now);
        replica.stopping = false;
        replica.dismissed = false;
      }
    }
  }

  private Replica replica(ReplicaId id) {
    Replica replica = replicas.get(id);
    if (replica == null) {
      throw new IllegalStateException("there is no replica " + id);
    }
    return replica;
  }

  /** Gives one that broke something off nothing new until it answers. */
  void suspect(ReplicaId id) {
    Replica replica = replicas.get(id);
    if (replica != null && replica.state == ReplicaState.READY && !terms.closed) {
      LOG.warn("replica {}: broke off a statement", id);
      replica.become(ReplicaState.STARTING, clock.instant());
      publish.run();
      probes.now(replica);
    }
  }

  private void await(Replica replica, CompletableFuture<SparkEndpoint> start) {
    start.whenComplete(
        (endpoint, failure) ->
            serial.execute(
                () -> {
                  if (failure == null) {
                    listening(replica, endpoint);
                  } else {
                    startFailed(replica, failure);
                  }
                }));
  }

  private void listening(Replica replica, SparkEndpoint endpoint) {
    if (!replicas.containsKey(replica.id) || terms.closed) {
      return;
    }
    SparkBackend backend = connector.apply(endpoint);
    replica.backend = backend;
    replica
        .health
        .verify(backend)
        .whenComplete(
            (done, failure) ->
                serial.execute(
                    () -> {
                      if (!replicas.containsKey(replica.id) || terms.closed) {
                        backend.close();
                      } else if (failure == null) {
                        ready(replica, backend, endpoint);
                      } else {
                        startFailed(replica, failure);
                        if (terms.leading) {
                          provisioner.stop(replica.id);
                        }
                      }
                    }));
  }

  private void ready(Replica replica, SparkBackend backend, SparkEndpoint endpoint) {
    LOG.info("replica {}: ready at {}", replica.id, endpoint);
    Instant now = clock.instant();
    if (replica.state == ReplicaState.STARTING) {
      replica.become(ReplicaState.READY, now);
    }
    replica.readySince = now;
    replica.lastAnswer = now;
    if (!replica.found && !replica.claimed) {
      Duration took = Duration.between(replica.startedAt, now);
      scaling.started(took);
      startListeners.forEach(listener -> listener.ready(took));
    }
    backends.put(replica.id, backend);
    startFailure = null;
    retries.startSucceeded();
    probes.next(replica);
    publish.run();
  }

  private void startFailed(Replica replica, Throwable thrown) {
    if (replica.dismissed) {
      return;
    }
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    ReplicaStartException failure =
        cause instanceof ReplicaStartException known
            ? known
            : new ReplicaStartException("Spark did not answer when it started", List.of(), cause);
    if (!replica.isLostClaim()) {
      startFailure = failure;
      LOG.error(
          "replica {}: {}\n{}",
          replica.id,
          failure.getMessage(),
          String.join("\n", failure.lastLines()),
          failure.getCause());
    }
    ended(replica.id, String.valueOf(failure.getMessage()));
  }

  private void ended(ReplicaId id, String reason) {
    Replica replica = replicas.remove(id);
    if (replica == null) {
      return;
    }
    backends.remove(id);
    if (replica.nextProbe != null) {
      replica.nextProbe.cancel(false);
    }
    if (!terms.closed) {
      goOnWithout(replica, reason);
    }
    // At last, as what ran there may be sent elsewhere at once, and must not be sent here.
    if (replica.backend != null) {
      replica.backend.close();
    }
  }

  private void goOnWithout(Replica replica, String reason) {
    if (replica.dismissed) {
      LOG.info("replica {}: {}", replica.id, reason);
      decide.run();
      return;
    }
    LOG.warn("replica {}: {}", replica.id, reason);
    lastEnd = reason;
    if (replica.isLostClaim()) {
      // That another was quicker says nothing of a start.
      decide.run();
      return;
    }
    if (replica.readySince == null) {
      retries.startFailed();
      if (!replica.found) {
        startListeners.forEach(ReplicaStarts::failed);
      }
    }
    Instant stableSince = clock.instant().minus(terms.settings.stableAfter());
    if (replica.readySince != null && !replica.readySince.isAfter(stableSince)) {
      retries.wasStable();
    }
    if (!terms.leading || retries.waitAfterEnd(decide)) {
      publish.run();
    } else {
      decide.run();
    }
  }

  /** Forgets all of them; their ends are nobody's business any more. */
  void forget() {
    replicas.clear();
  }

  // For any thread.

  /** Returns the client of a replica that has been ready; empty when it is gone. */
  Optional<SparkBackend> backend(ReplicaId id) {
    return Optional.ofNullable(backends.get(id));
  }

  /** Closes the clients of all. */
  void disconnect() {
    backends.values().forEach(SparkBackend::close);
    backends.clear();
  }

  Optional<ReplicaStartException> startFailure() {
    return Optional.ofNullable(startFailure);
  }

  void addStartListener(ReplicaStarts listener) {
    startListeners.add(listener);
  }

  void onInterrupt(Consumer<ReplicaId> endStatements) {
    interrupter = endStatements;
  }
}
