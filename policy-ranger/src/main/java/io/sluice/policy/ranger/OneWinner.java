package io.sluice.policy.ranger;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.apache.ranger.plugin.contextenricher.RangerTagForEval;
import org.apache.ranger.plugin.policyengine.PolicyEngine;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest;
import org.apache.ranger.plugin.policyengine.RangerAccessResult;
import org.apache.ranger.plugin.policyengine.RangerPolicyRepository;
import org.apache.ranger.plugin.policyengine.RangerTagAccessRequest;
import org.apache.ranger.plugin.policyevaluator.RangerPolicyEvaluator;
import org.apache.ranger.plugin.util.RangerAccessRequestUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of several row filters, or several masks, that apply to one request Ranger takes one: not the
 * most specific and not all together, but the first in an order of its own, so that adding a policy
 * can uncover what another hides. Where two of the same priority apply and differ, we refuse
 * instead. Priority still decides, and a tag's mask still comes before a resource's, as documented
 * by Ranger.
 */
final class OneWinner {

  private static final Logger LOG = LoggerFactory.getLogger(OneWinner.class);

  private final PolicyEngine engine;
  private final Set<Long> tagPolicyIds;

  OneWinner(PolicyEngine engine, Set<Long> tagPolicyIds) {
    this.engine = engine;
    this.tagPolicyIds = tagPolicyIds;
  }

  /**
   * Throws if another policy gives another answer.
   *
   * @param request one that the engine has answered
   * @param winner what it answered
   * @param policyType Ranger's number for row filters or masks
   * @param answer what must not differ
   */
  void require(
      RangerAccessRequest request,
      RangerAccessResult winner,
      int policyType,
      Function<RangerAccessResult, String> answer) {
    if (winner.getPolicyId() < 0) {
      return;
    }
    if (!tagPolicyIds.contains(winner.getPolicyId())) {
      compare(engine.getPolicyRepository(), request, winner, policyType, answer);
      return;
    }
    Set<RangerTagForEval> tags =
        RangerAccessRequestUtil.getRequestTagsFromContext(request.getContext());
    for (RangerTagForEval tag : new HashSet<>(tags)) {
      RangerPolicyRepository repository = engine.getTagPolicyRepository();
      RangerAccessRequest tagRequest =
          new RangerTagAccessRequest(tag, repository.getServiceDef(), request);
      compare(repository, tagRequest, winner, policyType, answer);
    }
  }

  private static void compare(
      RangerPolicyRepository repository,
      RangerAccessRequest request,
      RangerAccessResult winner,
      int policyType,
      Function<RangerAccessResult, String> answer) {
    for (RangerPolicyEvaluator evaluator :
        repository.getLikelyMatchPolicyEvaluators(request, policyType)) {
      if (evaluator.getPolicyId() == winner.getPolicyId()
          || evaluator.getPolicyPriority() != winner.getPolicyPriority()
          || !evaluator.isApplicable(request.getAccessTime())) {
        continue;
      }
      RangerAccessResult other =
          new RangerAccessResult(
              policyType, repository.getServiceName(), repository.getServiceDef(), request);
      evaluator.evaluate(request, other);
      if (other.getIsAllowed() && !answer.apply(other).equals(answer.apply(winner))) {
        LOG.warn(
            "policies {} and {} of {} apply to the same request and differ; give one of them"
                + " policyPriority 1",
            winner.getPolicyId(),
            evaluator.getPolicyId(),
            repository.getServiceName());
        throw new SluiceException(
            ErrorCode.POLICY_INVALID,
            "Two policies of the same priority restrict this table differently; an administrator"
                + " has to give one of them a higher priority.");
      }
    }
  }
}
