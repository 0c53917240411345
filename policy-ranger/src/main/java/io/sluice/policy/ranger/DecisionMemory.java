package io.sluice.policy.ranger;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.TableDecision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What one set of policies decided about reading tables. It goes with the set, so nothing in it is
 * ever outdated; a set of which time, address or a script is part keeps none. Refusals that are
 * thrown are not kept. Bounded: what was asked for longest ago makes room, and very wide tables are
 * decided each time. Safe for use by many threads.
 */
final class DecisionMemory {

  static final int MOST_DECISIONS = 4_000;
  static final int MOST_COLUMNS = 1_000;

  /**
   * All that a decision without conditions depends on.
   *
   * @param principal with groups
   * @param columns in table order
   */
  record Question(Principal principal, TableName table, List<String> columns) {}

  private final Map<Question, TableDecision> decisions =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, TableDecision> eldest) {
          return size() > MOST_DECISIONS;
        }
      };

  /** Returns what was decided, or decides. */
  TableDecision get(Question question, Supplier<TableDecision> decide) {
    synchronized (decisions) {
      TableDecision known = decisions.get(question);
      if (known != null) {
        return known;
      }
    }
    TableDecision decision = decide.get();
    if (question.columns().size() <= MOST_COLUMNS) {
      synchronized (decisions) {
        decisions.put(question, decision);
      }
    }
    return decision;
  }

  int size() {
    synchronized (decisions) {
      return decisions.size();
    }
  }
}
