package io.sluice.planner.columns;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.*;
import org.jspecify.annotations.Nullable;

/** The types that the places of parameter markers suggest. */
final class ParameterTypes {

  /** Functions whose arguments all have one type. */
  private static final Set<String> ONE_TYPE =
      Set.of("coalesce", "greatest", "ifnull", "least", "nullif", "nvl");

  private final ExpressionTypes types;

  private ParameterTypes(ExpressionTypes types) {
    this.types = types;
  }

  static boolean hasParameters(ParserRuleContext statement) {
    return !markers(statement).isEmpty();
  }

  /** Returns the type for each marker, in text order. */
  static List<Optional<String>> of(ParserRuleContext statement, ExpressionTypes types) {
    ParameterTypes parameters = new ParameterTypes(types);
    return markers(statement).stream().map(parameters::hint).toList();
  }

  static List<ParserRuleContext> markers(ParserRuleContext statement) {
    List<ParserRuleContext> found = new ArrayList<>();
    Deque<ParseTree> open = new ArrayDeque<>();
    open.push(statement);
    while (!open.isEmpty()) {
      ParseTree tree = open.pop();
      if (tree instanceof PosParameterLiteralContext
          || tree instanceof PositionalParameterMarkerRuleContext
          || tree instanceof NamedParameterLiteralContext
          || tree instanceof NamedParameterMarkerRuleContext) {
        found.add((ParserRuleContext) tree);
        continue;
      }
      for (int i = tree.getChildCount() - 1; i >= 0; i--) {
        open.push(tree.getChild(i));
      }
    }
    return found;
  }

  private Optional<String> hint(ParserRuleContext marker) {
    try {
      return expected(marker);
    } catch (RuntimeException | StackOverflowError e) {
      // A hint that cannot be found is none.
      return Optional.empty();
    }
  }

  /** Returns the type that what is around an expression asks it to have. */
  private Optional<String> expected(ParserRuleContext expression) {
    ParserRuleContext child = expression;
    ParserRuleContext parent = child.getParent();
    while (parent != null) {
      Optional<String> type = asked(parent, child);
      if (type.isPresent()) {
        return type;
      }
      if (!passesOn(parent)) {
        return Optional.empty();
      }
      child = parent;
      parent = parent.getParent();
    }
    return Optional.empty();
  }

  /** Returns whether a context has the type of what stands in it. */
  private static boolean passesOn(ParserRuleContext context) {
    return context.getChildCount() == 1
        || context instanceof ParenthesizedExpressionContext
        || context instanceof ArithmeticUnaryContext
        || context instanceof ArithmeticBinaryContext
        || context instanceof WhenClauseContext
        || context instanceof SearchedCaseContext
        || context instanceof FunctionCallContext call && isOneType(call);
  }

  private Optional<String> asked(ParserRuleContext parent, ParserRuleContext child) {
    if (parent instanceof ComparisonContext comparison) {
      return types.of(comparison.left == child ? comparison.right : comparison.left);
    }
    if (parent instanceof PredicateContext predicate) {
      return asked(predicate, child);
    }
    if (parent instanceof PredicatedContext predicated && predicated.predicate() != null) {
      return asked(predicated.predicate(), child);
    }
    if (parent instanceof ArithmeticBinaryContext arithmetic) {
      return asked(arithmetic, child);
    }
    if (parent instanceof CastContext cast) {
      return DataTypeNames.of(cast.dataType());
    }
    if (parent instanceof CastByColonContext cast) {
      return DataTypeNames.of(cast.dataType());
    }
    if (parent instanceof QueryOrganizationContext
        || parent instanceof SampleByRowsContext
        || parent instanceof IntegerValueContext) {
      return Optional.of("int");
    }
    if (parent instanceof FunctionCallContext call && isOneType(call)) {
      return types.firstOf(
          call.argument.stream()
              .filter(each -> each != child)
              .map(FunctionArgumentContext::expression));
    }
    if (parent instanceof FunctionCallContext call) {
      return argument(call, child);
    }
    if (parent instanceof SubstringContext substring) {
      return Optional.of(substring.str == child ? "string" : "int");
    }
    if (parent instanceof TrimContext || parent instanceof SingleStringLitContext) {
      return Optional.of("string");
    }
    if (parent instanceof WhenClauseContext branch) {
      return asked(branch, child);
    }
    if (parent instanceof SearchedCaseContext branches && branches.elseExpression == child) {
      return types.of(branches);
    }
    if (parent instanceof RowConstructorContext row) {
      return inlineColumn(row, child);
    }
    return isCondition(parent) ? Optional.of("boolean") : Optional.empty();
  }

  private static boolean isCondition(ParserRuleContext parent) {
    return parent instanceof WhereClauseContext
        || parent instanceof HavingClauseContext
        || parent instanceof LogicalBinaryContext
        || parent instanceof LogicalNotContext;
  }

  private Optional<String> asked(PredicateContext predicate, ParserRuleContext child) {
    if (predicate.LIKE() != null || predicate.ILIKE() != null || predicate.RLIKE() != null) {
      return Optional.of("string");
    }
    if (predicate.kind.getType() != SqlBaseParser.IN
        && predicate.BETWEEN() == null
        && predicate.DISTINCT() == null) {
      return Optional.empty();
    }
    PredicatedContext predicated = (PredicatedContext) predicate.getParent();
    List<ParserRuleContext> others = new ArrayList<>();
    others.add(predicated.valueExpression());
    others.addAll(predicate.valueExpression());
    others.addAll(predicate.expression());
    Optional<String> type = types.firstOf(others.stream().filter(each -> each != child));
    return type.isPresent() || predicate.query() == null ? type : types.of(predicate.query());
  }

  private Optional<String> asked(ArithmeticBinaryContext arithmetic, ParserRuleContext child) {
    if (arithmetic.CONCAT_PIPE() != null) {
      return Optional.of("string");
    }
    Optional<String> other =
        types.of(arithmetic.left == child ? arithmetic.right : arithmetic.left);
    boolean days = other.filter("date"::equals).isPresent() && arithmetic.left != child;
    return days ? Optional.of("int") : other;
  }

  private Optional<String> asked(WhenClauseContext branch, ParserRuleContext child) {
    if (branch.getParent() instanceof SimpleCaseContext simple && branch.condition == child) {
      return types.of(simple.value);
    }
    if (branch.condition == child) {
      return Optional.of("boolean");
    }
    ParserRuleContext branches = branch.getParent();
    Stream<ExpressionContext> results =
        branches.children.stream()
            .filter(each -> each instanceof WhenClauseContext && each != branch)
            .map(each -> ((WhenClauseContext) each).result);
    @Nullable ExpressionContext otherwise =
        branches instanceof SearchedCaseContext searched
            ? searched.elseExpression
            : ((SimpleCaseContext) branches).elseExpression;
    return types.firstOf(results).or(() -> types.of(otherwise));
  }

  private static Optional<String> argument(FunctionCallContext call, ParserRuleContext child) {
    int index = call.argument.indexOf(child);
    return switch (ColumnNames.folded(call.functionName().getText())) {
      case "date_add", "date_sub", "add_months" -> Optional.of(index == 0 ? "date" : "int");
      case "substring", "substr", "left", "right", "lpad", "rpad", "repeat" ->
          Optional.of(index == 0 ? "string" : "int");
      case "ntile" -> Optional.of("int");
      case "lag", "lead", "nth_value", "round", "bround" ->
          index == 1 ? Optional.of("int") : Optional.empty();
      case "upper", "lower", "trim", "concat", "length", "contains", "startswith", "endswith" ->
          Optional.of("string");
      case "year", "month", "day", "to_date" -> Optional.of("date");
      default -> Optional.empty();
    };
  }

  /** Returns the type that another row of VALUES has in the same column. */
  private Optional<String> inlineColumn(RowConstructorContext row, ParserRuleContext child) {
    int column = row.namedExpression().indexOf(child);
    ParserRuleContext parent = row.getParent();
    while (parent != null && parent.getChildCount() == 1) {
      parent = parent.getParent();
    }
    if (column < 0 || !(parent instanceof InlineTableContext table)) {
      return Optional.empty();
    }
    return types.firstOf(
        table.expression().stream()
            .map(OutputNames::unwrapped)
            .filter(other -> other != row)
            .filter(RowConstructorContext.class::isInstance)
            .map(other -> ((RowConstructorContext) other).namedExpression(column))
            .filter(Objects::nonNull)
            .map(NamedExpressionContext::expression));
  }

  private static boolean isOneType(FunctionCallContext call) {
    return ONE_TYPE.contains(ColumnNames.folded(call.functionName().getText()));
  }
}
