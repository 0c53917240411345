package io.sluice.cluster;

import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.autoscale.Autoscaler;
import io.sluice.cluster.autoscale.ScalingDecision;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cluster at the number of replicas that the {@link Autoscaler} decides on: has them
 * started, replaced, drained and stopped, and tells others how the cluster stands.
 *
 * <p>Everything that changes runs on one serial executor; what others read is published from there.
 */
public final class ClusterManager implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterManager.class);

  private final ReplicaProvisioner provisioner;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final SerialExecutor serial;
  private final SnapshotFeed snapshots;
  private final Scaling scaling;
  private final List<Consumer<MadeDecision>> decisionListeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile Map<ReplicaId, Instant> leftAlone = Map.of();

  // Touched on the serial executor alone.
  private final ClusterTerms terms;
  private final StartRetries retries;
  private final ClusterReplicas replicas;
  private ClusterDemand demand;

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
    this.provisioner = provisioner;
    this.scheduler = scheduler;
    this.clock = clock;
    this.serial = new SerialExecutor(executor);
    this.terms = new ClusterTerms(settings);
    this.retries = new StartRetries(serial, scheduler);
    this.scaling = new Scaling(settings, clock.instant());
    this.demand = new NoDemand(clock.instant());
    this.snapshots =
        new SnapshotFeed(
            new ClusterSnapshot(settings.name(), List.of(), "The cluster is not started"));
    this.replicas =
        new ClusterReplicas(
            terms,
            provisioner,
            connector,
            serial,
            scheduler,
            clock,
            retries,
            scaling,
            this::decide,
            this::publish);
    replicas.watch();
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
          if (!next.equals(terms.spec)) {
            LOG.info("cluster {}: replicas are to be {}", terms.settings.name(), next);
            terms.spec = next;
          }
        });
  }

  /** Has the cluster be kept as these settings say from now on; its name stays what it is. */
  public void reconfigure(ClusterSettings next) {
    if (!next.name().equals(terms.settings.name())) {
      throw new IllegalArgumentException("a cluster keeps its name: " + next.name());
    }
    upgrade(next.replica());
    serial.execute(
        () -> {
          terms.settings = next;
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
          replicas.numbered(lastNumber);
          if (terms.leading == leads) {
            return;
          }
          terms.leading = leads;
          terms.report = LeaderReport.NONE;
          leftAlone = Map.of();
          LOG.info(
              "cluster {}: {}", terms.settings.name(), leads ? "this gateway leads" : "follows");
          if (!leads) {
            retries.cancel();
            replicas.relinquish(clock.instant());
          }
          decide();
        });
  }

  /** Takes in what the gateway that leads says; one that leads itself knows better. */
  public void follow(LeaderReport report) {
    serial.execute(
        () -> {
          if (!terms.leading && !terms.closed) {
            terms.report = report;
            replicas.follow(clock.instant());
            scaling.follow(report);
            standStill();
            publish();
            // Not before those who send statements have read it.
            leftAlone = report.draining();
          }
        });
  }

  /**
   * Returns the replicas that get nothing new through this gateway because the one that leads
   * drains them, and since when by that one's clock; none while this one leads.
   */
  public Map<ReplicaId, Instant> leftAlone() {
    return leftAlone;
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
    replicas.onInterrupt(endStatements);
  }

  /** Calls back with every decision that is carried out, from now on. */
  public void addDecisionListener(Consumer<MadeDecision> listener) {
    decisionListeners.add(listener);
  }

  /** Calls back with what becomes of every replica that is started, from now on. */
  public void addStartListener(ReplicaStarts listener) {
    replicas.addStartListener(listener);
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
    return snapshots.last();
  }

  /** Returns the client of a replica that has been ready; empty when it is gone. */
  public Optional<SparkBackend> backend(ReplicaId id) {
    return replicas.backend(id);
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
          replicas.suspect(id);
          noted.complete(null);
        });
    return noted;
  }

  /** Calls back with every new snapshot, in order, from now on. Callbacks must not block. */
  public void addListener(Consumer<ClusterSnapshot> listener) {
    snapshots.addListener(listener);
  }

  /** Completes with the first snapshot from now on in which a replica is ready. */
  public CompletableFuture<ClusterSnapshot> awaitReady() {
    return snapshots.awaitReady();
  }

  /** Returns why the last start failed; empty when it did not, for the operator. */
  public Optional<ReplicaStartException> startFailure() {
    return replicas.startFailure();
  }

  private void tick() {
    String inTheWay = provisioner.hindrance();
    // Behind what it told before it said that nothing is in the way.
    serial.execute(
        () -> {
          terms.hindrance = inTheWay;
          decide();
        });
    if (!terms.closed) {
      var unused =
          scheduler.schedule(
              () -> serial.execute(this::tick),
              terms.settings.tick().toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private void decide() {
    if (terms.closed) {
      return;
    }
    Instant now = clock.instant();
    // What can be neither started nor stopped is not decided upon either.
    if (terms.leading && terms.hindrance.isEmpty()) {
      Scaling.Hold hold = new Scaling.Hold(retries.isWaiting(), provisioner.shortage());
      for (ScalingDecision decision :
          scaling.decide(replicas.all(), replicas.warm(), terms.spec, demand, hold, now)) {
        LOG.info("cluster {}: {}: {}", terms.settings.name(), decision.action(), decision.reason());
        MadeDecision made = new MadeDecision(now, decision.action(), decision.reason());
        decisionListeners.forEach(listener -> listener.accept(made));
        carryOut(decision, now);
      }
    } else {
      standStill();
      replicas.interruptLate(now);
    }
    publish();
  }

  private void standStill() {
    scaling.stand(terms.hindrance.isEmpty() ? terms.report.standing() : terms.hindrance);
  }

  private void carryOut(ScalingDecision decision, Instant now) {
    if (decision instanceof ScalingDecision.Start start) {
      for (int count = 0; count < start.replicas(); count++) {
        replicas.start(now, Optional.empty());
      }
    } else if (decision instanceof ScalingDecision.Replace replace) {
      replicas.start(now, Optional.of(replace.replica()));
    } else if (decision instanceof ScalingDecision.Claim claim) {
      replicas.claim(claim.replica(), now);
    } else if (decision instanceof ScalingDecision.Drain drain) {
      replicas.drain(drain.replica(), now);
    } else if (decision instanceof ScalingDecision.Undrain undrain) {
      replicas.undrain(undrain.replica(), now);
    } else if (decision instanceof ScalingDecision.Interrupt interrupt) {
      replicas.interrupt(interrupt.replica());
    } else if (decision instanceof ScalingDecision.Stop stop) {
      replicas.dismiss(stop.replica(), now);
    } else {
      throw new IllegalStateException("no warm pool is filled here: " + decision.action());
    }
  }

  private void publish() {
    scaling.publish(replicas.all(), demand);
    snapshots.publish(
        new ClusterStanding(terms, replicas.all(), retries, replicas.lastEnd()).snapshot());
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
    terms.closed = true;
    snapshots.close();
    serial.execute(
        () -> {
          retries.cancel();
          replicas.forget();
          publish();
        });
    provisioner.close();
    replicas.disconnect();
  }
}
