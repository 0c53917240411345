package io.sluice.router;

import java.util.List;

/**
 * Where a statement is to run.
 *
 * @param cluster the cluster's name
 * @param fallback where it runs instead when that cluster cannot start, in this order
 * @param priority what it has beside others that wait there
 * @param reason why there, and why so, for people
 */
public record Route(String cluster, List<String> fallback, Priority priority, String reason) {

  public Route {
    fallback = List.copyOf(fallback);
  }
}
