package io.sluice.policy.ranger;

import java.util.List;
import org.apache.ranger.plugin.conditionevaluator.RangerAbstractConditionEvaluator;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest;

/**
 * A condition written in JavaScript. Ranger's own evaluator takes a condition that it cannot
 * evaluate for true, or for false; this one throws, and the request is refused.
 */
public class ScriptCondition extends RangerAbstractConditionEvaluator {

  /** Ranger makes it by name. */
  public ScriptCondition() {}

  @Override
  public boolean isMatched(RangerAccessRequest request) {
    return ScriptRun.condition(request, script());
  }

  String script() {
    List<String> values = condition.getValues();
    if (values == null || values.size() != 1 || values.get(0).isBlank()) {
      throw new IllegalStateException("a script condition has no script");
    }
    return values.get(0).strip();
  }
}
