package io.sluice.planner.routine;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.function.FunctionKind;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedParameterLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PosParameterLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QualifiedNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;

/**
 * A place where a session's own function is called.
 *
 * @param call a call in an expression or in FROM
 * @param function what is called
 */
record FunctionCall(ParserRuleContext call, TemporaryFunction function) {

  /** Returns the calls in a tree, what stands inside of others behind these. */
  static List<FunctionCall> in(ParserRuleContext tree, TemporaryFunctions functions) {
    List<FunctionCall> found = new ArrayList<>();
    for (ParserRuleContext node :
        Trees.all(tree, FunctionCallContext.class, FunctionTableContext.class)) {
      name(node)
          .filter(name -> !FunctionAllowList.ofSpark().knows(name))
          .flatMap(functions::find)
          .ifPresent(function -> found.add(new FunctionCall(node, function)));
    }
    return found;
  }

  /** Returns the name of one part that is called. */
  private static Optional<String> name(ParserRuleContext call) {
    FunctionNameContext name =
        call instanceof FunctionTableContext table
            ? table.funcName
            : ((FunctionCallContext) call).functionName();
    QualifiedNameContext parts = name.qualifiedName();
    return parts == null || parts.getStart() != parts.getStop()
        ? Optional.empty()
        : Optional.of(Identifiers.name(parts.getStart()));
  }

  /** Returns the last token of the call itself, behind which an alias may follow. */
  Token stop() {
    return call instanceof FunctionTableContext table
        ? table.RIGHT_PAREN().getSymbol()
        : call.getStop();
  }

  /** Returns whether the statement gives the rows that are returned a name. */
  boolean isAliased() {
    return call instanceof FunctionTableContext table
        && table.tableAlias() != null
        && table.tableAlias().strictIdentifier() != null;
  }

  /** Refuses what a function of an expression cannot be asked for, and the other way round. */
  void check() {
    if (function.isTable() != call instanceof FunctionTableContext) {
      throw refused(
          function.isTable()
              ? "returns rows and stands in FROM."
              : "returns a value and does not stand in FROM.");
    }
    if (call instanceof FunctionCallContext plain
        && (plain.setQuantifier() != null
            || plain.FILTER() != null
            || plain.WITHIN() != null
            || plain.OVER() != null
            || plain.NULLS() != null)) {
      throw refused("takes no DISTINCT, FILTER, WITHIN GROUP, NULLS or OVER.");
    }
  }

  /**
   * Returns the expression for each parameter, in the order of the parameters; empty for one that
   * is left out.
   */
  List<Optional<ExpressionContext>> arguments() {
    List<Optional<ExpressionContext>> values = new ArrayList<>();
    function.parameters().forEach(parameter -> values.add(Optional.empty()));
    int place = 0;
    int lastWithMarker = -1;
    boolean named = false;
    for (FunctionArgumentContext argument : given()) {
      int parameter = place++;
      ExpressionContext value = argument.expression();
      if (argument.namedArgumentExpression() != null) {
        named = true;
        parameter = parameter(Identifiers.name(argument.namedArgumentExpression().key));
        value = argument.namedArgumentExpression().value;
      } else if (named) {
        throw refused("is called with a positional argument behind a named one.");
      }
      if (parameter >= values.size()) {
        throw wrongNumber();
      }
      if (values.get(parameter).isPresent()) {
        throw refused("is given one argument twice.");
      }
      values.set(parameter, Optional.of(value));
      if (!Trees.all(value, PosParameterLiteralContext.class).isEmpty()) {
        // Values go to ? by their place, and arguments are written out in the parameters' order.
        if (parameter < lastWithMarker) {
          throw refused("takes ? in the order of its parameters; write :name in another order.");
        }
        lastWithMarker = parameter;
      }
    }
    for (int index = 0; index < values.size(); index++) {
      if (values.get(index).isEmpty()
          && function.parameters().get(index).defaultValue().isEmpty()) {
        throw wrongNumber();
      }
    }
    values.forEach(value -> value.ifPresent(this::check));
    return values;
  }

  private List<FunctionArgumentContext> given() {
    if (call instanceof FunctionCallContext plain) {
      return plain.argument;
    }
    List<FunctionArgumentContext> given = new ArrayList<>();
    for (FunctionTableArgumentContext argument :
        ((FunctionTableContext) call).functionTableArgument()) {
      if (argument.functionArgument() == null) {
        throw refused("takes no tables.");
      }
      given.add(argument.functionArgument());
    }
    return given;
  }

  private int parameter(String name) {
    for (int index = 0; index < function.parameters().size(); index++) {
      if (function.parameters().get(index).name().equalsIgnoreCase(name)) {
        return index;
      }
    }
    throw refused("has no parameter " + Identifiers.quote(name) + ".");
  }

  private void check(ExpressionContext value) {
    for (ParserRuleContext star : Trees.all(value, StarContext.class)) {
      if (star.getStart() == value.getStart() && star.getStop() == value.getStop()) {
        throw refused("takes no *; name the columns.");
      }
    }
    for (ParserRuleContext inner : Trees.all(value, FunctionCallContext.class)) {
      if (kind(inner).filter(kind -> kind == FunctionKind.GENERATOR).isPresent()) {
        throw refused("takes no function that makes many rows of one.");
      }
    }
  }

  /**
   * Returns whether an argument must be written once, because it may differ from one evaluation to
   * the next or counts by its place.
   */
  static boolean isOnce(ParserRuleContext value) {
    if (!Trees.all(
            value,
            QueryContext.class,
            PosParameterLiteralContext.class,
            NamedParameterLiteralContext.class)
        .isEmpty()) {
      return true;
    }
    return Trees.all(value, FunctionCallContext.class).stream()
        .anyMatch(call -> kind(call).filter(kind -> kind == FunctionKind.VOLATILE).isPresent());
  }

  static Optional<FunctionKind> kind(ParserRuleContext call) {
    return name(call).flatMap(FunctionAllowList.ofSpark()::kind);
  }

  private SluiceException wrongNumber() {
    long required =
        function.parameters().stream().filter(one -> one.defaultValue().isEmpty()).count();
    String takes =
        required == function.parameters().size()
            ? Long.toString(required)
            : required + " to " + function.parameters().size();
    return new SluiceException(
        ErrorCode.WRONG_NUM_ARGS,
        "The function %s takes %s arguments, but %d are given."
            .formatted(Identifiers.quote(function.name()), takes, given().size()),
        Identifiers.position(call));
  }

  private SluiceException refused(String why) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "The function " + Identifiers.quote(function.name()) + " " + why,
        Identifiers.position(call));
  }
}
