package io.sluice.gateway.statement;

/**
 * Where a statement runs, or waits to run.
 *
 * @param cluster the cluster's name
 * @param reason why there: what of the session, or which rule
 */
public record StatementRoute(String cluster, String reason) {

  /** Returns both, as the journal says them. */
  String text() {
    return "cluster " + cluster + ": " + reason;
  }
}
