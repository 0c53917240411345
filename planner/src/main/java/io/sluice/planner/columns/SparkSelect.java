package io.sluice.planner.columns;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A SELECT. Its expressions outside the select list (WHERE, GROUP BY, HAVING, windows, ORDER BY)
 * all stand in one condition, for they see the same relations; what else each may see is its column
 * references' {@link ColumnReference.Place}.
 */
final class SparkSelect extends SqlSelect {

  private final Set<String> aliases = new HashSet<>();
  private boolean madeUpNames;

  SparkSelect(List<SqlNode> items, @Nullable SqlNode from, List<SqlNode> conditions) {
    super(
        SqlParserPos.ZERO,
        null,
        new SqlNodeList(items, SqlParserPos.ZERO),
        from,
        conditions.isEmpty() ? null : Operators.condition(conditions),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
    for (SqlNode node : items) {
      if (node instanceof SelectItem item) {
        for (String name : item.names()) {
          aliases.add(Identifiers.folded(name));
          madeUpNames |= name.isEmpty();
        }
      }
    }
  }

  /** Returns whether a name can be one that the select list gives. */
  boolean gives(String name) {
    return aliases.contains(Identifiers.folded(name)) || madeUpNames && Identifiers.isMadeUp(name);
  }

  /** Adds expressions to those that the condition has. */
  void addConditions(List<SqlNode> conditions) {
    if (conditions.isEmpty()) {
      return;
    }
    SqlNode where = getWhere();
    SqlNode added = Operators.condition(conditions);
    setWhere(where == null ? added : Operators.condition(List.of(where, added)));
  }
}
