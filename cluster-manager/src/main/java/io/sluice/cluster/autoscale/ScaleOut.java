package io.sluice.cluster.autoscale;

import java.time.Duration;
import java.time.Instant;

/**
 * When a cluster that has a replica grows, and how far. From none it always starts one as soon as a
 * statement waits, and no rule is asked.
 */
public interface ScaleOut {

  /**
   * Returns how many replicas there should be; not more than {@link ClusterState#live} for none.
   */
  Wish replicas(ClusterState state, Instant now);

  /**
   * A number of replicas and the reason for it.
   *
   * @param reason for people; also why there should be no more
   */
  record Wish(int replicas, String reason) {}

  /**
   * By the time that the queue takes to drain against the time that a start takes: what the
   * replicas that are there would have done before another could help calls for none. Beyond that
   * there are as many as drain what is then left in the target time and carry what arrives, but
   * never more than the statements there are can fill.
   *
   * @param target how long the queue may take to drain
   * @param longestWait a statement that has waited longer brings another replica in any case
   * @param gate a replica comes only if what waits would keep it busy for that long
   * @param utilization the share of a replica's permits that is planned with
   */
  record DrainTime(Duration target, Duration longestWait, Duration gate, double utilization)
      implements ScaleOut {

    @Override
    public Wish replicas(ClusterState state, Instant now) {
      var load = state.load();
      int live = state.live();
      if (load.queued() == 0) {
        return new Wish(live, "nothing waits");
      }
      double capacity = (double) live * state.permits();
      double start = seconds(state.startTime());
      double work = load.runningWork() + load.queuedWork();
      double left = work + (load.offered() - capacity) * start;
      String queue =
          "%d wait, and %d %s the queue in %s; a start takes %s"
              .formatted(
                  load.queued(),
                  live,
                  live == 1 ? "replica drains" : "replicas drain",
                  Words.seconds(work / capacity),
                  Words.duration(state.startTime()));
      int useful =
          ScaleIn.replicas(
              Math.max(load.statements(), load.offered()), state.permits() * utilization);
      if (load.oldestWait().compareTo(longestWait) > 0) {
        return new Wish(
            Math.min(useful, live + 1),
            "one has waited for " + Words.duration(load.oldestWait()) + "; " + queue);
      }
      if (load.queuedWork() / state.permits() < seconds(gate)) {
        return new Wish(
            live, queue + "; a replica more would not be busy for " + Words.duration(gate));
      }
      if (left <= 0) {
        return new Wish(live, queue);
      }
      double wanted = load.offered() + left / seconds(target);
      return new Wish(Math.min(useful, ScaleIn.replicas(wanted, state.permits())), queue);
    }
  }

  /**
   * One more as soon as a statement waits, and the next after a while: Snowflake's Standard policy.
   *
   * @param spacing between two of them
   */
  record OnQueue(Duration spacing) implements ScaleOut {

    @Override
    public Wish replicas(ClusterState state, Instant now) {
      int live = state.live();
      if (state.load().queued() == 0) {
        return new Wish(live, "nothing waits");
      }
      String queue = state.load().queued() + " wait";
      return state.history().quietFor(spacing, now)
          ? new Wish(live + 1, queue)
          : new Wish(live, queue + "; one was added less than " + Words.duration(spacing) + " ago");
    }
  }

  /**
   * By the minutes that it takes to clear what runs, what waits and what the next two minutes
   * bring: below 2 none, below 6 one more, below 12 two, below 22 three, then one for each further
   * 15; and one in any case when a statement has waited for five. Databricks' rule for pro and
   * classic warehouses.
   */
  record ClearingTime() implements ScaleOut {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final double LOOK_AHEAD = 120;

    @Override
    public Wish replicas(ClusterState state, Instant now) {
      var load = state.load();
      int live = state.live();
      double work = load.runningWork() + load.queuedWork() + load.offered() * LOOK_AHEAD;
      double minutes = work / live / state.permits() / 60;
      int more = load.queued() == 0 ? 0 : more(minutes);
      if (more == 0 && load.oldestWait().compareTo(LONGEST_WAIT) >= 0) {
        more = 1;
      }
      return new Wish(
          live + more,
          "%d wait, and clearing the work takes %s"
              .formatted(load.queued(), Words.seconds(minutes * 60)));
    }

    private static int more(double minutes) {
      if (minutes < 2) {
        return 0;
      }
      if (minutes < 6) {
        return 1;
      }
      if (minutes < 12) {
        return 2;
      }
      return minutes < 22 ? 3 : 3 + (int) Math.min(1000, Math.ceil((minutes - 22) / 15));
    }
  }

  /**
   * As many as keep the permits in use near a target share: the formula of Kubernetes' horizontal
   * pod autoscaler over the statements that run and wait.
   *
   * @param target the share
   * @param tolerance how far the share may be off before anything happens
   */
  record Proportional(double target, double tolerance) implements ScaleOut {

    @Override
    public Wish replicas(ClusterState state, Instant now) {
      int live = state.live();
      double share = (double) state.load().statements() / live / state.permits();
      double ratio = share / target;
      int wanted = ratio > 1 + tolerance ? ScaleIn.replicas(live * ratio, 1) : live;
      return new Wish(wanted, "%.0f %% of the permits are asked for".formatted(share * 100));
    }
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
