package io.sluice.planner.policy;

import io.sluice.model.Principal;

/**
 * Decides who may read what. Every method fails closed: where the engine cannot decide it throws
 * {@link io.sluice.model.SluiceException} ({@code POLICY_UNAVAILABLE}, {@code POLICY_INVALID}), and
 * a caller must treat any other exception as a refusal too. Safe for use by many threads.
 */
public interface PolicyEngine extends AutoCloseable {

  /** Decides reading one table, whether or not it exists. */
  TableDecision decide(TableRequest request);

  /**
   * Returns whether the principal holds any privilege on anything in the schema, or, when {@code
   * schema} is {@code "*"}, anywhere in the catalog; what SHOW and USE are filtered by.
   */
  boolean maySee(Principal principal, String catalog, String schema);

  /** Returns what is loaded and what is wrong. */
  PolicyHealth health();

  @Override
  void close();
}
