package io.sluice.bench.simulate;

import io.sluice.cluster.autoscale.ScaleIn;
import io.sluice.cluster.autoscale.ScaleOut;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A way to scale, under the name that the tables have it by. */
public record Contender(String name, ScalingSettings settings) {

  private static final Duration DRAIN = Duration.ofMinutes(10);

  /** Returns the presets from zero, ours with a warm pool, and Kubernetes' autoscaler. */
  public static List<Contender> all(int max) {
    List<Contender> all = new ArrayList<>();
    for (ScalingPolicy policy : ScalingPolicy.presets()) {
      all.add(new Contender(policy.name(), new ScalingSettings(0, max, policy, DRAIN, 0)));
    }
    all.add(
        new Contender(
            "standard, warm pool of 1",
            new ScalingSettings(0, max, ScalingPolicy.standard(), DRAIN, 1)));
    all.add(
        new Contender("HPA, at least 1", new ScalingSettings(1, max, proportional(), DRAIN, 0)));
    all.add(new Contender("HPA, from zero", new ScalingSettings(0, max, proportional(), DRAIN, 0)));
    return all;
  }

  /**
   * Kubernetes' defaults for a target of 80 % of the permits: tolerance 0.1, windows 0 and 300 s.
   */
  private static ScalingPolicy proportional() {
    return new ScalingPolicy(
        "hpa",
        new ScaleOut.Proportional(0.8, 0.1),
        new ScaleIn(0.8, Duration.ofMinutes(5), Duration.ofSeconds(15), 1000),
        Duration.ofMinutes(5));
  }
}
