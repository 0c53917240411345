package io.sluice.planner.routine;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.function.FunctionKind;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.QueryContexts;
import io.sluice.planner.relation.QueryContexts.Role;
import io.sluice.planner.rewrite.TokenEdits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LambdaContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;

/**
 * Finds the parameters in the body of a scalar function outside of its subqueries, and puts other
 * text in their place. Every name there is a parameter or a variable of a lambda within the body:
 * none can come to mean a column of whoever calls.
 */
final class FunctionBody {

  private final TemporaryFunction function;
  private final TokenEdits edits;
  private final IntFunction<String> argument;
  private final boolean replacing;
  private final Deque<Map<String, String>> variables = new ArrayDeque<>();

  /**
   * @param argument what stands for a parameter
   * @param replacing whether anything is to be replaced; else names are looked at alone
   */
  FunctionBody(
      TemporaryFunction function,
      TokenEdits edits,
      IntFunction<String> argument,
      boolean replacing) {
    this.function = function;
    this.edits = edits;
    this.argument = argument;
    this.replacing = replacing;
  }

  void visit(ParserRuleContext node) {
    if (node instanceof QueryContext query) {
      refuseBareUser(query);
      return;
    }
    if (node instanceof CurrentLikeContext value) {
      // Bare, it would mean a column of the caller's where there is one.
      edits.replace(value.getStart(), value.getStop(), value.getText() + "()");
    } else if (node instanceof LambdaContext lambda) {
      visitLambda(lambda);
    } else if (node instanceof DereferenceContext dereference && isQualified(dereference)) {
      replace(
          dereference,
          parameter(Identifiers.name(dereference.fieldName))
              .orElseThrow(() -> unknown(dereference)));
    } else if (node instanceof ColumnReferenceContext column) {
      visitName(column);
    } else if (node instanceof StarContext || QueryContexts.role(node) == Role.AGGREGATE) {
      throw ofOneRow(node);
    } else {
      if (node instanceof FunctionCallContext call) {
        refuseManyRows(call);
      }
      for (int index = 0; index < node.getChildCount(); index++) {
        ParseTree child = node.getChild(index);
        if (child instanceof ParserRuleContext part) {
          visit(part);
        }
      }
    }
  }

  private void visitName(ColumnReferenceContext column) {
    String name = Identifiers.name(column.identifier());
    for (Map<String, String> scope : variables) {
      String variable = scope.get(name.toLowerCase(Locale.ROOT));
      if (variable != null) {
        if (replacing) {
          edits.replace(column.getStart(), column.getStop(), variable);
        }
        return;
      }
    }
    replace(column, parameter(name).orElseThrow(() -> unknown(column)));
  }

  /** Of a bare name it cannot be told from the body alone whether it is a column. */
  static void refuseBareUser(QueryContext query) {
    for (ParserRuleContext name :
        Trees.all(query, CurrentLikeContext.class, ColumnReferenceContext.class)) {
      if (name.getStart() == name.getStop()
          && FunctionAllowList.isPrincipal(Identifiers.name(name.getStart()))
          && !(name.getParent() instanceof DereferenceContext)) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "In a function, write user() for the user, or the relation's alias in front of a column"
                + " of that name.",
            Identifiers.position(name));
      }
    }
  }

  /** What a variable is called must never be what an argument means. */
  private void visitLambda(LambdaContext lambda) {
    Map<String, String> scope = new HashMap<>();
    for (IdentifierContext identifier : lambda.identifier()) {
      String name = Identifiers.name(identifier);
      String variable =
          Identifiers.quote(
              FunctionTexts.RESERVED + function.name() + "." + name.toLowerCase(Locale.ROOT));
      scope.put(name.toLowerCase(Locale.ROOT), variable);
      if (replacing) {
        edits.replace(identifier.getStart(), identifier.getStop(), variable);
      }
    }
    variables.push(scope);
    visit(lambda.expression());
    variables.pop();
  }

  /** {@code f.a} is the parameter a of the function f. */
  private boolean isQualified(DereferenceContext dereference) {
    return dereference.base instanceof ColumnReferenceContext base
        && Identifiers.name(base.identifier()).equalsIgnoreCase(function.name())
        && parameter(function.name()).isEmpty()
        && variables.stream()
            .noneMatch(scope -> scope.containsKey(function.name().toLowerCase(Locale.ROOT)));
  }

  private Optional<Integer> parameter(String name) {
    List<FunctionParameter> parameters = function.parameters();
    for (int index = 0; index < parameters.size(); index++) {
      if (parameters.get(index).name().equalsIgnoreCase(name)) {
        return Optional.of(index);
      }
    }
    return Optional.empty();
  }

  private void replace(ParserRuleContext name, int parameter) {
    if (replacing) {
      edits.replace(name.getStart(), name.getStop(), argument.apply(parameter));
    }
  }

  private void refuseManyRows(FunctionCallContext call) {
    boolean ofOneRow =
        FunctionCall.kind(call)
            .filter(
                kind ->
                    kind == FunctionKind.AGGREGATE
                        || kind == FunctionKind.WINDOW
                        || kind == FunctionKind.GENERATOR)
            .isEmpty();
    if (!ofOneRow || call.OVER() != null) {
      throw ofOneRow(call);
    }
  }

  private SluiceException ofOneRow(ParserRuleContext part) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "The function "
            + Identifiers.quote(function.name())
            + " holds an aggregate, window, generator or star outside of a query; put it into a"
            + " query in brackets.",
        Identifiers.position(part));
  }

  private SluiceException unknown(ParserRuleContext name) {
    return new SluiceException(
        ErrorCode.UNRESOLVED_COLUMN,
        "The name "
            + Identifiers.quote(name.getText())
            + " is no parameter of the function "
            + Identifiers.quote(function.name())
            + ".",
        Identifiers.position(name));
  }
}
