package io.sluice.planner.columns;

import java.util.List;
import org.apache.calcite.sql.SqlNode;

/**
 * What stands in FROM.
 *
 * @param node Calcite's node
 * @param relations those that its names belong to
 */
record FromClause(SqlNode node, List<Relation> relations) {

  FromClause {
    relations = List.copyOf(relations);
  }
}
