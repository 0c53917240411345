package io.sluice.bench.simulate;

import io.sluice.cluster.autoscale.Autoscaler;
import io.sluice.cluster.autoscale.ClusterState;
import io.sluice.cluster.autoscale.ScaledReplica;
import io.sluice.cluster.autoscale.ScalingDecision;
import io.sluice.cluster.autoscale.ScalingDecision.Claim;
import io.sluice.cluster.autoscale.ScalingDecision.Drain;
import io.sluice.cluster.autoscale.ScalingDecision.Interrupt;
import io.sluice.cluster.autoscale.ScalingDecision.Start;
import io.sluice.cluster.autoscale.ScalingDecision.Stop;
import io.sluice.cluster.autoscale.ScalingDecision.Undrain;
import io.sluice.cluster.autoscale.ScalingDecision.Warm;
import io.sluice.cluster.autoscale.ScalingHistory;
import io.sluice.cluster.autoscale.ScalingPlan;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.StatementId;
import io.sluice.router.Admission;
import io.sluice.router.Admission.Grant;
import io.sluice.router.AdmissionLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * A cluster whose admission and autoscaler are the gateway's own, and whose replicas are nothing
 * but time: a start takes about 45 s, and a statement with a permit takes what its trace says.
 */
final class SimulatedCluster {

  static final int PERMITS = 8;
  private static final Duration START_TIME = Duration.ofSeconds(45);
  private static final double START_DEVIATION_MILLIS = 9000;
  private static final long SHORTEST_START_MILLIS = 20_000;

  private final VirtualTime time;
  private final ScalingSettings settings;
  private final Random random;
  private final Outcome outcome;
  private final Admission admission;
  private final Map<ReplicaId, ScaledReplica> replicas = new LinkedHashMap<>();
  private final Map<ReplicaId, Machine> machines = new HashMap<>();
  private final Map<StatementId, Sent> waiting = new HashMap<>();
  private final Set<StatementId> running = new HashSet<>();
  private ScalingHistory history = ScalingHistory.EMPTY;
  private long lastStatement;
  private int lastReplica;

  SimulatedCluster(VirtualTime time, ScalingSettings settings, long seed, Outcome outcome) {
    this.time = time;
    this.settings = settings;
    this.random = new Random(seed);
    this.outcome = outcome;
    this.admission =
        new Admission(new AdmissionLimits(PERMITS, 1_000_000, Duration.ofDays(1)), time.instant());
  }

  void submit(String user, long durationMillis, Runnable ended) {
    StatementId id = new StatementId(new UUID(0, ++lastStatement));
    waiting.put(id, new Sent(time.millis(), durationMillis, ended));
    boolean queued = admission.waiting() > 0;
    admission.enter(id, user, time.instant());
    grant();
    // The manager is told when a statement begins to wait.
    if (!queued && admission.waiting() > 0) {
      tick();
    }
  }

  private void grant() {
    ClusterSnapshot snapshot = snapshot();
    for (Optional<Grant> next = admission.grant(snapshot, time.instant());
        next.isPresent();
        next = admission.grant(snapshot, time.instant())) {
      StatementId id = next.get().statement();
      Sent sent = waiting.remove(id);
      if (sent == null) {
        throw new IllegalStateException("a statement got two permits");
      }
      outcome.waited(time.millis() - sent.at());
      running.add(id);
      time.at(time.millis() + sent.duration(), () -> ended(id, sent.ended()));
    }
  }

  private void ended(StatementId id, Runnable then) {
    if (running.remove(id)) {
      admission.leave(id, time.instant());
      grant();
      then.run();
    }
  }

  private ClusterSnapshot snapshot() {
    List<ReplicaStatus> statuses =
        replicas.values().stream()
            .filter(replica -> !replica.pooled())
            .map(replica -> new ReplicaStatus(replica.id(), replica.state(), 1))
            .toList();
    return new ClusterSnapshot("simulated", statuses, "");
  }

  /** Asks the autoscaler and does what it says. */
  void tick() {
    ScalingPlan plan =
        Autoscaler.decide(
            settings,
            new ClusterState(
                List.copyOf(replicas.values()),
                admission.load(time.instant()),
                PERMITS,
                START_TIME,
                true,
                false,
                history),
            time.instant());
    history = plan.history();
    plan.decisions().forEach(this::apply);
    if (!plan.decisions().isEmpty()) {
      grant();
    }
  }

  private void apply(ScalingDecision decision) {
    if (decision instanceof Start start) {
      start(start.replicas(), false);
    } else if (decision instanceof Warm warm) {
      start(warm.replicas(), true);
    } else if (decision instanceof Claim claim) {
      ScaledReplica before = replica(claim.replica());
      put(new ScaledReplica(before.id(), before.state(), before.since(), false, false));
    } else if (decision instanceof Drain drain) {
      move(drain.replica(), ReplicaState.DRAINING);
    } else if (decision instanceof Undrain undrain) {
      move(
          undrain.replica(),
          machine(undrain.replica()).started ? ReplicaState.READY : ReplicaState.STARTING);
    } else if (decision instanceof Interrupt interrupt) {
      ScaledReplica before = replica(interrupt.replica());
      put(new ScaledReplica(before.id(), before.state(), before.since(), false, true));
      outcome.interruptedDrain();
      admission.runningStatements(before.id()).forEach(statement -> ended(statement, () -> {}));
    } else if (decision instanceof Stop stop) {
      replicas.remove(stop.replica());
      outcome.paid(time.millis() - machine(stop.replica()).since);
      machines.remove(stop.replica());
    }
  }

  private void start(int count, boolean pooled) {
    for (int number = 0; number < count; number++) {
      ReplicaId id = new ReplicaId("replica-" + ++lastReplica);
      put(new ScaledReplica(id, ReplicaState.STARTING, time.instant(), pooled, false));
      machines.put(id, new Machine(time.millis()));
      outcome.started();
      long takes =
          Math.max(
              SHORTEST_START_MILLIS,
              (long) (START_TIME.toMillis() + random.nextGaussian() * START_DEVIATION_MILLIS));
      time.at(time.millis() + takes, () -> ready(id));
    }
  }

  private void ready(ReplicaId id) {
    ScaledReplica before = replicas.get(id);
    if (before == null) {
      return;
    }
    machine(id).started = true;
    if (before.state() == ReplicaState.STARTING) {
      put(new ScaledReplica(id, ReplicaState.READY, time.instant(), before.pooled(), false));
      grant();
    }
  }

  private Machine machine(ReplicaId id) {
    Machine machine = machines.get(id);
    if (machine == null) {
      throw new IllegalStateException("there is no replica " + id);
    }
    return machine;
  }

  private ScaledReplica replica(ReplicaId id) {
    ScaledReplica replica = replicas.get(id);
    if (replica == null) {
      throw new IllegalStateException("there is no replica " + id);
    }
    return replica;
  }

  private void move(ReplicaId id, ReplicaState state) {
    put(new ScaledReplica(id, state, time.instant(), false, false));
  }

  private void put(ScaledReplica replica) {
    replicas.put(replica.id(), replica);
  }

  /** Pays for what is still there. */
  void close() {
    machines.values().forEach(machine -> outcome.paid(time.millis() - machine.since));
    machines.clear();
  }

  /** What is paid for, from the request on. */
  private static final class Machine {
    private final long since;
    private boolean started;

    Machine(long since) {
      this.since = since;
    }
  }

  private record Sent(long at, long duration, Runnable ended) {}
}
