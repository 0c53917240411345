package io.sluice.cluster.autoscale;

import io.sluice.cluster.autoscale.ScalingDecision.Drain;
import io.sluice.cluster.autoscale.ScalingDecision.Replace;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings the replicas to the kind that they are to be of: beside one that is not, another is
 * started, and when that is ready the old one is drained. One at a time, the least loaded first; a
 * kind that does not start costs nothing that serves.
 */
final class Upgrade {

  private Upgrade() {}

  /** Adds what is to be done to what has been decided. */
  static void decide(ClusterState state, List<ScalingDecision> decisions) {
    Set<ReplicaId> leaving = new HashSet<>();
    decisions.forEach(
        decision -> {
          if (decision instanceof Drain drain) {
            leaving.add(drain.replica());
          }
        });
    boolean starting = false;
    for (ScaledReplica replica : state.replicas()) {
      if (!replica.isLive() || leaving.contains(replica.id())) {
        continue;
      }
      ScaledReplica before = replica.replaces().flatMap(state::alive).orElse(null);
      if (replica.outdated() && !replica.wasReady()) {
        drain(replica, "it is of an older kind and not ready yet", leaving, decisions);
      } else if (before != null && !leaving.contains(before.id())) {
        if (!before.outdated()) {
          drain(
              replica, before.id() + ", in whose place it was started, stays", leaving, decisions);
        } else if (replica.state() == ReplicaState.READY) {
          drain(before, replica.id() + " takes its place", leaving, decisions);
        } else {
          starting = true;
        }
      }
    }
    if (!starting && state.mayStart()) {
      state.serving().stream()
          .filter(replica -> replica.outdated() && !leaving.contains(replica.id()))
          .min(Comparator.comparing(replica -> state.load().runningOn(replica.id())))
          .ifPresent(
              old -> decisions.add(new Replace(old.id(), "replicas are to be of another kind")));
    }
  }

  private static void drain(
      ScaledReplica replica,
      String reason,
      Set<ReplicaId> leaving,
      List<ScalingDecision> decisions) {
    leaving.add(replica.id());
    decisions.add(new Drain(replica.id(), reason));
  }
}
