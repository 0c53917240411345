package io.sluice.planner.columns;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RegularQuerySpecificationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableContext;

/** Which columns of its base tables a query uses. */
public final class ColumnUse {

  /** Returns the first denied column that the query uses. */
  public Optional<DeniedColumn> firstDenied(
      ParserRuleContext query, Map<ParserRuleContext, ReadTable> relations) {
    for (Map.Entry<ParserRuleContext, ReadTable> relation : relations.entrySet()) {
      ReadTable read = relation.getValue();
      for (String column : read.table().columnNames()) {
        if (read.denied().contains(column) && names(query, column, relation.getKey())) {
          return Optional.of(new DeniedColumn(read.table().name(), column));
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the types that the text suggests for its parameters. */
  public List<Optional<String>> parameterTypes(
      ParserRuleContext query, Map<ParserRuleContext, ReadTable> relations) {
    return List.of();
  }

  private static boolean names(ParseTree node, String column, ParserRuleContext naming) {
    if (node instanceof TerminalNode leaf) {
      String text = leaf.getText();
      return text.replace("`", "").equalsIgnoreCase(column)
          || (leaf.getParent() instanceof StarContext star
              && !isCount(star)
              && covers(star, naming));
    }
    if (node instanceof TableContext) {
      return true;
    }
    for (int child = 0; child < node.getChildCount(); child++) {
      if (names(node.getChild(child), column, naming)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the SELECT of a star holds the relation. */
  private static boolean covers(StarContext star, ParserRuleContext naming) {
    ParserRuleContext select = star;
    while (select != null && !(select instanceof RegularQuerySpecificationContext)) {
      select = select.getParent();
    }
    ParserRuleContext node = naming;
    while (node != null && node != select) {
      node = node.getParent();
    }
    return node == select;
  }

  private static boolean isCount(ParserRuleContext star) {
    ParserRuleContext node = star;
    while (node.getChildCount() == 1 || node == star) {
      node = node.getParent();
    }
    return node instanceof FunctionCallContext call
        && call.functionName().getText().equalsIgnoreCase("count");
  }

  /** A table that a query reads and its columns that may not be read. */
  public record ReadTable(TableMetadata table, Set<String> denied) {}

  /** A column that may not be read. */
  public record DeniedColumn(TableName table, String column) {}
}
