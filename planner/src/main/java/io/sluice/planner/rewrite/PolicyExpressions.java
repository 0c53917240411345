package io.sluice.planner.rewrite;

import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
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
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.TypeUtil;
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
  private final String alias;

  /**
   * @param alias what the table is called where the expression will stand
   */
  PolicyExpressions(SparkParser parser, String alias) {
    this.parser = parser;
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
    ParsedSql<SingleExpressionContext> parsed = parse(expression);
    if (!mayBeBoolean(parsed.tree().namedExpression().expression().booleanExpression(), table)) {
      throw new IllegalArgumentException("the expression is not boolean");
    }
    return render(parsed, new Scope(table, read, principal));
  }

  /**
   * Returns the expression of a mask.
   *
   * @param table of which the policy speaks
   * @param read the same table in the state that is read
   * @throws IllegalArgumentException if it cannot be used, saying why
   */
  String mask(String expression, TableMetadata table, TableMetadata read, String principal) {
    return render(parse(expression), new Scope(table, read, principal));
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
      throw new IllegalArgumentException("the expression cannot be parsed", e);
    }
    if (parsed.tokens().getTokens().stream().anyMatch(PolicyExpressions::isComment)) {
      throw new IllegalArgumentException("the expression holds a comment");
    }
    NamedExpressionContext named = parsed.tree().namedExpression();
    if (named.name != null || named.identifierList() != null) {
      throw new IllegalArgumentException("the expression has a name");
    }
    return parsed;
  }

  private String render(ParsedSql<SingleExpressionContext> parsed, Scope scope) {
    TokenEdits edits = new TokenEdits();
    NamedExpressionContext expression = parsed.tree().namedExpression();
    qualify(expression, scope, edits);
    return edits.render(parsed, expression.getStart(), expression.getStop()).text();
  }

  private void qualify(ParserRuleContext node, Scope scope, TokenEdits edits) {
    Role role = QueryContexts.role(node);
    if (role == null || !ALLOWED.contains(role)) {
      throw new IllegalArgumentException(
          "the expression holds a subquery, aggregate, lambda, star, parameter or the like");
    }
    if (node instanceof DereferenceContext dereference) {
      List<ParserRuleContext> parts = chain(dereference);
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
        if (isColumn && node instanceof CurrentLikeContext like && like.USER() == null) {
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
        if (isPrincipal((FunctionCallContext) node)) {
          edits.replace(node.getStart(), node.getStop(), Identifiers.literal(scope.principal()));
        } else {
          qualifyChildren(node, 1, scope, edits);
        }
      }
      case PREDICATE -> {
        if (((PredicateContext) node).query() != null) {
          throw new IllegalArgumentException("the expression holds a subquery");
        }
        qualifyChildren(node, 0, scope, edits);
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

  /** Returns whether the call asks for the user; refuses one that depends on more than the row. */
  private static boolean isPrincipal(FunctionCallContext call) {
    String name = call.functionName().getText();
    if (call.functionName().IDENTIFIER_KW() != null) {
      throw new IllegalArgumentException("the expression calls IDENTIFIER()");
    }
    if (call.functionName().qualifiedName() != null) {
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
    for (ParserRuleContext part : parts) {
      Identifiers.name(part);
    }
    edits.replace(
        parts.get(0).getStart(), parts.get(first).getStop(), scope.value(column.get(), alias));
  }

  /** Returns the parts of {@code a.b.c}; null when its beginning is no name. */
  private static @Nullable List<ParserRuleContext> chain(DereferenceContext top) {
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

  private static Optional<Column> column(TableMetadata table, String name) {
    return table.columns().stream()
        .filter(column -> column.name().equalsIgnoreCase(name))
        .findFirst();
  }

  /** Returns false for what is clearly no condition; Spark refuses the rest. */
  private static boolean mayBeBoolean(BooleanExpressionContext node, TableMetadata table) {
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
      return mayBeBoolean(inner.expression().booleanExpression(), table);
    }
    if (primary instanceof ConstantDefaultContext constant) {
      return constant.constant() instanceof BooleanLiteralContext;
    }
    if (primary instanceof ColumnReferenceContext) {
      return column(table, Identifiers.name(primary))
          .filter(column -> column.type().typeId() == TypeID.BOOLEAN)
          .isPresent();
    }
    return !(primary instanceof CurrentLikeContext);
  }
}
