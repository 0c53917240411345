package io.sluice.cluster.autoscale;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the autoscaler has to remember from one call to the next.
 *
 * @param peaks how many replicas were needed, and when: those samples of the window that no later
 *     one reaches, so that the first is the window's highest
 * @param since when it was first asked without a gap in what it knows; empty before
 * @param lastCheck when the last sample was taken; empty before
 * @param lastOut when the cluster last grew; empty when it never did
 */
public record ScalingHistory(
    List<Peak> peaks,
    Optional<Instant> since,
    Optional<Instant> lastCheck,
    Optional<Instant> lastOut) {

  /** Nothing is remembered. */
  public static final ScalingHistory EMPTY =
      new ScalingHistory(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  public ScalingHistory {
    peaks = List.copyOf(peaks);
  }

  /** A sample of the replicas that the load needed. */
  public record Peak(Instant at, int needed) {}

  ScalingHistory observe(Instant now, int needed, ScaleIn rule) {
    if (lastCheck.isPresent() && lastCheck.get().plus(rule.checkEvery()).isAfter(now)) {
      return this;
    }
    Instant oldest = now.minus(rule.window());
    List<Peak> kept = new ArrayList<>(peaks.size() + 1);
    for (Peak peak : peaks) {
      if (!peak.at().isBefore(oldest) && peak.needed() > needed) {
        kept.add(peak);
      }
    }
    kept.add(new Peak(now, needed));
    return new ScalingHistory(kept, Optional.of(since.orElse(now)), Optional.of(now), lastOut);
  }

  ScalingHistory grown(Instant now) {
    return new ScalingHistory(peaks, since, lastCheck, Optional.of(now));
  }

  /** Returns the most replicas that the window needed. */
  int peak() {
    return peaks.isEmpty() ? 0 : peaks.get(0).needed();
  }

  /** Whether the whole window was watched; scaling in on less would act on what is not known. */
  boolean covers(Duration window, Instant now) {
    return since.isPresent() && !since.get().plus(window).isAfter(now);
  }

  /** Whether so much time has passed since the cluster last grew. */
  boolean quietFor(Duration time, Instant now) {
    return lastOut.isEmpty() || !lastOut.get().plus(time).isAfter(now);
  }
}
