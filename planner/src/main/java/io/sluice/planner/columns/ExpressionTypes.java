package io.sluice.planner.columns;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.*;
import org.jspecify.annotations.Nullable;

/**
 * Spark's types of expressions, as far as they are told by columns, literals, casts and well-known
 * functions.
 */
final class ExpressionTypes {

  private static final Set<String> LIKE_FIRST_ARGUMENT =
      Set.of(
          "abs",
          "any_value",
          "array_max",
          "coalesce",
          "first",
          "first_value",
          "greatest",
          "ifnull",
          "lag",
          "last",
          "last_value",
          "lead",
          "least",
          "max",
          "min",
          "mode",
          "nullif",
          "nvl");
  private static final Set<String> STRINGS =
      Set.of(
          "concat",
          "concat_ws",
          "date_format",
          "initcap",
          "left",
          "lcase",
          "lower",
          "lpad",
          "ltrim",
          "regexp_extract",
          "regexp_replace",
          "repeat",
          "replace",
          "reverse",
          "right",
          "rpad",
          "rtrim",
          "substr",
          "substring",
          "translate",
          "trim",
          "ucase",
          "upper");
  private static final Set<String> INTEGERS =
      Set.of(
          "ascii",
          "char_length",
          "character_length",
          "datediff",
          "day",
          "dayofmonth",
          "dayofweek",
          "dayofyear",
          "dense_rank",
          "hour",
          "instr",
          "length",
          "locate",
          "minute",
          "month",
          "ntile",
          "quarter",
          "rank",
          "row_number",
          "second",
          "sign",
          "size",
          "weekofyear",
          "year");
  private static final Set<String> DATES =
      Set.of(
          "add_months",
          "curdate",
          "current_date",
          "date",
          "date_add",
          "date_sub",
          "last_day",
          "make_date",
          "next_day",
          "to_date",
          "trunc");
  private static final Set<String> TIMESTAMPS =
      Set.of("current_timestamp", "date_trunc", "now", "to_timestamp");

  private final boolean wanted;
  private final Map<ParserRuleContext, ColumnReference> references = new IdentityHashMap<>();

  /**
   * Creates an empty store.
   *
   * @param wanted whether types are asked for at all
   */
  ExpressionTypes(boolean wanted) {
    this.wanted = wanted;
  }

  boolean areWanted() {
    return wanted;
  }

  /** Makes known the column that stands at a place in the text. */
  void refer(ParserRuleContext context, ColumnReference reference) {
    if (wanted) {
      references.put(context, reference);
    }
  }

  /** Returns the type of an expression whose columns have been resolved. */
  Optional<String> of(@Nullable ParserRuleContext expression) {
    if (!wanted || expression == null) {
      return Optional.empty();
    }
    ParserRuleContext context = OutputNames.unwrapped(expression);
    if (context instanceof ColumnReferenceContext || context instanceof DereferenceContext) {
      return column(context);
    }
    if (context instanceof CastContext cast) {
      return DataTypeNames.of(cast.dataType());
    }
    if (context instanceof CastByColonContext cast) {
      return DataTypeNames.of(cast.dataType());
    }
    if (context instanceof ArithmeticBinaryContext arithmetic) {
      return arithmetic(arithmetic);
    }
    if (context instanceof ArithmeticUnaryContext arithmetic) {
      return of(arithmetic.valueExpression());
    }
    if (context instanceof FunctionCallContext call) {
      return function(call);
    }
    if (context instanceof SearchedCaseContext branches) {
      return firstOf(branches.whenClause().stream().map(each -> each.result));
    }
    if (context instanceof SimpleCaseContext branches) {
      return firstOf(branches.whenClause().stream().map(each -> each.result));
    }
    if (context instanceof SubqueryExpressionContext subquery) {
      return of(subquery.query());
    }
    return context instanceof CurrentLikeContext now
        ? column(now).or(() -> DataTypeNames.ofCurrent(now.getText()))
        : known(context);
  }

  /** Returns the type of the one column that a subquery gives. */
  Optional<String> of(QueryContext query) {
    if (query.queryTerm() instanceof QueryTermDefaultContext term
        && term.queryPrimary() instanceof QueryPrimaryDefaultContext primary
        && primary.querySpecification() instanceof RegularQuerySpecificationContext select) {
      return of(select.selectClause().namedExpressionSeq().namedExpression(0).expression());
    }
    return Optional.empty();
  }

  /** Returns the first type that is known. */
  Optional<String> firstOf(Stream<? extends ParserRuleContext> expressions) {
    return expressions.map(this::of).flatMap(Optional::stream).findFirst();
  }

  private Optional<String> column(ParserRuleContext context) {
    ColumnReference reference = references.get(context);
    if (reference == null || reference.field().isEmpty()) {
      return Optional.empty();
    }
    Field field = reference.field().get();
    List<String> parts = reference.parts();
    boolean whole = parts.get(parts.size() - 1).equalsIgnoreCase(field.getName());
    return whole ? field.sparkType() : Optional.empty();
  }

  private Optional<String> arithmetic(ArithmeticBinaryContext arithmetic) {
    if (arithmetic.CONCAT_PIPE() != null) {
      return Optional.of("string");
    }
    Optional<String> left = of(arithmetic.left);
    Optional<String> right = of(arithmetic.right);
    return left.isPresent() && right.isPresent()
        ? Optional.of(DataTypeNames.wider(left.get(), right.get()))
        : left.or(() -> right);
  }

  private Optional<String> function(FunctionCallContext call) {
    String name = ColumnNames.folded(call.functionName().getText());
    Optional<String> first =
        call.argument.isEmpty() ? Optional.empty() : of(call.argument.get(0).expression());
    if (LIKE_FIRST_ARGUMENT.contains(name)) {
      return first.or(
          () ->
              firstOf(
                  call.argument.stream().map(each -> each.expression()).filter(Objects::nonNull)));
    }
    if (STRINGS.contains(name)) {
      return Optional.of("string");
    }
    if (INTEGERS.contains(name)) {
      return Optional.of("int");
    }
    if (DATES.contains(name)) {
      return Optional.of("date");
    }
    if (TIMESTAMPS.contains(name)) {
      return Optional.of("timestamp");
    }
    return switch (name) {
      case "count", "count_if", "approx_count_distinct" -> Optional.of("bigint");
      case "sum" -> first.map(DataTypeNames::sum);
      case "avg", "mean" -> first.map(DataTypeNames::average);
      case "stddev", "variance", "sqrt", "exp", "ln", "log", "power", "pow", "rand" ->
          Optional.of("double");
      default -> Optional.empty();
    };
  }

  private static Optional<String> known(ParserRuleContext context) {
    if (context instanceof StringLitContext
        || context instanceof StringLiteralContext
        || context instanceof SingleStringLitContext
        || context instanceof SingleStringLiteralValueContext
        || context instanceof SubstringContext
        || context instanceof TrimContext
        || context instanceof OverlayContext) {
      return Optional.of("string");
    }
    if (context instanceof ComparisonContext
        || context instanceof LogicalBinaryContext
        || context instanceof LogicalNotContext
        || context instanceof PredicatedContext
        || context instanceof ExistsContext
        || context instanceof BooleanLiteralContext
        || context instanceof BooleanValueContext) {
      return Optional.of("boolean");
    }
    if (context instanceof ExtractContext
        || context instanceof PositionContext
        || context instanceof IntegerLiteralContext) {
      return Optional.of("int");
    }
    if (context instanceof BigIntLiteralContext || context instanceof TimestampdiffContext) {
      return Optional.of("bigint");
    }
    if (context instanceof DoubleLiteralContext || context instanceof ExponentLiteralContext) {
      return Optional.of("double");
    }
    if (context instanceof DecimalLiteralContext) {
      return DataTypeNames.ofDecimal(context.getText());
    }
    if (context instanceof TypeConstructorContext literal) {
      return DataTypeNames.ofLiteral(literal.literalType().getText());
    }
    return context instanceof TimestampaddContext ? Optional.of("timestamp") : Optional.empty();
  }
}
