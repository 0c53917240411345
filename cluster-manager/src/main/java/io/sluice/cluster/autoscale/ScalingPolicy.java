package io.sluice.cluster.autoscale;

import java.time.Duration;
import java.util.List;

/**
 * How a cluster is scaled.
 *
 * @param name what operators call it
 * @param out when it grows
 * @param in when it shrinks
 * @param idleSuspend after how long without a statement it goes down to its minimum, none included
 */
public record ScalingPolicy(String name, ScaleOut out, ScaleIn in, Duration idleSuspend) {

  /** Grows when a queue would outlast a start, and keeps spare permits. */
  public static ScalingPolicy standard() {
    return new ScalingPolicy(
        "standard",
        new ScaleOut.DrainTime(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ZERO, 0.8),
        new ScaleIn(0.8, Duration.ofMinutes(3), Duration.ZERO, 1),
        Duration.ofMinutes(5));
  }

  /** Grows only when the new replica would be busy for six minutes: cheaper, and waits longer. */
  public static ScalingPolicy economy() {
    return new ScalingPolicy(
        "economy",
        new ScaleOut.DrainTime(
            Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofMinutes(6), 1),
        new ScaleIn(1, Duration.ofMinutes(2), Duration.ZERO, 1),
        Duration.ofMinutes(2));
  }

  /**
   * Databricks' published rule for pro and classic warehouses: {@link ScaleOut.ClearingTime}, and
   * after 15 minutes of low load down to what their peak needed.
   */
  public static ScalingPolicy databricks() {
    return new ScalingPolicy(
        "databricks",
        new ScaleOut.ClearingTime(),
        new ScaleIn(1, Duration.ofMinutes(15), Duration.ZERO, 1),
        Duration.ofMinutes(10));
  }

  /**
   * Snowflake's published Standard policy: one more when a statement waits, the next 20 seconds
   * later, and one less after three checks a minute apart find that its statements would fit
   * elsewhere.
   */
  public static ScalingPolicy snowflake() {
    return new ScalingPolicy(
        "snowflake",
        new ScaleOut.OnQueue(Duration.ofSeconds(20)),
        new ScaleIn(1, Duration.ofMinutes(2), Duration.ofMinutes(1), 1),
        Duration.ofMinutes(10));
  }

  /** Returns all of them. */
  public static List<ScalingPolicy> presets() {
    return List.of(standard(), economy(), databricks(), snowflake());
  }

  /**
   * Returns the preset of that name.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static ScalingPolicy named(String name) {
    return presets().stream()
        .filter(policy -> policy.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no scaling policy "
                        + name
                        + "; choose one of "
                        + String.join(", ", presets().stream().map(ScalingPolicy::name).toList())
                        + "."));
  }
}
