package io.sluice.cluster;

import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.ClusterStatus.ReplicaLine;
import io.sluice.cluster.autoscale.Autoscaler;
import io.sluice.cluster.autoscale.ClusterState;
import io.sluice.cluster.autoscale.ScaledReplica;
import io.sluice.cluster.autoscale.ScalingDecision;
import io.sluice.cluster.autoscale.ScalingHistory;
import io.sluice.cluster.autoscale.ScalingPlan;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the manager keeps for the autoscaler between two calls, and for those who ask why. Touched
 * on the manager's serial executor alone, but for {@link #status}, which it publishes.
 */
final class Scaling {

  private static final int KEPT_DECISIONS = 50;
  private static final int KEPT_STARTS = 9;

  private ClusterSettings settings;
  private final Deque<MadeDecision> decisions = new ArrayDeque<>();
  private final Deque<Duration> starts = new ArrayDeque<>();
  private ScalingHistory history = ScalingHistory.EMPTY;
  private String standing = "the cluster is not started";
  private volatile ClusterStatus status;

  Scaling(ClusterSettings settings, Instant now) {
    this.settings = settings;
    this.status = status(List.of(), ClusterLoad.none(now), 1);
  }

  void reconfigure(ClusterSettings next) {
    settings = next;
  }

  /**
   * Asks the autoscaler; what it decided is to be carried out.
   *
   * @param warm what can be claimed, those first that are to be used first
   * @param hold what speaks against a start
   */
  List<ScalingDecision> decide(
      Collection<Replica> replicas,
      Collection<ReplicaId> warm,
      ReplicaSpec wanted,
      ClusterDemand demand,
      Hold hold,
      Instant now) {
    ClusterLoad load = demand.load();
    int permits = Math.max(1, demand.permits());
    ClusterState state =
        new ClusterState(
            Stream.concat(
                    replicas.stream()
                        .filter(replica -> replica.state != ReplicaState.DEAD)
                        .map(replica -> scaled(replica, wanted, demand)),
                    warm.stream()
                        .map(id -> new ScaledReplica(id, ReplicaState.READY, now, true, false)))
                .toList(),
            load,
            permits,
            startTime(),
            hold.isNone(),
            false,
            history);
    ScalingPlan plan = Autoscaler.decide(settings.scaling(), state, now);
    history = plan.history();
    standing = hold.words(plan) + plan.standing();
    for (ScalingDecision decision : plan.decisions()) {
      decisions.addFirst(new MadeDecision(now, decision.action(), decision.reason()));
    }
    while (decisions.size() > KEPT_DECISIONS) {
      decisions.removeLast();
    }
    return plan.decisions();
  }

  /**
   * What speaks against a start.
   *
   * @param waits whether a replica failed, and the wait before the next start is not over
   * @param shortage why another replica would be of no use, for people; empty when it would
   */
  record Hold(boolean waits, String shortage) {

    boolean isNone() {
      return !waits && shortage.isEmpty();
    }

    /** Returns what is to be read before the reason of a plan. */
    private String words(ScalingPlan plan) {
      if (!shortage.isEmpty()) {
        return shortage + "; ";
      }
      return plan.held()
          ? "a replica failed, and the wait before the next start is not over; "
          : "";
    }
  }

  /** Takes in why nothing is decided here now. */
  void stand(String reason) {
    standing = reason;
  }

  /** Takes in what the gateway that leads decided. */
  void follow(LeaderReport report) {
    decisions.clear();
    decisions.addAll(report.decisions());
  }

  private static ScaledReplica scaled(Replica replica, ReplicaSpec wanted, ClusterDemand demand) {
    return new ScaledReplica(
        replica.id,
        replica.state,
        replica.since,
        replica.readySince != null,
        false,
        replica.interrupted,
        !replica.spec.equals(wanted),
        replica.replaces,
        demand.isLeftAlone(replica.id, replica.since));
  }

  void publish(Collection<Replica> replicas, ClusterDemand demand) {
    ClusterLoad load = demand.load();
    status =
        status(
            replicas.stream()
                .filter(replica -> replica.state != ReplicaState.DEAD)
                .map(
                    replica ->
                        new ReplicaLine(
                            replica.id, replica.state, replica.since, load.runningOn(replica.id)))
                .toList(),
            load,
            demand.permits());
  }

  private ClusterStatus status(List<ReplicaLine> replicas, ClusterLoad load, int permits) {
    return new ClusterStatus(
        settings.name(),
        settings.scaling().policy().name(),
        settings.scaling().min(),
        settings.scaling().max(),
        permits,
        replicas,
        load,
        standing,
        List.copyOf(decisions));
  }

  ClusterStatus status() {
    return status;
  }

  void started(Duration took) {
    starts.addLast(took);
    if (starts.size() > KEPT_STARTS) {
      starts.removeFirst();
    }
  }

  /** The median of the last starts. */
  private Duration startTime() {
    if (starts.isEmpty()) {
      return settings.startTime();
    }
    List<Duration> sorted = new ArrayList<>(starts);
    sorted.sort(null);
    return sorted.get(sorted.size() / 2);
  }
}
