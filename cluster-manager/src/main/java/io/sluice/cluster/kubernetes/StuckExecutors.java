package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells of drivers that listen and have nobody to work for them: Spark has asked for executors, as
 * it does when statements need them, and none gets to run.
 */
final class StuckExecutors {

  private final NamespaceWatch watch;
  private final InstantSource clock;

  /** Since when each of them was seen so, by the driver's uid. */
  private final Map<String, Instant> since = new HashMap<>();

  StuckExecutors(NamespaceWatch watch, InstantSource clock) {
    this.watch = watch;
    this.clock = clock;
  }

  /**
   * Returns why, for people, if it is so with each of some drivers for longer than a limit; else an
   * empty text. To be asked again and again, since that is how it is seen how long it is so.
   */
  synchronized String reason(List<Pod> drivers, Duration limit) {
    Instant now = clock.instant();
    Map<String, Instant> still = new HashMap<>();
    String reason = "";
    boolean all = true;
    for (Pod driver : drivers) {
      String uid = driver.getMetadata().getUid();
      List<Pod> pending = pending(watch.executors(driver));
      if (pending.isEmpty()) {
        all = false;
        continue;
      }
      Instant begun = since.getOrDefault(uid, now);
      still.put(uid, begun);
      all &= Duration.between(begun, now).compareTo(limit) >= 0;
      reason = Sighting.whyPending(pending.get(0));
    }
    since.clear();
    since.putAll(still);
    return all ? reason : "";
  }

  /** Returns those that wait, if there is none that runs. */
  private static List<Pod> pending(List<Pod> executors) {
    return executors.stream().anyMatch(executor -> isIn(executor, "Running"))
        ? List.of()
        : executors.stream().filter(executor -> isIn(executor, "Pending")).toList();
  }

  private static boolean isIn(Pod executor, String phase) {
    return executor.getStatus() != null && phase.equals(executor.getStatus().getPhase());
  }
}
