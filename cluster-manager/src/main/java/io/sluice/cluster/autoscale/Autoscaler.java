package io.sluice.cluster.autoscale;

import io.sluice.cluster.autoscale.ScaleOut.Wish;
import io.sluice.cluster.autoscale.ScalingDecision.Claim;
import io.sluice.cluster.autoscale.ScalingDecision.Drain;
import io.sluice.cluster.autoscale.ScalingDecision.Interrupt;
import io.sluice.cluster.autoscale.ScalingDecision.Start;
import io.sluice.cluster.autoscale.ScalingDecision.Stop;
import io.sluice.cluster.autoscale.ScalingDecision.Undrain;
import io.sluice.cluster.autoscale.ScalingDecision.Warm;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides how many replicas a cluster has. To be called every few seconds, and when a statement
 * begins to wait.
 *
 * <p>Out: from none, one as soon as a statement waits; otherwise as the policy's rule says. What
 * drains is taken back first, then the warm pool is drawn upon, and only the rest is started. In:
 * what the window's peak did not need is drained, the least loaded replica first; after the idle
 * time everything above the minimum. A draining replica ends when nothing runs on it and no gateway
 * sends it anything any more; at the deadline its statements are ended. What is of an older kind is
 * replaced: {@link Upgrade}.
 */
public final class Autoscaler {

  /** A statement may just be on its way to a replica that was ready a moment ago. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  /** How long interrupted statements have to let go. */
  private static final Duration LAST_GRACE = Duration.ofMinutes(1);

  private Autoscaler() {}

  /** Returns what is to be done now; the same arguments always give the same answer. */
  public static ScalingPlan decide(ScalingSettings settings, ClusterState state, Instant now) {
    List<ScalingDecision> decisions = new ArrayList<>();
    endDrains(settings, state, now, decisions);
    ScaleIn in = settings.policy().in();
    ScalingHistory history = state.history().observe(now, in.needed(state), in);
    Wish wish = wish(settings, state, now);
    int live = state.live();
    int pooled = 0;
    String standing = wish.reason();
    boolean held = false;
    if (wish.replicas() > live) {
      int before = decisions.size();
      pooled = grow(state, wish, decisions);
      held = decisions.size() == before;
      if (!held) {
        history = history.grown(now);
      }
    } else {
      standing = shrink(settings, state, history, now, standing, decisions);
    }
    Upgrade.decide(state, decisions);
    keepPool(settings, state, pooled, decisions);
    return new ScalingPlan(decisions, standing, held, history);
  }

  private static void endDrains(
      ScalingSettings settings, ClusterState state, Instant now, List<ScalingDecision> decisions) {
    for (ScaledReplica replica : state.replicas()) {
      if (!replica.isDraining()) {
        continue;
      }
      int running = state.load().runningOn(replica.id());
      Duration age = Duration.between(replica.since(), now);
      boolean free = running == 0 && replica.leftAlone();
      if (free && age.compareTo(SETTLE) >= 0) {
        decisions.add(new Stop(replica.id(), "it is drained"));
      } else if (!free && age.compareTo(settings.drainTimeout()) >= 0) {
        String late =
            (running == 0
                    ? "a gateway did not say that it leaves it alone"
                    : Words.count(running, "statement", "statements") + " did not end")
                + " within "
                + Words.duration(settings.drainTimeout());
        if (!replica.interrupted()) {
          decisions.add(new Interrupt(replica.id(), late));
        } else if (age.compareTo(settings.drainTimeout().plus(LAST_GRACE)) >= 0) {
          decisions.add(new Stop(replica.id(), late + " and did not let go when they were ended"));
        }
      }
    }
  }

  /** How many replicas there should be if none were taken away. */
  private static Wish wish(ScalingSettings settings, ClusterState state, Instant now) {
    int live = state.live();
    if (live < settings.min()) {
      return new Wish(
          settings.min(),
          "%d of at least %d %s there".formatted(live, settings.min(), live == 1 ? "is" : "are"));
    }
    int statements = state.load().statements();
    if (live == 0) {
      if (statements == 0) {
        return new Wish(0, "no statement has come; the next one starts a replica");
      }
      return settings.max() == 0
          ? new Wish(0, "the cluster is set to no replicas")
          : new Wish(
              1, Words.count(statements, "statement waits", "statements wait") + " and none is up");
    }
    Wish wish = settings.policy().out().replicas(state, now);
    if (wish.replicas() <= settings.max()) {
      return wish;
    }
    return new Wish(
        Math.max(live, settings.max()),
        wish.reason() + "; " + settings.max() + " is the most that there may be");
  }

  /** Takes back, claims and starts; returns how many it took from the pool. */
  private static int grow(ClusterState state, Wish wish, List<ScalingDecision> decisions) {
    int missing = wish.replicas() - state.live();
    List<ScaledReplica> draining =
        state.replicas().stream()
            .filter(replica -> replica.isDraining() && !replica.interrupted() && !replica.pooled())
            .filter(replica -> !replica.outdated())
            .sorted(Comparator.comparing(ScaledReplica::since).reversed())
            .limit(missing)
            .toList();
    for (ScaledReplica replica : draining) {
      decisions.removeIf(
          decision -> decision instanceof Stop s && s.replica().equals(replica.id()));
      decisions.add(new Undrain(replica.id(), wish.reason()));
    }
    missing -= draining.size();
    List<ScaledReplica> warm = pool(state).limit(missing).toList();
    warm.forEach(replica -> decisions.add(new Claim(replica.id(), wish.reason())));
    missing -= warm.size();
    if (missing > 0 && state.mayStart()) {
      decisions.add(new Start(missing, wish.reason()));
    }
    return warm.size();
  }

  /** Ready ones first, then those that have been starting longest. */
  private static Stream<ScaledReplica> pool(ClusterState state) {
    return state.replicas().stream()
        .filter(replica -> replica.pooled() && !replica.isDraining())
        .sorted(
            Comparator.comparing((ScaledReplica replica) -> replica.state() != ReplicaState.READY)
                .thenComparing(ScaledReplica::since));
  }

  /** Returns why the replicas that stay do. */
  private static String shrink(
      ScalingSettings settings,
      ClusterState state,
      ScalingHistory history,
      Instant now,
      String standing,
      List<ScalingDecision> decisions) {
    int live = state.live();
    if (live <= settings.min()) {
      return live == 0 ? standing : standing + "; " + live + " is the least that there may be";
    }
    Duration idle = Duration.between(state.load().lastActivity(), now);
    Duration limit = settings.policy().idleSuspend();
    if (state.load().statements() == 0 && idle.compareTo(limit) >= 0) {
      if (state.pinned()) {
        return "idle, but a session holds state that only its replica has";
      }
      drain(state, live - settings.min(), "nothing ran for " + Words.duration(limit), decisions);
      return "the cluster is idle";
    }
    ScaleIn in = settings.policy().in();
    int keep = Math.max(history.peak(), Math.max(settings.min(), 1));
    String window = Words.duration(in.window());
    if (live > settings.max()) {
      drain(state, live - settings.max(), "more are up than may be", decisions);
    } else if (live > keep && history.covers(in.window(), now)) {
      int draining = (int) state.replicas().stream().filter(ScaledReplica::isDraining).count();
      int count = Math.min(live - keep, in.step() - draining);
      drain(
          state, count, "%d of %d would have done for %s".formatted(keep, live, window), decisions);
    } else if (live > 1) {
      return standing + "; the last " + window + " needed " + Math.min(keep, live) + " of " + live;
    }
    return standing;
  }

  private static void drain(
      ClusterState state, int count, String reason, List<ScalingDecision> decisions) {
    state.serving().stream()
        .sorted(
            Comparator.comparing((ScaledReplica replica) -> !replica.outdated())
                .thenComparing(replica -> replica.state() == ReplicaState.READY)
                .thenComparing(replica -> state.load().runningOn(replica.id()))
                .thenComparing(Comparator.comparing(ScaledReplica::since).reversed()))
        .limit(Math.max(0, count))
        .map(ScaledReplica::id)
        .forEach(leaving -> drainWithSuccessor(state, leaving, reason, decisions));
  }

  /** What is to take its place is not needed either. */
  private static void drainWithSuccessor(
      ClusterState state, ReplicaId leaving, String reason, List<ScalingDecision> decisions) {
    decisions.add(new Drain(leaving, reason));
    state.replicas().stream()
        .filter(replica -> replica.isLive() && replica.replaces().equals(Optional.of(leaving)))
        .forEach(successor -> decisions.add(new Drain(successor.id(), reason)));
  }

  private static void keepPool(
      ScalingSettings settings, ClusterState state, int claimed, List<ScalingDecision> decisions) {
    if (settings.warmPool() == 0) {
      return;
    }
    List<ScaledReplica> left = pool(state).skip(claimed).toList();
    int missing = settings.warmPool() - left.size();
    if (missing > 0 && state.mayStart()) {
      decisions.add(
          new Warm(missing, left.size() + " of " + settings.warmPool() + " are in the warm pool"));
    }
    for (ScaledReplica replica :
        left.subList(Math.min(left.size(), settings.warmPool()), left.size())) {
      decisions.add(new Stop(replica.id(), "the warm pool is larger than it should be"));
    }
  }
}
