package io.sluice.model;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The statements of a cluster at one instant; what scaling decides from.
 *
 * @param running statements that hold a permit
 * @param queued statements that wait for one
 * @param oldestWait how long the one that has waited longest has; zero when none waits
 * @param runningWork the expected rest of what runs, in statement-seconds: two statements that need
 *     five seconds each are ten
 * @param queuedWork the expected time of what waits, in statement-seconds
 * @param offered how many statements would run at a time if none had to wait: recent arrivals per
 *     second times the expected time of each
 * @param lastActivity when a statement last entered or ended
 * @param runningOn how many statements run on each replica; none where there is no entry
 */
public record ClusterLoad(
    int running,
    int queued,
    Duration oldestWait,
    double runningWork,
    double queuedWork,
    double offered,
    Instant lastActivity,
    Map<ReplicaId, Integer> runningOn) {

  public ClusterLoad {
    if (running < 0 || queued < 0 || runningWork < 0 || queuedWork < 0 || offered < 0) {
      throw new IllegalArgumentException("a load is not negative");
    }
    runningOn = Map.copyOf(runningOn);
  }

  /** Returns a load without any statement. */
  public static ClusterLoad none(Instant lastActivity) {
    return new ClusterLoad(0, 0, Duration.ZERO, 0, 0, 0, lastActivity, Map.of());
  }

  /** Returns both loads together. */
  public ClusterLoad plus(ClusterLoad other) {
    Map<ReplicaId, Integer> both = new HashMap<>(runningOn);
    other.runningOn.forEach((replica, count) -> both.merge(replica, count, Integer::sum));
    return new ClusterLoad(
        running + other.running,
        queued + other.queued,
        oldestWait.compareTo(other.oldestWait) > 0 ? oldestWait : other.oldestWait,
        runningWork + other.runningWork,
        queuedWork + other.queuedWork,
        offered + other.offered,
        lastActivity.isAfter(other.lastActivity) ? lastActivity : other.lastActivity,
        both);
  }

  /** Returns how many statements run on a replica. */
  public int runningOn(ReplicaId replica) {
    return runningOn.getOrDefault(replica, 0);
  }

  /** Returns how many statements there are, running or not. */
  public int statements() {
    return running + queued;
  }
}
