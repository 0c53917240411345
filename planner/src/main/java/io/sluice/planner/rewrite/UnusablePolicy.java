package io.sluice.planner.rewrite;

import io.sluice.model.TableName;

/** Why a policy cannot be applied to a table; for administrators alone. */
public final class UnusablePolicy extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient TableName table;
  private final String policyId;
  private final String reason;

  UnusablePolicy(TableName table, String policyId, Throwable cause) {
    super("policy " + policyId + " on " + table + ": " + cause.getMessage(), cause);
    this.table = table;
    this.policyId = policyId;
    this.reason = String.valueOf(cause.getMessage());
  }

  /** Returns what it speaks of. */
  public TableName table() {
    return table;
  }

  /** Returns the policy's id. */
  public String policyId() {
    return policyId;
  }

  /** Returns what is wrong, as a clause. */
  public String reason() {
    return reason;
  }
}
