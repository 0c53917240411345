package io.sluice.router;

import java.util.List;

/**
 * A rule.
 *
 * @param name what the journal calls it
 * @param when when it applies
 * @param cluster where what it applies to runs
 * @param fallback where it runs instead when that cluster cannot start, in this order
 * @param priority what it has beside others that wait
 */
public record RoutingRule(
    String name, RuleConditions when, String cluster, List<String> fallback, Priority priority) {

  public RoutingRule {
    fallback = List.copyOf(fallback);
  }
}
