package io.sluice.cluster.autoscale;

import java.time.Duration;

/**
 * The bounds of a cluster and its policy.
 *
 * @param min the fewest replicas; 0 lets an idle cluster stop altogether
 * @param max the most replicas, draining ones not counted, the warm pool neither
 * @param drainTimeout how long a draining replica's statements may go on before they are ended
 * @param warmPool how many started replicas are kept ready for this cluster alone; with none, what
 *     others keep for several clusters is drawn upon, and neither filled nor emptied
 */
public record ScalingSettings(
    int min, int max, ScalingPolicy policy, Duration drainTimeout, int warmPool) {

  private static final int MOST_REPLICAS = 1000;

  public ScalingSettings {
    if (min < 0 || max < min || max > MOST_REPLICAS || warmPool < 0) {
      throw new IllegalArgumentException(
          "not numbers of replicas: at least " + min + " and at most " + max);
    }
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("a drain does not end before it begins");
    }
  }

  /** Settings with ten minutes to drain and no warm pool. */
  public static ScalingSettings of(int min, int max, ScalingPolicy policy) {
    return new ScalingSettings(min, max, policy, Duration.ofMinutes(10), 0);
  }

  /** Settings of a cluster that always has as many. */
  public static ScalingSettings fixed(int replicas) {
    return of(replicas, replicas, ScalingPolicy.standard());
  }
}
