package io.sluice.model;

import java.util.Set;

/**
 * Who a statement runs for, as the identity provider named them.
 *
 * @param name user name, matched exactly
 * @param groups the groups that the identity provider vouches for; the policy engine may add its
 *     own
 */
public record Principal(String name, Set<String> groups) {

  public Principal {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a principal has a name");
    }
    groups = Set.copyOf(groups);
  }
}
