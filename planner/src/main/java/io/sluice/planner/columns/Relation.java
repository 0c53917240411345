package io.sluice.planner.columns;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** A relation in FROM, as names see it. */
final class Relation {

  private final List<String> qualifier;
  private @Nullable SqlNode onlyIn;

  /**
   * Creates a relation.
   *
   * @param qualifier what may stand before its columns, or a tail of it; empty when each column
   *     keeps its own
   */
  Relation(List<String> qualifier) {
    this.qualifier = List.copyOf(qualifier);
  }

  /** Hides the relation from all but the condition of one join: a semi or anti join's right. */
  void showOnlyIn(SqlNode join) {
    if (onlyIn == null) {
      onlyIn = join;
    }
  }

  boolean isVisibleIn(@Nullable SqlNode scope) {
    return onlyIn == null || onlyIn == scope;
  }

  List<String> qualifier(Field field) {
    return qualifier.isEmpty() ? field.qualifier() : qualifier;
  }

  /** Returns whether so many first parts of a name are a tail of the qualifier. */
  static boolean matches(List<String> qualifier, List<String> name, int parts) {
    int skipped = qualifier.size() - parts;
    if (skipped < 0) {
      return false;
    }
    for (int i = 0; i < parts; i++) {
      if (!qualifier.get(skipped + i).equalsIgnoreCase(name.get(i))) {
        return false;
      }
    }
    return true;
  }
}
