package io.sluice.cluster.autoscale;

import io.sluice.cluster.autoscale.ScalingDecision.Claim;
import io.sluice.cluster.autoscale.ScalingDecision.Drain;
import io.sluice.cluster.autoscale.ScalingDecision.Interrupt;
import io.sluice.cluster.autoscale.ScalingDecision.Start;
import io.sluice.cluster.autoscale.ScalingDecision.Stop;
import io.sluice.cluster.autoscale.ScalingDecision.Undrain;
import io.sluice.cluster.autoscale.ScalingDecision.Warm;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cluster that does what the autoscaler says, in steps of five seconds. The test says how many
 * statements there are; they are spread over the ready replicas, and the rest waits. For each that
 * ends another comes, so what is offered is what runs.
 */
final class ClusterModel {

  static final int PERMITS = 4;
  static final Duration START = Duration.ofSeconds(40);
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final double STATEMENT_SECONDS = 20;

  final ScalingSettings settings;
  final List<ScalingDecision> decisions = new ArrayList<>();
  final Map<ReplicaId, Integer> runningOn = new HashMap<>();
  private final Map<ReplicaId, ScaledReplica> replicas = new LinkedHashMap<>();
  private ScalingHistory history = ScalingHistory.EMPTY;
  private Instant lastActivity = Instant.EPOCH;
  private Duration waited = Duration.ZERO;
  private int lastNumber;
  Instant now = Instant.EPOCH;
  boolean mayStart = true;
  boolean pinned;
  String standing = "";
  boolean held;

  ClusterModel(ScalingSettings settings) {
    this.settings = settings;
  }

  /** Lets a step pass with so many statements; returns what was decided. */
  List<ScalingDecision> step(int statements) {
    now = now.plus(STEP);
    for (ScaledReplica replica : List.copyOf(replicas.values())) {
      if (replica.state() == ReplicaState.STARTING && !now.isBefore(replica.since().plus(START))) {
        put(replica, ReplicaState.READY, replica.pooled(), false);
      }
    }
    ClusterLoad load = load(statements);
    ScalingPlan plan =
        Autoscaler.decide(
            settings,
            new ClusterState(
                List.copyOf(replicas.values()), load, PERMITS, START, mayStart, pinned, history),
            now);
    history = plan.history();
    standing = plan.standing();
    held = plan.held();
    plan.decisions().forEach(this::apply);
    decisions.addAll(plan.decisions());
    return plan.decisions();
  }

  void steps(int count, int statements) {
    for (int step = 0; step < count; step++) {
      step(statements);
    }
  }

  private ClusterLoad load(int statements) {
    int left = statements;
    // What runs on a draining replica goes on; nothing new comes to it.
    for (ScaledReplica replica : replicas.values()) {
      int before = runningOn.getOrDefault(replica.id(), 0);
      int most =
          replica.pooled() || replica.state() == ReplicaState.STARTING
              ? 0
              : replica.isDraining() ? before : PERMITS;
      int now = Math.min(most, left);
      runningOn.put(replica.id(), now);
      left -= now;
    }
    if (statements > 0) {
      lastActivity = now;
    }
    waited = left > 0 ? waited.plus(STEP) : Duration.ZERO;
    return new ClusterLoad(
        statements - left,
        left,
        waited,
        (statements - left) * STATEMENT_SECONDS / 2,
        left * STATEMENT_SECONDS,
        // Statements come now and then: what runs does not come anew as soon as it has ended.
        (statements - left) / 2.0,
        lastActivity,
        runningOn);
  }

  private void apply(ScalingDecision decision) {
    if (decision instanceof Start start) {
      add(start.replicas(), false);
    } else if (decision instanceof Warm warm) {
      add(warm.replicas(), true);
    } else if (decision instanceof Claim claim) {
      ScaledReplica replica = replica(claim.replica());
      put(replica, replica.state(), false, true);
    } else if (decision instanceof Drain drain) {
      put(replica(drain.replica()), ReplicaState.DRAINING, false, false);
    } else if (decision instanceof Undrain undrain) {
      put(replica(undrain.replica()), ReplicaState.READY, false, false);
    } else if (decision instanceof Interrupt interrupt) {
      ScaledReplica replica = replica(interrupt.replica());
      replicas.put(
          replica.id(),
          new ScaledReplica(replica.id(), replica.state(), replica.since(), false, true));
    } else if (decision instanceof Stop stop) {
      replicas.remove(replica(stop.replica()).id());
      runningOn.remove(stop.replica());
    }
  }

  /** Adds one that others keep. */
  void keepWarm() {
    add(1, true);
  }

  private void add(int count, boolean pooled) {
    for (int number = 0; number < count; number++) {
      ReplicaId id = new ReplicaId("main-" + ++lastNumber);
      replicas.put(id, new ScaledReplica(id, ReplicaState.STARTING, now, pooled, false));
    }
  }

  private void put(ScaledReplica replica, ReplicaState state, boolean pooled, boolean sameSince) {
    replicas.put(
        replica.id(),
        new ScaledReplica(replica.id(), state, sameSince ? replica.since() : now, pooled, false));
  }

  private ScaledReplica replica(ReplicaId id) {
    ScaledReplica replica = replicas.get(id);
    if (replica == null) {
      throw new AssertionError("there is no replica " + id);
    }
    return replica;
  }

  int live() {
    return (int) replicas.values().stream().filter(ScaledReplica::isLive).count();
  }

  int count(ReplicaState state) {
    return (int) replicas.values().stream().filter(r -> r.state() == state && !r.pooled()).count();
  }

  int interrupted() {
    return (int) replicas.values().stream().filter(ScaledReplica::interrupted).count();
  }

  int pooled() {
    return (int) replicas.values().stream().filter(ScaledReplica::pooled).count();
  }

  long decided(Class<? extends ScalingDecision> kind) {
    return decisions.stream().filter(kind::isInstance).count();
  }
}
