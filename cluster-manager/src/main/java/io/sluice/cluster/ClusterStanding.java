package io.sluice.cluster;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ReplicaState;
import java.util.Collection;
import java.util.List;

/**
 * How a cluster stands for those who want to use it, and why it cannot be used if it cannot.
 *
 * @param lastEnd why the last replica ended that was not told to; empty if none did
 */
record ClusterStanding(
    ClusterTerms terms, Collection<Replica> replicas, StartRetries retries, String lastEnd) {

  ClusterSnapshot snapshot() {
    List<ReplicaStatus> statuses =
        replicas.stream()
            .filter(replica -> replica.state != ReplicaState.DEAD)
            .map(replica -> new ReplicaStatus(replica.id, replica.state, replica.spec.taskSlots()))
            .toList();
    return new ClusterSnapshot(terms.settings.name(), statuses, reason(), isFailing());
  }

  /** Only while the wait after a failed start lasts: the next start may succeed. */
  private boolean isFailing() {
    return !terms.closed
        && (terms.leading ? retries.isFailing() : !terms.report.failure().isEmpty())
        && replicas.stream()
            .allMatch(replica -> replica.dismissed || replica.state == ReplicaState.DEAD);
  }

  private String reason() {
    if (terms.closed) {
      return "The gateway is stopping";
    }
    if (replicas.stream().anyMatch(replica -> replica.state == ReplicaState.READY)) {
      return "";
    }
    if (!terms.hindrance.isEmpty()) {
      return terms.hindrance + ". Spark can be started when that is over; send the statement later";
    }
    if (terms.settings.scaling().max() == 0) {
      return "The cluster is set to no replicas";
    }
    if (!terms.leading && isFailing()) {
      return terms.report.failure();
    }
    boolean none =
        replicas.stream()
            .allMatch(replica -> replica.dismissed || replica.state == ReplicaState.DRAINING);
    if (none && !retries.isWaiting() && terms.settings.scaling().min() == 0) {
      return "The cluster is suspended; a statement starts it";
    }
    if (replicas.stream().anyMatch(replica -> replica.readySince != null)) {
      return "Spark does not answer";
    }
    if (isFailing()) {
      return "Spark does not start (" + lastEnd + "). It is tried again; send the statement later";
    }
    String before = lastEnd.isEmpty() ? "" : " (before: " + lastEnd + ")";
    return (replicas.isEmpty() ? "Spark is about to be started again" : "Spark is starting")
        + before;
  }
}
