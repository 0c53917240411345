package io.sluice.planner.columns;

import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CastByColonContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CastContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ParenthesizedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;

/** The column names that Spark gives to an item of a select list. */
final class OutputNames {

  /** Functions in a select list that make columns of their own naming. */
  private static final Set<String> GENERATORS =
      Set.of(
          "collations",
          "explode",
          "explode_outer",
          "inline",
          "inline_outer",
          "json_tuple",
          "posexplode",
          "posexplode_outer",
          "stack",
          "variant_explode",
          "variant_explode_outer");

  private OutputNames() {}

  /** Returns the names; an empty one is an expression's that Spark names after its text. */
  static List<String> of(NamedExpressionContext item) {
    if (item.name != null) {
      return List.of(Identifiers.name(item.name));
    }
    if (item.identifierList() != null) {
      return Identifiers.parts(item.identifierList().identifierSeq());
    }
    return List.of(name(item.expression()));
  }

  static boolean areGiven(NamedExpressionContext item) {
    return item.name != null || item.identifierList() != null;
  }

  static boolean areUnknown(NamedExpressionContext item) {
    return !areGiven(item)
        && unwrapped(item.expression()) instanceof FunctionCallContext call
        && GENERATORS.contains(ColumnNames.folded(call.functionName().getText()));
  }

  static boolean isStar(ParserRuleContext expression) {
    return unwrapped(expression) instanceof StarContext;
  }

  /** Returns what stands in an expression that adds nothing of its own to it. */
  static ParserRuleContext unwrapped(ParserRuleContext expression) {
    ParserRuleContext context = expression;
    while (true) {
      if (context instanceof ParenthesizedExpressionContext parentheses) {
        context = parentheses.expression();
      } else if (context.getChildCount() == 1
          && context.getChild(0) instanceof ParserRuleContext child
          && !(context instanceof ColumnReferenceContext)
          && !(context instanceof CurrentLikeContext)) {
        context = child;
      } else {
        return context;
      }
    }
  }

  static String name(ParserRuleContext expression) {
    ParserRuleContext context = unwrapped(expression);
    if (context instanceof ColumnReferenceContext reference) {
      return Identifiers.name(reference.identifier());
    }
    if (context instanceof CurrentLikeContext) {
      return context.getText();
    }
    if (context instanceof DereferenceContext dereference) {
      return Identifiers.name(dereference.fieldName);
    }
    if (context instanceof CastContext cast) {
      return name(cast.expression());
    }
    return context instanceof CastByColonContext cast ? name(cast.primaryExpression()) : "";
  }
}
