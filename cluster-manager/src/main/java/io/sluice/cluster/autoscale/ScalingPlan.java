package io.sluice.cluster.autoscale;

import java.util.List;

/**
 * What is to be done now.
 *
 * @param decisions in the order in which they are to be carried out
 * @param standing why there are neither more nor fewer replicas, for people; the reason of standing
 *     still
 * @param held whether there should be more replicas and nothing is done for it, as none may be
 *     started
 * @param history to be given back with the next state
 */
public record ScalingPlan(
    List<ScalingDecision> decisions, String standing, boolean held, ScalingHistory history) {

  public ScalingPlan {
    decisions = List.copyOf(decisions);
  }
}
