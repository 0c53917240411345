package io.sluice.router;

import io.sluice.model.Principal;
import java.util.Collections;
import java.util.Set;

/**
 * A cluster as routing knows it.
 *
 * @param groups whose members may use it; empty for everybody
 */
public record RoutedCluster(String name, Set<String> groups) {

  public RoutedCluster {
    groups = Set.copyOf(groups);
  }

  /** Returns whether only some may use it. */
  public boolean isRestricted() {
    return !groups.isEmpty();
  }

  /** Returns whether a user may use it, and know of it. */
  public boolean admits(Principal principal) {
    return groups.isEmpty() || !Collections.disjoint(groups, principal.groups());
  }
}
