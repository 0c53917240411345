package io.sluice.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Asks replicas whether they are well, each at intervals and one question at a time. Everything
 * runs on the manager's serial executor.
 */
final class Probes {

  private final Supplier<ClusterSettings> settings;
  private final Predicate<Replica> wanted;
  private final BiConsumer<Replica, Boolean> probed;
  private final SerialExecutor serial;
  private final ScheduledExecutorService scheduler;

  /**
   * Asks nobody yet.
   *
   * @param wanted whether a replica is still to be asked
   * @param probed is given whether it answered in time, and has the {@link #next} one asked
   */
  Probes(
      Supplier<ClusterSettings> settings,
      Predicate<Replica> wanted,
      BiConsumer<Replica, Boolean> probed,
      SerialExecutor serial,
      ScheduledExecutorService scheduler) {
    this.settings = settings;
    this.wanted = wanted;
    this.probed = probed;
    this.serial = serial;
    this.scheduler = scheduler;
  }

  /** Has a replica asked when the interval has passed. */
  void next(Replica replica) {
    replica.nextProbe =
        scheduler.schedule(
            () -> serial.execute(() -> ask(replica)),
            settings.get().probeInterval().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Has a replica asked now. */
  void now(Replica replica) {
    if (replica.nextProbe == null) {
      // What it answers may be from before.
      replica.askedAgain = true;
      return;
    }
    replica.nextProbe.cancel(false);
    ask(replica);
  }

  private void ask(Replica replica) {
    // One that was due when another was sent in its place is not sent as well.
    if (replica.backend == null || replica.nextProbe == null || !wanted.test(replica)) {
      return;
    }
    replica.nextProbe = null;
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    replica
        .health
        .probe(replica.backend)
        .whenComplete((values, failure) -> answer.complete(failure == null));
    Future<?> limit =
        scheduler.schedule(
            () -> answer.complete(false),
            settings.get().probeLimit().toMillis(),
            TimeUnit.MILLISECONDS);
    answer.thenAccept(
        answered ->
            serial.execute(
                () -> {
                  limit.cancel(false);
                  if (wanted.test(replica)) {
                    answered(replica, answered);
                  }
                }));
  }

  private void answered(Replica replica, boolean answered) {
    if (replica.askedAgain) {
      replica.askedAgain = false;
      next(replica);
      now(replica);
      return;
    }
    probed.accept(replica, answered);
  }
}
