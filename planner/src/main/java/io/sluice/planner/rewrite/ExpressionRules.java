package io.sluice.planner.rewrite;

import io.sluice.model.SluiceException;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.function.FunctionKind;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.QueryContexts;
import io.sluice.planner.relation.QueryContexts.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ArithmeticBinaryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ArithmeticUnaryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BooleanExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BooleanLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ConstantDefaultContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ParenthesizedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PredicateContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PredicatedContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PrimaryExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ValueExpressionDefaultContext;
import org.jspecify.annotations.Nullable;

/**
 * What is required of a policy's expression whatever its table: one expression, no subquery, no
 * comment, only functions that give the same value for the same row.
 */
final class ExpressionRules {

  /** Parts of the grammar that a query may hold but a policy may not be trusted with. */
  private static final Set<Role> ALLOWED =
      Set.of(
          Role.PLAIN,
          Role.FUNCTION_CALL,
          Role.COLUMN,
          Role.CURRENT_VALUE,
          Role.PREDICATE,
          Role.UNQUOTED,
          Role.COLUMN_ALIAS);

  private final SparkParser parser;

  ExpressionRules(SparkParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a row filter.
   *
   * @param booleanColumn whether a bare name may be a condition
   * @throws IllegalArgumentException if it breaks a rule, saying which
   */
  ParsedSql<SingleExpressionContext> filter(String expression, Predicate<String> booleanColumn) {
    ParsedSql<SingleExpressionContext> parsed = expression(expression);
    if (!mayBeBoolean(
        parsed.tree().namedExpression().expression().booleanExpression(), booleanColumn)) {
      throw new IllegalArgumentException("the expression is not boolean");
    }
    return parsed;
  }

  /**
   * Reads an expression of whatever type.
   *
   * @throws IllegalArgumentException if it breaks a rule, saying which
   */
  ParsedSql<SingleExpressionContext> expression(String expression) {
    ParsedSql<SingleExpressionContext> parsed = parse(expression);
    check(parsed.tree().namedExpression());
    return parsed;
  }

  static boolean isComment(Token token) {
    return token.getType() == SqlBaseLexer.SIMPLE_COMMENT
        || token.getType() == SqlBaseLexer.BRACKETED_COMMENT;
  }

  private ParsedSql<SingleExpressionContext> parse(String expression) {
    if (expression.contains("${")) {
      throw new IllegalArgumentException("the expression holds ${");
    }
    ParsedSql<SingleExpressionContext> parsed;
    try {
      parsed = parser.expression(expression);
    } catch (SluiceException e) {
      throw new IllegalArgumentException("the expression cannot be parsed: " + e.getMessage(), e);
    }
    if (parsed.tokens().getTokens().stream().anyMatch(ExpressionRules::isComment)) {
      throw new IllegalArgumentException("the expression holds a comment");
    }
    NamedExpressionContext named = parsed.tree().namedExpression();
    if (named.name != null || named.identifierList() != null) {
      throw new IllegalArgumentException("the expression has a name");
    }
    return parsed;
  }

  private static void check(ParserRuleContext node) {
    Role role = role(node);
    if (node instanceof DereferenceContext dereference) {
      List<ParserRuleContext> parts = chain(dereference);
      if (parts != null) {
        parts.forEach(Identifiers::name);
        return;
      }
    }
    if (node instanceof PredicateContext predicate && predicate.query() != null) {
      throw new IllegalArgumentException("the expression holds a subquery");
    }
    if (role == Role.COLUMN) {
      Identifiers.name(node);
    }
    int first = 0;
    if (role == Role.FUNCTION_CALL) {
      if (isPrincipal((FunctionCallContext) node)) {
        return;
      }
      first = 1;
    }
    for (int index = first; index < node.getChildCount(); index++) {
      ParseTree child = node.getChild(index);
      if (child instanceof ParserRuleContext context) {
        check(context);
      }
    }
  }

  /**
   * Returns what a part of an expression is.
   *
   * @throws IllegalArgumentException for a part that no policy may hold
   */
  static Role role(ParserRuleContext node) {
    Role role = QueryContexts.role(node);
    if (role == null || !ALLOWED.contains(role)) {
      throw new IllegalArgumentException(
          "the expression holds a subquery, aggregate, lambda, star, parameter or the like");
    }
    return role;
  }

  /** Returns whether the call asks for the user; refuses one that depends on more than the row. */
  static boolean isPrincipal(FunctionCallContext call) {
    String name = call.functionName().getText();
    if (call.functionName().IDENTIFIER_KW() != null) {
      throw new IllegalArgumentException("the expression calls IDENTIFIER()");
    }
    if (call.functionName().qualifiedName() != null
        && call.functionName().qualifiedName().identifier().size() == 1) {
      name = Identifiers.name(call.functionName().qualifiedName());
    }
    FunctionKind kind = FunctionAllowList.ofSpark().kind(name).orElse(null);
    boolean plain =
        call.windowSpec() == null && call.FILTER() == null && call.setQuantifier() == null;
    if (kind == FunctionKind.PRINCIPAL && call.getChildCount() == 3) {
      return true;
    }
    if (kind != FunctionKind.SCALAR || !plain) {
      throw new IllegalArgumentException("the expression may not call " + name);
    }
    return false;
  }

  /** Returns the parts of {@code a.b.c}; null when its beginning is no name. */
  static @Nullable List<ParserRuleContext> chain(DereferenceContext top) {
    List<ParserRuleContext> parts = new ArrayList<>();
    PrimaryExpressionContext node = top;
    while (node instanceof DereferenceContext dereference) {
      IdentifierContext field = dereference.fieldName;
      parts.add(field);
      node = dereference.base;
    }
    if (!(node instanceof ColumnReferenceContext || node instanceof CurrentLikeContext)) {
      return null;
    }
    parts.add(node);
    Collections.reverse(parts);
    return parts;
  }

  /** Returns false for what is clearly no condition; Spark refuses the rest. */
  private static boolean mayBeBoolean(
      BooleanExpressionContext node, Predicate<String> booleanColumn) {
    if (!(node instanceof PredicatedContext predicated) || predicated.predicate() != null) {
      return true;
    }
    if (predicated.valueExpression() instanceof ArithmeticBinaryContext
        || predicated.valueExpression() instanceof ArithmeticUnaryContext) {
      return false;
    }
    if (!(predicated.valueExpression() instanceof ValueExpressionDefaultContext value)) {
      return true;
    }
    PrimaryExpressionContext primary = value.primaryExpression();
    if (primary instanceof ParenthesizedExpressionContext inner) {
      return mayBeBoolean(inner.expression().booleanExpression(), booleanColumn);
    }
    if (primary instanceof ConstantDefaultContext constant) {
      return constant.constant() instanceof BooleanLiteralContext;
    }
    if (primary instanceof ColumnReferenceContext) {
      return booleanColumn.test(Identifiers.name(primary));
    }
    return !(primary instanceof CurrentLikeContext);
  }
}
