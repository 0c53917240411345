package io.sluice.router;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The permits and the queue of one cluster.
 *
 * <p>A statement runs when a ready replica has a free permit; until then it waits. Whose turn it is
 * is decided when a permit comes free: the user with the smallest share of what runs goes first,
 * and of one user's statements, or between users with equal shares, the oldest. So a user who sends
 * a thousand statements delays another's single one by at most one statement, and no statement
 * waits behind one that could not run anyway. The permit goes to the replica that is least loaded
 * for its size.
 *
 * <p>Pure: it holds no clock, lock or thread; the caller serialises the calls.
 */
public final class Admission {

  private final AdmissionLimits limits;

  /** In the order of arrival. */
  private final Map<StatementId, Waiting> queue = new LinkedHashMap<>();

  private final Map<StatementId, Running> running = new HashMap<>();
  private final Map<String, Integer> runningByUser = new HashMap<>();
  private final Map<ReplicaId, Integer> runningByReplica = new HashMap<>();

  public Admission(AdmissionLimits limits) {
    this.limits = limits;
  }

  /**
   * Puts a statement in the queue; {@link #grant} takes it out.
   *
   * @throws SluiceException {@code QUEUE_FULL}
   */
  public void enter(StatementId statement, String user, Instant now) {
    // What could run at once passes through the queue too, so a queue of length 0 still admits it.
    if (queue.size() > limits.queueLength()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          "The queue is full: "
              + limits.queueLength()
              + " statements are waiting. Send the statement again later.");
    }
    queue.put(statement, new Waiting(user, now));
  }

  /** Takes the next statement whose turn it is, if a ready replica has room; call until empty. */
  public Optional<Grant> grant(ClusterSnapshot cluster) {
    Optional<ReplicaStatus> replica =
        cluster.replicas().stream()
            .filter(status -> status.state() == ReplicaState.READY)
            .filter(status -> runningOn(status.id()) < permits(status))
            .min(Comparator.comparingDouble(s -> (double) runningOn(s.id()) / permits(s)));
    Optional<StatementId> next =
        queue.entrySet().stream()
            .min(Comparator.comparingInt(e -> runningByUser.getOrDefault(e.getValue().user(), 0)))
            .map(Map.Entry::getKey);
    if (replica.isEmpty() || next.isEmpty()) {
      return Optional.empty();
    }
    ReplicaStatus chosen = replica.get();
    String user = queue.remove(next.get()).user();
    String reason =
        "least loaded of the ready replicas: "
            + runningOn(chosen.id())
            + " of "
            + permits(chosen)
            + " permits in use";
    running.put(next.get(), new Running(user, chosen.id()));
    runningByUser.merge(user, 1, Integer::sum);
    runningByReplica.merge(chosen.id(), 1, Integer::sum);
    return Optional.of(new Grant(next.get(), chosen.id(), reason));
  }

  /** Forgets a statement, wherever it stands; returns whether it was known. */
  public boolean leave(StatementId statement) {
    Running ended = running.remove(statement);
    if (ended != null) {
      runningByUser.computeIfPresent(ended.user(), (user, n) -> n == 1 ? null : n - 1);
      runningByReplica.computeIfPresent(ended.replica(), (replica, n) -> n == 1 ? null : n - 1);
      return true;
    }
    return queue.remove(statement) != null;
  }

  /** Takes out the statements that have waited longer than is allowed. */
  public List<StatementId> expire(Instant now) {
    List<StatementId> expired = new ArrayList<>();
    for (Map.Entry<StatementId, Waiting> entry : queue.entrySet()) {
      if (entry.getValue().since().plus(limits.queueTimeout()).isAfter(now)) {
        break;
      }
      expired.add(entry.getKey());
    }
    expired.forEach(queue::remove);
    return expired;
  }

  /** Returns how many statements wait. */
  public int waiting() {
    return queue.size();
  }

  /** Returns how many statements hold a permit. */
  public int running() {
    return running.size();
  }

  private int runningOn(ReplicaId replica) {
    return runningByReplica.getOrDefault(replica, 0);
  }

  private int permits(ReplicaStatus replica) {
    return limits.statementsPerSlot() * Math.max(1, replica.taskSlots());
  }

  /**
   * A permit.
   *
   * @param statement whose turn it is
   * @param replica where it runs
   * @param reason why there, for people
   */
  public record Grant(StatementId statement, ReplicaId replica, String reason) {}

  private record Waiting(String user, Instant since) {}

  private record Running(String user, ReplicaId replica) {}
}
