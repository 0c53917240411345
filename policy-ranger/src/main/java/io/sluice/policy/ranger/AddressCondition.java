package io.sluice.policy.ranger;

import org.apache.ranger.plugin.conditionevaluator.RangerIpMatcher;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest;

/**
 * A condition on the client's address. Ranger's own evaluator matches every request whose address
 * is unknown, so that an allow for one network is an allow for all; this one throws instead.
 */
public final class AddressCondition extends RangerIpMatcher {

  /** Ranger makes it by name. */
  public AddressCondition() {}

  @Override
  public boolean isMatched(RangerAccessRequest request) {
    String address = request.getClientIPAddress();
    if (address == null || address.isBlank()) {
      if (Questions.isAboutVisibility(request)) {
        return false;
      }
      throw new IllegalStateException("the client's address is unknown");
    }
    return super.isMatched(request);
  }
}
