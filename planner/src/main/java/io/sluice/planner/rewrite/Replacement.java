package io.sluice.planner.rewrite;

import io.sluice.model.TableName;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ReplaceTableContext;

/**
 * REPLACE TABLE where policies speak of columns of the table. What Spark is sent makes what was
 * authorised or fails, whatever others do to the table, or to those that its query reads, until
 * Spark has loaded them.
 *
 * @param table what is replaced
 * @param creates whether there is no such table, so that nothing is replaced
 * @param columns the names that the table is to have; empty where they are not known
 */
public record Replacement(
    ReplaceTableContext statement,
    TableName table,
    boolean creates,
    Optional<List<String>> columns) {

  /**
   * Makes a CREATE TABLE of what creates, and has what replaces take the columns of its query by
   * their names. They are qualified by the table's, not by what qualifies the names of policies,
   * since Spark's errors show it.
   */
  void edit(TokenEdits edits) {
    if (creates) {
      edits.replace(
          statement.replaceTableHeader().OR().getSymbol(),
          statement.replaceTableHeader().REPLACE().getSymbol(),
          "");
      return;
    }
    QueryContext query = statement.query();
    if (query == null || columns.isEmpty()) {
      return;
    }
    Token first = query.getStart();
    String source = Identifiers.quote(table.table());
    edits.insertBefore(
        first,
        columns.get().stream()
            .map(column -> source + "." + Identifiers.quote(column))
            .collect(Collectors.joining(", ", " SELECT ", " FROM (")));
    edits.insertAfter(query.getStop(), ") AS " + source);
  }
}
