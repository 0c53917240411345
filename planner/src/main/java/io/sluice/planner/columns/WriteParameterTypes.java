package io.sluice.planner.columns;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AssignmentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ComparisonContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InlineTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NotMatchedActionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ParenthesizedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RowConstructorContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleInsertQueryContext;
import org.jspecify.annotations.Nullable;

/**
 * The types that a write's target suggests for its {@code ?}: for a value the type of the column
 * that takes it, which Spark asks for in INSERT, and for a comparison that of the column compared.
 * They are hints, as {@link ColumnUse#parameterTypes} gives them.
 */
public final class WriteParameterTypes {

  private final List<Column> columns;

  private WriteParameterTypes(List<Column> columns) {
    this.columns = columns;
  }

  /**
   * Fills in what is not known.
   *
   * @param known one entry for each {@code ?} of the statement in text order
   * @param target the columns of the write's target
   */
  public static List<Optional<String>> of(
      ParserRuleContext statement, List<Optional<String>> known, List<Column> target) {
    List<ParserRuleContext> markers = ParameterTypes.markers(statement);
    if (markers.size() != known.size()) {
      return known;
    }
    WriteParameterTypes types = new WriteParameterTypes(target);
    List<Optional<String>> filled = new ArrayList<>();
    for (int index = 0; index < known.size(); index++) {
      ParserRuleContext marker = markers.get(index);
      filled.add(known.get(index).or(() -> types.asked(marker)));
    }
    return filled;
  }

  private Optional<String> asked(ParserRuleContext marker) {
    ParserRuleContext child = marker;
    ParserRuleContext parent = marker.getParent();
    while (parent != null
        && (parent instanceof ParenthesizedExpressionContext
            || (parent.getChildCount() == 1 && !(parent instanceof InlineTableContext)))) {
      child = parent;
      parent = parent.getParent();
    }
    if (parent instanceof AssignmentContext assignment && assignment.value == child) {
      return column(last(assignment.key));
    }
    if (parent instanceof ComparisonContext comparison) {
      return column(name(comparison.left == child ? comparison.right : comparison.left));
    }
    if (parent instanceof NotMatchedActionContext insert && insert.columns != null) {
      int index = insert.expression().indexOf(child);
      List<MultipartIdentifierContext> names = insert.columns.multipartIdentifier();
      return index >= 0 && index < names.size() ? column(last(names.get(index))) : Optional.empty();
    }
    if (parent instanceof RowConstructorContext row) {
      return inserted(row, row.namedExpression().indexOf(child));
    }
    return parent instanceof InlineTableContext table ? inserted(table, 0) : Optional.empty();
  }

  /** Returns the type of the column that takes a value of INSERT … VALUES. */
  private Optional<String> inserted(ParserRuleContext values, int index) {
    ParserRuleContext node = values;
    while (node != null
        && (node == values || node instanceof InlineTableContext || isWhole(node))) {
      ParserRuleContext parent = node.getParent();
      if (parent instanceof SingleInsertQueryContext insert) {
        IdentifierListContext list =
            insert.insertInto().getRuleContext(IdentifierListContext.class, 0);
        List<String> names =
            list == null
                ? columns.stream().map(Column::name).toList()
                : list.identifierSeq().ident.stream().map(Identifiers::name).toList();
        return index >= 0 && index < names.size() ? column(names.get(index)) : Optional.empty();
      }
      node = parent;
    }
    return Optional.empty();
  }

  /** Returns whether a node has one part that is not empty, as a query without ORDER BY has. */
  private static boolean isWhole(ParserRuleContext node) {
    return node.getRuleContexts(ParserRuleContext.class).stream()
            .filter(part -> part.getChildCount() > 0)
            .count()
        == 1;
  }

  private Optional<String> column(@Nullable String name) {
    return columns.stream()
        .filter(column -> column.name().equalsIgnoreCase(name))
        .findFirst()
        .filter(column -> column.type().isPrimitiveType())
        .map(column -> SparkTypes.name(column.type()));
  }

  private static @Nullable String name(ParserRuleContext side) {
    ParserRuleContext node = side;
    while (node.getChildCount() == 1 && node.getChild(0) instanceof ParserRuleContext inner) {
      if (node instanceof ColumnReferenceContext) {
        break;
      }
      node = inner;
    }
    if (node instanceof DereferenceContext dereference) {
      return Identifiers.name(dereference.fieldName);
    }
    return node instanceof ColumnReferenceContext ? Identifiers.name(node) : null;
  }

  private static String last(MultipartIdentifierContext name) {
    return Identifiers.name(name.parts.get(name.parts.size() - 1));
  }
}
