package io.sluice.planner.variable;

import io.sluice.model.TableName;
import io.sluice.planner.policy.TableDecision;
import java.util.List;

/**
 * A table or view that a variable's value was read from, with what policy left of it then. The
 * value may be used as long as policy decides the same.
 *
 * @param columns all columns that it had
 * @param decision without the version of the policies, which other changes move too
 */
public record ValueSource(TableName relation, List<String> columns, TableDecision decision) {

  public ValueSource {
    columns = List.copyOf(columns);
    decision = withoutVersion(decision);
  }

  /** Returns whether this is what policy leaves of it now. */
  public boolean isStill(TableDecision now) {
    return decision.equals(withoutVersion(now));
  }

  private static TableDecision withoutVersion(TableDecision decision) {
    return new TableDecision(
        decision.granted(), decision.deniedColumns(), decision.rowFilter(), decision.masks(), "");
  }
}
