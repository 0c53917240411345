package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.kubernetes.GatewayLoads.SilentGateway;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How long it takes until what a gateway that died left running is ended, by a clock of its own.
 */
class LostGatewaysTest {

  /** Those of a gateway that serves; the last is how often it looks for lost ones. */
  private static final Duration TERM = Duration.ofSeconds(15);

  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final ReplicaId REPLICA = new ReplicaId("bi-1");

  private final Instant start = Instant.parse("2026-01-02T12:00:00Z");
  private final UUID id = UUID.randomUUID();
  private final SparkSession session = new SparkSession(UUID.randomUUID(), "ann");
  private final FakeReplica replica = new FakeReplica();
  private Instant now = start;

  /**
   * Has a gateway write its ledger and renew its Lease until it dies, each in its own rhythm, and
   * returns for how long its statements have gone on then.
   */
  private Duration untilEnded(Duration death, Duration ledgerAt, Duration leaseAt) {
    SessionLedger ledger = new SessionLedger(id, replicas -> List.of(session), () -> now);
    LostGateways lost = new LostGateways(TERM, () -> now);
    Instant renewed = start;
    for (Duration at = Duration.ZERO;
        at.compareTo(death.plusSeconds(60)) < 0;
        at = at.plusMillis(250)) {
      now = start.plus(at);
      boolean lives = at.compareTo(death) < 0;
      if (lives && isDue(at, ledgerAt, TICK)) {
        ledger.write(Map.of(REPLICA, replica));
      }
      if (lives && isDue(at, leaseAt, TICK)) {
        renewed = now;
      }
      if (isDue(at, Duration.ZERO, LOOK)) {
        lost.look(
            List.of(new SilentGateway("dying", id, Duration.between(renewed, now))),
            Map.of(REPLICA, replica));
      }
      if (!replica.ended.isEmpty()) {
        assertThat(lives).as("it was taken for dead while it lived").isFalse();
        assertThat(replica.ended).containsExactly(session);
        return at.minus(death);
      }
    }
    throw new AssertionError("its statements go on for ever");
  }

  private static boolean isDue(Duration at, Duration first, Duration every) {
    return at.compareTo(first) >= 0 && at.minus(first).toMillis() % every.toMillis() == 0;
  }

  /** A third of the half minute is left for what is slow: watches, answers, Spark itself. */
  @ParameterizedTest
  @CsvSource({
    "40000, 0, 0",
    "40250, 0, 0",
    "44750, 0, 0",
    "42500, 0, 2500",
    "42500, 2500, 0",
    "45250, 0, 4750",
    "45250, 4750, 0",
    "43000, 1250, 3750"
  })
  void itTakesNoMoreThanTwentySecondsHoweverTheRhythmsFall(long death, long ledger, long lease) {
    assertThat(
            untilEnded(
                Duration.ofMillis(death), Duration.ofMillis(ledger), Duration.ofMillis(lease)))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
  }
}
