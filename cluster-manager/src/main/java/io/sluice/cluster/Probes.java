package io.sluice.cluster;

import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks replicas whether they are well, each at intervals and one question at a time, and says what
 * that makes of them. Everything runs on the manager's serial executor.
 *
 * <p>A replica that misses probes is not killed at once: it may be collecting garbage, and its
 * statements may yet end well. It only gets no new ones until it answers again.
 */
final class Probes {

  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

  private final ClusterTerms terms;
  private final Predicate<Replica> wanted;
  private final Consumer<Replica> stop;
  private final Runnable publish;
  private final SerialExecutor serial;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;

  /**
   * Asks nobody yet.
   *
   * @param wanted whether a replica is still to be asked
   * @param stop ends one that has been silent for too long
   * @param publish tells how the replicas stand
   */
  Probes(
      ClusterTerms terms,
      Predicate<Replica> wanted,
      Consumer<Replica> stop,
      Runnable publish,
      SerialExecutor serial,
      ScheduledExecutorService scheduler,
      InstantSource clock) {
    this.terms = terms;
    this.wanted = wanted;
    this.stop = stop;
    this.publish = publish;
    this.serial = serial;
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /** Has a replica asked when the interval has passed. */
  void next(Replica replica) {
    replica.nextProbe =
        scheduler.schedule(
            () -> serial.execute(() -> ask(replica)),
            terms.settings.probeInterval().toMillis(),
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
            terms.settings.probeLimit().toMillis(),
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
    Instant now = clock.instant();
    if (answered) {
      replica.missedProbes = 0;
      replica.lastAnswer = now;
      if (replica.state == ReplicaState.STARTING && !replica.stopping) {
        LOG.info("replica {}: answers again", replica.id);
        replica.become(ReplicaState.READY, now);
      }
    } else {
      missed(replica, now);
    }
    publish.run();
    next(replica);
  }

  private void missed(Replica replica, Instant now) {
    replica.missedProbes++;
    if (replica.missedProbes >= terms.settings.missedProbes()
        && replica.state == ReplicaState.READY) {
      LOG.warn("replica {}: does not answer", replica.id);
      replica.become(ReplicaState.STARTING, now);
    }
    Duration silence = Duration.between(replica.lastAnswer, now);
    if (terms.leading
        && silence.compareTo(terms.settings.silenceLimit()) >= 0
        && !replica.stopping) {
      LOG.warn("replica {}: silent for {} s, is replaced", replica.id, silence.toSeconds());
      replica.stopping = true;
      replica.become(ReplicaState.DEAD, now);
      stop.accept(replica);
    }
  }
}
