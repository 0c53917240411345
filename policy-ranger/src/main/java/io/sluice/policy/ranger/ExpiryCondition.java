package io.sluice.policy.ranger;

import org.apache.ranger.plugin.policyengine.RangerAccessRequest;

/**
 * Ranger's {@code accessed-after-expiry} of tag policies: whether the tag's {@code expiry_date} has
 * passed, to be compared with {@code yes} or {@code no}. A tag without such a date has expired.
 */
public final class ExpiryCondition extends ScriptCondition {

  /** Ranger makes it by name. */
  public ExpiryCondition() {}

  @Override
  public boolean isMatched(RangerAccessRequest request) {
    boolean expired = ScriptRun.condition(request, "ctx.isAccessedAfter('expiry_date')");
    return expired == script().equalsIgnoreCase("yes");
  }
}
