package io.sluice.planner.columns;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  private final Map<String, Integer> aliases = new HashMap<>();
  private final Set<String> names = new HashSet<>();
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
    int index = 0;
    for (SqlNode node : items) {
      if (node instanceof SelectItem item) {
        for (String name : item.names()) {
          names.add(ColumnNames.folded(name));
          madeUpNames |= name.isEmpty();
          if (item.isAliased()) {
            aliases.putIfAbsent(ColumnNames.folded(name), index);
          }
        }
        index++;
      }
    }
  }

  /** Returns whether a column of the result has a name. */
  boolean gives(String name) {
    return names.contains(ColumnNames.folded(name));
  }

  /** Returns whether Spark makes up the name of a column of the result. */
  boolean makesUpNames() {
    return madeUpNames;
  }

  /** Returns whether one of so many first items, stars not counted, has a name as its alias. */
  boolean aliases(String name, int items) {
    return aliases.getOrDefault(ColumnNames.folded(name), Integer.MAX_VALUE) < items;
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
