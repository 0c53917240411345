package io.sluice.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server whose throughput has a knee, pressed by more clients than it can take. */
class ConcurrencyLimitTest {

  private static final double PEAK = 100;

  private Instant now = Instant.EPOCH;

  /** Statements per second: proportional up to the knee, and falling beyond it. */
  private static double throughput(int running, int knee) {
    return running <= knee ? PEAK * running / knee : PEAK * (1 - 0.015 * (running - knee));
  }

  /** Runs under pressure; returns the mean share of the most that the limits in force can give. */
  private double press(ConcurrencyLimit limit, int knee, Duration time, Noise noise) {
    Instant end = now.plus(time);
    Duration busy = Duration.ZERO;
    double share = 0;
    while (now.isBefore(end)) {
      double perSecond = throughput(limit.value(), knee);
      Duration taken = Duration.ofNanos((long) (1e9 / (perSecond * noise.factor(now))));
      now = now.plus(taken);
      busy = busy.plus(taken);
      share += perSecond / PEAK * taken.toNanos();
      limit.ended(true, now);
    }
    return share / busy.toNanos();
  }

  /**
   * What disturbs the throughput: of each statement by itself, of all for some seconds, and a
   * server that becomes faster for its first minutes.
   */
  private static final class Noise {

    private static final double EACH = 0.1;
    private static final Duration STEP = Duration.ofMillis(250);
    private static final double STAYS = Math.exp(-STEP.toMillis() / 3000.0);

    private final Random random;
    private final double slow;
    private final double cold;
    private double drift;
    private Instant drifted = Instant.EPOCH;

    Noise(long seed, double slow, double cold) {
      this.random = new Random(seed);
      this.slow = slow;
      this.cold = cold;
    }

    Noise(long seed) {
      this(seed, 0, 0);
    }

    double factor(Instant now) {
      while (drifted.isBefore(now)) {
        drifted = drifted.plus(STEP);
        drift = STAYS * drift + Math.sqrt(1 - STAYS * STAYS) * slow * random.nextGaussian();
      }
      double age = Duration.between(Instant.EPOCH, now).toMillis() / 1e3;
      double each = Math.max(0.2, 1 + EACH * random.nextGaussian());
      return each * Math.exp(drift) * (1 - cold * Math.exp(-age / 60));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 8", "4, 1", "6, 2", "10, 3", "12, 4", "16, 5", "20, 6", "24, 7"})
  void theKneeIsFoundWithinAMinuteAndItsThroughputKept(int knee, long seed) {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    Noise noise = new Noise(seed);
    press(limit, knee, Duration.ofSeconds(60), noise);
    assertThat(press(limit, knee, Duration.ofSeconds(120), noise)).isGreaterThan(0.95);
  }

  @ParameterizedTest
  @CsvSource({"2", "4", "6", "10", "12", "16", "20", "24"})
  void aServerThatWarmsUpAndIsNowSlowNowFastKeepsItTooOnAverage(int knee) {
    double sum = 0;
    for (long seed = 0; seed < 100; seed++) {
      now = Instant.EPOCH;
      ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
      Noise noise = new Noise(seed, 0.15, 0.7);
      press(limit, knee, Duration.ofSeconds(60), noise);
      double kept = press(limit, knee, Duration.ofSeconds(120), noise);
      assertThat(kept).isGreaterThan(0.88);
      sum += kept;
    }
    assertThat(sum / 100).isGreaterThan(0.95);
  }

  @Test
  void aKneeThatMovesIsFollowed() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    Noise noise = new Noise(8);
    press(limit, 6, Duration.ofMinutes(3), noise);
    press(limit, 20, Duration.ofMinutes(3), noise);
    assertThat(press(limit, 20, Duration.ofMinutes(1), noise)).isGreaterThan(0.95);
  }

  @Test
  void aLimitForWhichThereAreNotEnoughStatementsIsNotKept() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    Noise noise = new Noise(11);
    for (int ending = 0; ending < 20_000; ending++) {
      double running = Math.min(20, limit.value());
      now = now.plusNanos((long) (1e9 / (throughput((int) running, 6) * noise.factor(now))));
      limit.ended(limit.value() < 20, now);
    }
    assertThat(limit.value()).isBetween(4, 9);
  }

  @Test
  void withoutPressureAndForLongStatementsNothingChanges() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    for (int ending = 0; ending < 10_000; ending++) {
      now = now.plusMillis(10);
      limit.ended(false, now);
    }
    for (int ending = 0; ending < 1000; ending++) {
      now = now.plusSeconds(2);
      limit.ended(true, now);
    }
    assertThat(limit.value()).isEqualTo(12);
  }

  @Test
  void longStatementsAfterShortOnesFindTheLimitThatItBeganWith() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    press(limit, 2, Duration.ofMinutes(2), new Noise(9));
    assertThat(limit.value()).isLessThan(8);
    for (int ending = 0; ending < 30; ending++) {
      now = now.plusSeconds(2);
      limit.ended(true, now);
    }
    assertThat(limit.value()).isEqualTo(12);
  }

  @Test
  void longStatementsThatHoldAllPermitsDoNotHoldUpTheOthers() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    press(limit, 2, Duration.ofMinutes(2), new Noise(9));
    int learnt = limit.value();
    // After an idle hour the next ones begin by what was learnt.
    now = now.plus(Duration.ofHours(1));
    limit.begins(now);
    limit.waits(now.plusSeconds(5));
    assertThat(limit.value()).isEqualTo(learnt);
    limit.waits(now.plusSeconds(6));
    assertThat(limit.value()).isEqualTo(12);
  }

  @Test
  void oneSlowWindowIsForgiven() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    press(limit, 2, Duration.ofMinutes(2), new Noise(9));
    now = now.plusSeconds(25);
    press(limit, 2, Duration.ofSeconds(1), new Noise(10));
    assertThat(limit.value()).isLessThan(8);
  }

  @Test
  void aFixedOneStays() {
    ConcurrencyLimit limit = new ConcurrencyLimit(12, 12, 12);
    press(limit, 4, Duration.ofMinutes(1), new Noise(1));
    assertThat(limit.value()).isEqualTo(12);
  }

  @Property(tries = 200)
  void theBoundsHold(@ForAll @IntRange(min = 1, max = 60) int knee, @ForAll long seed) {
    ConcurrencyLimit limit = new ConcurrencyLimit(6, 12, 24);
    Noise noise = new Noise(seed);
    for (int second = 0; second < 60; second++) {
      press(limit, knee, Duration.ofSeconds(1), noise);
      assertThat(limit.value()).isBetween(6, 24);
    }
  }
}
