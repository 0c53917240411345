package io.sluice.planner.rewrite;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.QueryContexts.Role;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.TypeUtil;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleExpressionContext;

/**
 * Makes a policy's expression safe to stand in a statement: one expression, over columns of the
 * table alone, each qualified so that no name of the user's can capture it; no subquery, no
 * comment, only functions that give the same value for the same row.
 */
final class PolicyExpressions {

  /**
   * What an expression's names mean.
   *
   * @param table gives its names their meaning
   * @param read is asked for the values
   */
  private record Scope(TableMetadata table, TableMetadata read, String principal) {

    /** Returns the column as the table has it now, whatever it was called or typed then. */
    String value(Column column, String alias) {
      Column stored =
          read.columns().stream()
              .filter(other -> other.fieldId() == column.fieldId())
              .filter(other -> other.name().equalsIgnoreCase(column.name()))
              .findFirst()
              .orElseThrow(() -> otherThen(column));
      String value = Identifiers.quote(alias) + "." + Identifiers.quote(stored.name());
      if (stored.type().equals(column.type())) {
        return value;
      }
      if (!column.type().isPrimitiveType()
          || !TypeUtil.isPromotionAllowed(stored.type(), column.type().asPrimitiveType())) {
        throw otherThen(column);
      }
      return "CAST(" + value + " AS " + SqlTypes.name(column.type()) + ")";
    }

    private static IllegalArgumentException otherThen(Column column) {
      return new IllegalArgumentException("the column " + column.name() + " was not the same then");
    }
  }

  private final ExpressionRules rules;
  private final String alias;

  /**
   * @param alias what the table is called where the expression will stand
   */
  PolicyExpressions(SparkParser parser, String alias) {
    this.rules = new ExpressionRules(parser);
    this.alias = alias;
  }

  /**
   * Returns a row filter ready to stand behind WHERE.
   *
   * @param table of which the policy speaks
   * @param read the same table in the state that is read; each column that the expression names
   *     must be the same there
   * @throws IllegalArgumentException if it cannot be used, saying why
   */
  String filter(String expression, TableMetadata table, TableMetadata read, String principal) {
    return render(
        rules.filter(expression, name -> isBoolean(table, name)),
        new Scope(table, read, principal));
  }

  /**
   * Returns the expression of a mask.
   *
   * @param table of which the policy speaks
   * @param read the same table in the state that is read
   * @throws IllegalArgumentException if it cannot be used, saying why
   */
  String mask(String expression, TableMetadata table, TableMetadata read, String principal) {
    return render(rules.expression(expression), new Scope(table, read, principal));
  }

  private String render(ParsedSql<SingleExpressionContext> parsed, Scope scope) {
    TokenEdits edits = new TokenEdits();
    NamedExpressionContext expression = parsed.tree().namedExpression();
    qualify(expression, scope, edits);
    return edits.render(parsed, expression.getStart(), expression.getStop()).text();
  }

  private void qualify(ParserRuleContext node, Scope scope, TokenEdits edits) {
    Role role = ExpressionRules.role(node);
    if (node instanceof DereferenceContext dereference) {
      List<ParserRuleContext> parts = ExpressionRules.chain(dereference);
      if (parts != null) {
        qualifyColumn(parts, scope, edits);
        return;
      }
    }
    switch (role) {
      case COLUMN, CURRENT_VALUE -> {
        String name = Identifiers.name(node);
        boolean isColumn = column(scope.table(), name).isPresent();
        // A column called user is usual; one of these names would be there to change a policy.
        if (isColumn
            && (node instanceof CurrentLikeContext || FunctionAllowList.isPrincipal(name))
            && !name.equalsIgnoreCase("user")) {
          throw new IllegalArgumentException(
              name + " means a column or the session's value; write the table's name in front");
        }
        if (isColumn) {
          qualifyColumn(List.of(node), scope, edits);
        } else if (FunctionAllowList.isPrincipal(name)) {
          edits.replace(node.getStart(), node.getStop(), Identifiers.literal(scope.principal()));
        } else if (role == Role.COLUMN) {
          throw new IllegalArgumentException("the table has no column " + name);
        }
      }
      case FUNCTION_CALL -> {
        if (ExpressionRules.isPrincipal((FunctionCallContext) node)) {
          edits.replace(node.getStart(), node.getStop(), Identifiers.literal(scope.principal()));
        } else {
          qualifyChildren(node, 1, scope, edits);
        }
      }
      default -> qualifyChildren(node, 0, scope, edits);
    }
  }

  private void qualifyChildren(ParserRuleContext node, int from, Scope scope, TokenEdits edits) {
    for (int index = from; index < node.getChildCount(); index++) {
      ParseTree child = node.getChild(index);
      if (child instanceof ParserRuleContext context) {
        qualify(context, scope, edits);
      }
    }
  }

  private void qualifyColumn(List<ParserRuleContext> parts, Scope scope, TokenEdits edits) {
    TableMetadata table = scope.table();
    // As in Spark, the table's name comes first: a new column cannot take its place.
    int first =
        parts.size() > 1
                && table.name().table().equalsIgnoreCase(Identifiers.name(parts.get(0)))
                && column(table, Identifiers.name(parts.get(1))).isPresent()
            ? 1
            : 0;
    Optional<Column> column = column(table, Identifiers.name(parts.get(first)));
    if (column.isEmpty()) {
      throw new IllegalArgumentException(
          "the table has no column " + Identifiers.name(parts.get(0)));
    }
    edits.replace(
        parts.get(0).getStart(), parts.get(first).getStop(), scope.value(column.get(), alias));
  }

  private static Optional<Column> column(TableMetadata table, String name) {
    return table.columns().stream()
        .filter(column -> column.name().equalsIgnoreCase(name))
        .findFirst();
  }

  private static boolean isBoolean(TableMetadata table, String name) {
    return column(table, name)
        .filter(column -> column.type().typeId() == TypeID.BOOLEAN)
        .isPresent();
  }
}
