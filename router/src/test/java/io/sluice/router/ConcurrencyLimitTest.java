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

  /** Runs under pressure; returns how many statements ended. */
  private int press(ConcurrencyLimit limit, int knee, Duration time, Random noise) {
    Instant end = now.plus(time);
    int ended = 0;
    while (now.isBefore(end)) {
      double factor = 1 + 0.1 * noise.nextGaussian();
      double perSecond = throughput(limit.value(), knee) * Math.max(0.2, factor);
      now = now.plusNanos((long) (1e9 / perSecond));
      limit.ended(true, now);
      ended++;
    }
    return ended;
  }

  @ParameterizedTest
  @CsvSource({"2, 8", "4, 1", "6, 2", "10, 3", "12, 4", "16, 5", "20, 6", "24, 7"})
  void theKneeIsFoundWithinAMinuteAndItsThroughputKept(int knee, long seed) {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    Random noise = new Random(seed);
    press(limit, knee, Duration.ofSeconds(60), noise);
    int ended = press(limit, knee, Duration.ofSeconds(120), noise);
    assertThat(ended / 120.0).isGreaterThan(0.95 * PEAK);
  }

  @Test
  void aKneeThatMovesIsFollowed() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, 12, 24);
    Random noise = new Random(8);
    press(limit, 6, Duration.ofMinutes(3), noise);
    press(limit, 20, Duration.ofMinutes(3), noise);
    assertThat(press(limit, 20, Duration.ofMinutes(1), noise) / 60.0).isGreaterThan(0.95 * PEAK);
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
    press(limit, 2, Duration.ofMinutes(2), new Random(9));
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
    press(limit, 2, Duration.ofMinutes(2), new Random(9));
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
    press(limit, 2, Duration.ofMinutes(2), new Random(9));
    now = now.plusSeconds(25);
    press(limit, 2, Duration.ofSeconds(1), new Random(10));
    assertThat(limit.value()).isLessThan(8);
  }

  @Test
  void aFixedOneStays() {
    ConcurrencyLimit limit = new ConcurrencyLimit(12, 12, 12);
    press(limit, 4, Duration.ofMinutes(1), new Random(1));
    assertThat(limit.value()).isEqualTo(12);
  }

  @Property(tries = 200)
  void theBoundsHold(@ForAll @IntRange(min = 1, max = 60) int knee, @ForAll long seed) {
    ConcurrencyLimit limit = new ConcurrencyLimit(6, 12, 24);
    Random noise = new Random(seed);
    for (int second = 0; second < 60; second++) {
      press(limit, knee, Duration.ofSeconds(1), noise);
      assertThat(limit.value()).isBetween(6, 24);
    }
  }
}
