package io.sluice.cluster;

import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.ReplicaProvisioner.FoundReplica;
import io.sluice.cluster.autoscale.Autoscaler;
import io.sluice.cluster.autoscale.ScalingDecision;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cluster at the number of replicas that the {@link Autoscaler} decides on: starts them,
 * lets them be used once they are what the gateway relies on, asks them whether they are well,
 * replaces those that end or fall silent, and drains and stops those that are not needed.
 *
 * <p>A replica that misses probes is not killed at once: it may be collecting garbage, and its
 * statements may yet end well. It only gets no new ones until it answers again. Replacements that
 * fail in a row wait longer each time, up to a minute.
 *
 * <p>Everything that changes runs on one serial executor; what others read is published from there.
 */
public final class ClusterManager implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterManager.class);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** After so many starts in a row that failed nobody is to wait for the next one. */
  private static final int FAILING_STARTS = 2;

  private volatile ClusterSettings settings;
  private final ReplicaProvisioner provisioner;
  private final Function<SparkEndpoint, ? extends SparkBackend> connector;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final SerialExecutor serial;

  private final Map<ReplicaId, SparkBackend> backends = new ConcurrentHashMap<>();
  private final List<Consumer<ClusterSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private final List<CompletableFuture<ClusterSnapshot>> waiting = new CopyOnWriteArrayList<>();
  private volatile ClusterSnapshot snapshot;
  private volatile @Nullable ReplicaStartException startFailure;
  private volatile boolean closed;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Scaling scaling;
  private final List<Consumer<MadeDecision>> decisionListeners = new CopyOnWriteArrayList<>();
  private final List<ReplicaStarts> startListeners = new CopyOnWriteArrayList<>();
  private volatile Consumer<ReplicaId> interrupter = replica -> {};

  // Touched on the serial executor alone.
  private final Map<ReplicaId, Replica> replicas = new LinkedHashMap<>();
  private int lastNumber;
  private int failures;
  private int failedStarts;
  private ReplicaSpec spec;
  private String lastEnd = "";
  private @Nullable Future<?> nextStart;
  private ClusterDemand demand;
  private final Probes probes;
  private boolean leading = true;
  private String hindrance = "";

  /**
   * A cluster without replicas, until {@link #start} is called.
   *
   * @param connector opens the client of a replica
   * @param executor runs the manager's own short tasks and the listeners
   * @param scheduler times probes and waits
   */
  public ClusterManager(
      ClusterSettings settings,
      ReplicaProvisioner provisioner,
      Function<SparkEndpoint, ? extends SparkBackend> connector,
      Executor executor,
      ScheduledExecutorService scheduler,
      InstantSource clock) {
    this.settings = settings;
    this.provisioner = provisioner;
    this.connector = connector;
    this.scheduler = scheduler;
    this.clock = clock;
    this.spec = settings.replica();
    this.serial = new SerialExecutor(executor);
    this.scaling = new Scaling(settings, clock.instant());
    this.demand = new NoDemand(clock.instant());
    this.snapshot = new ClusterSnapshot(settings.name(), List.of(), "The cluster is not started");
    this.probes =
        new Probes(
            () -> this.settings,
            replica -> !closed && replicas.containsKey(replica.id),
            this::probed,
            serial,
            scheduler);
    provisioner.watch((id, reason) -> serial.execute(() -> ended(id, reason)));
    provisioner.discover(found -> serial.execute(() -> found(found)));
  }

  /** Keeps the cluster at its least number of replicas, now and from now on. */
  public void start() {
    serial.execute(this::tick);
  }

  /** Keeps the cluster at the number of replicas that a demand needs, now and from now on. */
  public void start(ClusterDemand actual) {
    serial.execute(
        () -> {
          demand = actual;
          tick();
        });
  }

  /**
   * Has every replica be of this kind from now on. One of another kind serves until one of this
   * kind that was started beside it is ready, and is drained then; one after the other, so that
   * there is one more than there should be meanwhile. If none of this kind starts, the others stay.
   */
  public void upgrade(ReplicaSpec next) {
    serial.execute(
        () -> {
          if (!next.equals(spec)) {
            LOG.info("cluster {}: replicas are to be {}", settings.name(), next);
            spec = next;
          }
        });
  }

  /** Has the cluster be kept as these settings say from now on; its name stays what it is. */
  public void reconfigure(ClusterSettings next) {
    if (!next.name().equals(settings.name())) {
      throw new IllegalArgumentException("a cluster keeps its name: " + next.name());
    }
    upgrade(next.replica());
    serial.execute(
        () -> {
          settings = next;
          scaling.reconfigure(next);
        });
  }

  /**
   * Says whether this gateway decides about the cluster, as one of several does; it does until told
   * otherwise. One that does not follows: it uses the replicas that there are, and starts, drains
   * and stops none.
   *
   * @param lastNumber up to which replicas have been numbered, as far as the caller knows
   */
  public void lead(boolean leads, int lastNumber) {
    serial.execute(
        () -> {
          this.lastNumber = Math.max(this.lastNumber, lastNumber);
          if (leading == leads) {
            return;
          }
          leading = leads;
          LOG.info("cluster {}: {}", settings.name(), leads ? "this gateway leads" : "follows");
          if (!leads && nextStart != null) {
            nextStart.cancel(false);
            nextStart = null;
          }
          decide();
        });
  }

  /** Says which replicas the gateway that leads drains; one that leads itself knows better. */
  public void follow(Set<ReplicaId> draining) {
    serial.execute(
        () -> {
          if (leading || closed) {
            return;
          }
          Instant now = clock.instant();
          for (Replica replica : replicas.values()) {
            boolean drains = replica.state == ReplicaState.DRAINING;
            if (draining.contains(replica.id) && replica.state != ReplicaState.DEAD) {
              replica.become(ReplicaState.DRAINING, now);
            } else if (drains) {
              undrain(replica, now);
            }
          }
          publish();
        });
  }

  /** Has the autoscaler asked soon; to be called when a statement begins to wait. */
  public void wake() {
    if (!woken.getAndSet(true)) {
      serial.execute(
          () -> {
            woken.set(false);
            decide();
          });
    }
  }

  /** Sets what ends the statements of a replica that has drained for long enough. */
  public void onInterrupt(Consumer<ReplicaId> endStatements) {
    interrupter = endStatements;
  }

  /** Calls back with every decision that is carried out, from now on. */
  public void addDecisionListener(Consumer<MadeDecision> listener) {
    decisionListeners.add(listener);
  }

  /** Calls back with what becomes of every replica that is started, from now on. */
  public void addStartListener(ReplicaStarts listener) {
    startListeners.add(listener);
  }

  /** Returns how the cluster stands and why. */
  public ClusterStatus status() {
    return scaling.status();
  }

  /** Returns whether the cluster has no replica because none is needed. */
  public boolean isSuspended() {
    ClusterStatus now = status();
    return now.replicas().isEmpty() && now.min() == 0 && now.load().statements() == 0;
  }

  /** Returns what is known now. */
  public ClusterSnapshot snapshot() {
    return snapshot;
  }

  /** Returns the client of a replica that has been ready; empty when it is gone. */
  public Optional<SparkBackend> backend(ReplicaId id) {
    return Optional.ofNullable(backends.get(id));
  }

  /**
   * Tells that a replica broke off what it was asked. It gets no new statements from now on and is
   * asked at once whether it is well; when it answers it gets some again.
   *
   * @return completes, never exceptionally, when the snapshot says so
   */
  public CompletableFuture<Void> suspect(ReplicaId id) {
    CompletableFuture<Void> noted = new CompletableFuture<>();
    serial.execute(
        () -> {
          Replica replica = replicas.get(id);
          if (replica != null && replica.state == ReplicaState.READY && !closed) {
            LOG.warn("replica {}: broke off a statement", id);
            replica.become(ReplicaState.STARTING, clock.instant());
            publish();
            probes.now(replica);
          }
          noted.complete(null);
        });
    return noted;
  }

  /** Calls back with every new snapshot, in order, from now on. Callbacks must not block. */
  public void addListener(Consumer<ClusterSnapshot> listener) {
    listeners.add(listener);
  }

  /** Completes with the first snapshot from now on in which a replica is ready. */
  public CompletableFuture<ClusterSnapshot> awaitReady() {
    CompletableFuture<ClusterSnapshot> ready = new CompletableFuture<>();
    waiting.add(ready);
    completeWaiting(snapshot);
    if (closed) {
      ready.completeExceptionally(stopping());
    }
    return ready;
  }

  /** Returns why the last start failed; empty when it did not, for the operator. */
  public Optional<ReplicaStartException> startFailure() {
    return Optional.ofNullable(startFailure);
  }

  private void tick() {
    String inTheWay = provisioner.hindrance();
    // Behind what it told before it said that nothing is in the way.
    serial.execute(
        () -> {
          hindrance = inTheWay;
          decide();
        });
    if (!closed) {
      var unused =
          scheduler.schedule(
              () -> serial.execute(this::tick), settings.tick().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void decide() {
    if (closed) {
      return;
    }
    Instant now = clock.instant();
    if (!leading) {
      interruptLate(now);
      publish();
      return;
    }
    boolean mayStart = nextStart == null && hindrance.isEmpty();
    for (ScalingDecision decision :
        scaling.decide(replicas.values(), warm(), spec, demand, mayStart, now)) {
      LOG.info("cluster {}: {}: {}", settings.name(), decision.action(), decision.reason());
      MadeDecision made = new MadeDecision(now, decision.action(), decision.reason());
      decisionListeners.forEach(listener -> listener.accept(made));
      carryOut(decision, now);
    }
    publish();
  }

  /** A server that was kept ready and did not work is followed as a start that failed. */
  private List<ReplicaId> warm() {
    if (nextStart != null) {
      return List.of();
    }
    return provisioner.warm(spec).stream().filter(id -> !replicas.containsKey(id)).toList();
  }

  /** Ends the statements here of what the leader has drained for long enough. */
  private void interruptLate(Instant now) {
    Instant latest = now.minus(settings.scaling().drainTimeout());
    for (Replica replica : replicas.values()) {
      if (replica.state == ReplicaState.DRAINING
          && !replica.interrupted
          && !replica.since.isAfter(latest)) {
        replica.interrupted = true;
        interrupter.accept(replica.id);
      }
    }
  }

  private void carryOut(ScalingDecision decision, Instant now) {
    if (decision instanceof ScalingDecision.Start start) {
      for (int count = 0; count < start.replicas(); count++) {
        startOne(now, Optional.empty());
      }
    } else if (decision instanceof ScalingDecision.Replace replace) {
      startOne(now, Optional.of(replace.replica()));
    } else if (decision instanceof ScalingDecision.Claim claim) {
      claim(claim.replica(), now);
    } else if (decision instanceof ScalingDecision.Drain drain) {
      replica(drain.replica()).become(ReplicaState.DRAINING, now);
    } else if (decision instanceof ScalingDecision.Undrain undrain) {
      undrain(replica(undrain.replica()), now);
    } else if (decision instanceof ScalingDecision.Interrupt interrupt) {
      replica(interrupt.replica()).interrupted = true;
      interrupter.accept(interrupt.replica());
    } else if (decision instanceof ScalingDecision.Stop stop) {
      Replica replica = replica(stop.replica());
      replica.dismissed = true;
      replica.stopping = true;
      replica.become(ReplicaState.DEAD, now);
      var unused = provisioner.stop(replica.id);
    } else {
      throw new IllegalStateException("no warm pool is filled here: " + decision.action());
    }
  }

  private static void undrain(Replica replica, Instant now) {
    replica.become(replica.readySince == null ? ReplicaState.STARTING : ReplicaState.READY, now);
  }

  private Replica replica(ReplicaId id) {
    Replica replica = replicas.get(id);
    if (replica == null) {
      throw new IllegalStateException("there is no replica " + id);
    }
    return replica;
  }

  private void startOne(Instant now, Optional<ReplicaId> replaces) {
    ReplicaId id = new ReplicaId(settings.name() + "-" + ++lastNumber);
    Replica replica = new Replica(id, spec, replaces, now);
    replicas.put(id, replica);
    LOG.info("replica {}: starting {}", id, spec);
    await(replica, provisioner.start(id, spec));
  }

  private void claim(ReplicaId id, Instant now) {
    Replica replica = new Replica(id, spec, Optional.empty(), now);
    replica.claimed = true;
    replicas.put(id, replica);
    LOG.info("replica {}: claimed", id);
    await(replica, provisioner.claim(id, spec));
  }

  private void found(FoundReplica found) {
    if (closed || replicas.containsKey(found.id())) {
      return;
    }
    LOG.info("replica {}: found", found.id());
    Replica replica = new Replica(found.id(), found.spec(), Optional.empty(), clock.instant());
    replica.found = true;
    replicas.put(found.id(), replica);
    lastNumber = Math.max(lastNumber, number(found.id()));
    await(replica, found.endpoint());
    publish();
  }

  /** Returns which of the cluster's it is; 0 if its name is not one of those given here. */
  private int number(ReplicaId id) {
    String prefix = settings.name() + "-";
    String number = id.value().startsWith(prefix) ? id.value().substring(prefix.length()) : "";
    return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 0;
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
    if (!replicas.containsKey(replica.id) || closed) {
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
                      if (!replicas.containsKey(replica.id) || closed) {
                        backend.close();
                      } else if (failure == null) {
                        ready(replica, backend, endpoint);
                      } else {
                        startFailed(replica, failure);
                        if (leading) {
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
    failedStarts = 0;
    probes.next(replica);
    publish();
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
    if (replica.isLostClaim()) {
      ended(replica.id, String.valueOf(failure.getMessage()));
      return;
    }
    startFailure = failure;
    LOG.error(
        "replica {}: {}\n{}",
        replica.id,
        failure.getMessage(),
        String.join("\n", failure.lastLines()),
        failure.getCause());
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
    if (!closed) {
      goOnWithout(replica, reason);
    }
    // At last, as what ran there may be sent elsewhere at once, and must not be sent here.
    if (replica.backend != null) {
      replica.backend.close();
    }
  }

  private void goOnWithout(Replica replica, String reason) {
    ReplicaId id = replica.id;
    if (replica.dismissed) {
      LOG.info("replica {}: {}", id, reason);
      decide();
      return;
    }
    LOG.warn("replica {}: {}", id, reason);
    lastEnd = reason;
    if (replica.isLostClaim()) {
      // That another was quicker says nothing of a start.
      decide();
      return;
    }
    if (replica.readySince == null) {
      failedStarts++;
      if (!replica.found) {
        startListeners.forEach(ReplicaStarts::failed);
      }
    }
    Instant stableSince = clock.instant().minus(settings.stableAfter());
    if (replica.readySince != null && !replica.readySince.isAfter(stableSince)) {
      failures = 0;
    }
    if (!leading) {
      publish();
      return;
    }
    startAfter(backOff(failures++));
  }

  /** At once, then 1, 2, 4 … 60 s. */
  private static Duration backOff(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 10));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  private void startAfter(Duration wait) {
    if (wait.isZero() || nextStart != null) {
      decide();
      return;
    }
    nextStart =
        scheduler.schedule(
            () ->
                serial.execute(
                    () -> {
                      nextStart = null;
                      decide();
                    }),
            wait.toMillis(),
            TimeUnit.MILLISECONDS);
    publish();
  }

  private void probed(Replica replica, boolean answered) {
    Instant now = clock.instant();
    if (answered) {
      replica.missedProbes = 0;
      replica.lastAnswer = now;
      if (replica.state == ReplicaState.STARTING && !replica.stopping) {
        LOG.info("replica {}: answers again", replica.id);
        replica.become(ReplicaState.READY, now);
      }
    } else {
      replica.missedProbes++;
      if (replica.missedProbes >= settings.missedProbes() && replica.state == ReplicaState.READY) {
        LOG.warn("replica {}: does not answer", replica.id);
        replica.become(ReplicaState.STARTING, now);
      }
      Duration silence = Duration.between(replica.lastAnswer, now);
      if (leading && silence.compareTo(settings.silenceLimit()) >= 0 && !replica.stopping) {
        LOG.warn("replica {}: silent for {} s, is replaced", replica.id, silence.toSeconds());
        replica.stopping = true;
        replica.become(ReplicaState.DEAD, now);
        provisioner.stop(replica.id);
      }
    }
    publish();
    probes.next(replica);
  }

  private void publish() {
    scaling.publish(replicas.values(), demand);
    List<ReplicaStatus> statuses =
        replicas.values().stream()
            .filter(replica -> replica.state != ReplicaState.DEAD)
            .map(replica -> new ReplicaStatus(replica.id, replica.state, replica.spec.taskSlots()))
            .toList();
    ClusterSnapshot next = new ClusterSnapshot(settings.name(), statuses, reason(), isFailing());
    if (next.equals(snapshot)) {
      return;
    }
    snapshot = next;
    for (Consumer<ClusterSnapshot> listener : listeners) {
      listener.accept(next);
    }
    completeWaiting(next);
  }

  /** Only while the wait after a failed start lasts: the next start may succeed. */
  private boolean isFailing() {
    return !closed
        && nextStart != null
        && failedStarts >= FAILING_STARTS
        && replicas.values().stream()
            .allMatch(replica -> replica.dismissed || replica.state == ReplicaState.DEAD);
  }

  private String reason() {
    if (closed) {
      return "The gateway is stopping";
    }
    if (replicas.values().stream().anyMatch(replica -> replica.state == ReplicaState.READY)) {
      return "";
    }
    if (!hindrance.isEmpty()) {
      return hindrance + ". Spark can be started when that is over; send the statement later";
    }
    if (settings.scaling().max() == 0) {
      return "The cluster is set to no replicas";
    }
    boolean none =
        replicas.values().stream()
            .allMatch(replica -> replica.dismissed || replica.state == ReplicaState.DRAINING);
    if (none && nextStart == null && settings.scaling().min() == 0) {
      return "The cluster is suspended; a statement starts it";
    }
    if (replicas.values().stream().anyMatch(replica -> replica.readySince != null)) {
      return "Spark does not answer";
    }
    if (isFailing()) {
      return "Spark does not start (" + lastEnd + "). It is tried again; send the statement later";
    }
    String before = lastEnd.isEmpty() ? "" : " (before: " + lastEnd + ")";
    return (replicas.isEmpty() ? "Spark is about to be started again" : "Spark is starting")
        + before;
  }

  private void completeWaiting(ClusterSnapshot current) {
    if (current.replicas().stream().anyMatch(status -> status.state() == ReplicaState.READY)) {
      List<CompletableFuture<ClusterSnapshot>> ready = List.copyOf(waiting);
      waiting.removeAll(ready);
      ready.forEach(future -> future.complete(current));
    }
  }

  private static SluiceException stopping() {
    return new SluiceException(ErrorCode.SHUTTING_DOWN, "The gateway is stopping");
  }

  private static final class NoDemand implements ClusterDemand {
    private final Instant since;

    NoDemand(Instant since) {
      this.since = since;
    }

    @Override
    public ClusterLoad load() {
      return ClusterLoad.none(since);
    }

    @Override
    public int permits() {
      return 1;
    }
  }

  /** Stops every replica, and returns when all are gone. */
  @Override
  public void close() {
    closed = true;
    waiting.forEach(future -> future.completeExceptionally(stopping()));
    serial.execute(
        () -> {
          if (nextStart != null) {
            nextStart.cancel(false);
          }
          replicas.clear();
          publish();
        });
    provisioner.close();
    backends.values().forEach(SparkBackend::close);
    backends.clear();
  }
}
