package io.sluice.cluster.kubernetes;

import io.sluice.cluster.kubernetes.GatewayLoads.SilentGateway;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what gateways that died left running on replicas. A gateway is taken for dead on a replica
 * when its Lease has run out and its {@link SessionLedger} there stands still as well: one that the
 * API server does not hear, and that attends to its replicas, loses nothing. Every gateway looks by
 * itself; ending twice does no harm.
 */
final class LostGateways {

  private static final Logger LOG = LoggerFactory.getLogger(LostGateways.class);

  private final Duration term;
  private final Duration suspicious;
  private final Duration stillness;
  private final InstantSource clock;
  private final Map<Place, Reading> readings = new ConcurrentHashMap<>();

  private record Place(String gateway, ReplicaId replica) {}

  /** What a ledger said first and last when, by this gateway's own clock. */
  private record Reading(String beat, Instant since, Instant last, boolean ended) {}

  /** Ledgers whose answer is still out. */
  private final Set<Place> asked = ConcurrentHashMap.newKeySet();

  /**
   * Knows of none.
   *
   * @param term how long a Lease holds that is not renewed; ledgers are read from half of it on,
   *     and must stand still for two thirds of it
   */
  LostGateways(Duration term, InstantSource clock) {
    this.term = term;
    this.suspicious = term.dividedBy(2);
    this.stillness = term.multipliedBy(2).dividedBy(3);
    this.clock = clock;
  }

  /**
   * Looks what became of the gateways whose Leases have not changed; to be called every so often.
   * Does not block.
   */
  void look(List<SilentGateway> gateways, Map<ReplicaId, SparkBackend> replicas) {
    List<SilentGateway> suspects =
        gateways.stream().filter(gateway -> gateway.silence().compareTo(suspicious) >= 0).toList();
    Set<String> names = suspects.stream().map(SilentGateway::name).collect(Collectors.toSet());
    readings.keySet().removeIf(place -> !names.contains(place.gateway));
    for (SilentGateway gateway : suspects) {
      replicas.forEach((replica, backend) -> look(gateway, replica, backend));
    }
  }

  private void look(SilentGateway gateway, ReplicaId replica, SparkBackend backend) {
    Place place = new Place(gateway.name(), replica);
    if (!asked.add(place)) {
      return;
    }
    SessionLedger.read(gateway.ledger(), backend)
        .whenComplete(
            (entry, failure) -> {
              asked.remove(place);
              if (failure == null) {
                judge(gateway, place, backend, entry);
              } else {
                LOG.debug("replica {}: a ledger was not read", replica, failure);
              }
            });
  }

  private void judge(
      SilentGateway gateway, Place place, SparkBackend backend, SessionLedger.Entry entry) {
    if (entry.beat().isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    Reading reading =
        readings.merge(
            place,
            new Reading(entry.beat(), now, now, false),
            (before, next) ->
                goesOn(before, next)
                    ? new Reading(before.beat, before.since, now, before.ended)
                    : next);
    boolean dead =
        gateway.silence().compareTo(term) >= 0
            && Duration.between(reading.since, now).compareTo(stillness) >= 0;
    Reading ended = new Reading(reading.beat, reading.since, reading.last, true);
    if (dead && !reading.ended && readings.replace(place, reading, ended)) {
      end(place, backend, entry.sessions());
    }
  }

  /** A replica that answered nobody for a while may not have heard the other gateway either. */
  private boolean goesOn(Reading before, Reading next) {
    return before.beat.equals(next.beat)
        && Duration.between(before.last, next.last).compareTo(stillness.dividedBy(2)) <= 0;
  }

  private void end(Place place, SparkBackend backend, List<SparkSession> sessions) {
    LOG.warn(
        "gateway {} is gone: its {} Spark sessions on replica {} are ended",
        place.gateway,
        sessions.size(),
        place.replica);
    for (SparkSession session : sessions) {
      CompletableFuture<Void> end = backend.endSession(session);
      end.whenComplete(
          (done, failure) -> {
            if (failure != null && !isGone(failure)) {
              LOG.info("replica {}: a session is to be ended once more", place.replica, failure);
              readings.computeIfPresent(
                  place,
                  (same, reading) -> new Reading(reading.beat, reading.since, reading.last, false));
            }
          });
    }
  }

  /** Another gateway was first, or Spark had ended it. */
  private static boolean isGone(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof SluiceException refusal && refusal.code() == ErrorCode.REPLICA_LOST;
  }
}
