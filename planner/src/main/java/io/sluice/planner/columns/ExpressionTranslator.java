package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.calcite.sql.SqlNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LambdaContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PrimaryExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;
import org.jspecify.annotations.Nullable;

/** Finds the columns, stars and subqueries in expressions that all stand in one place. */
final class ExpressionTranslator {

  private final QueryTranslator queries;
  private final Ctes ctes;
  private final Place place;
  private final int item;
  private final Deque<Set<String>> lambdaVariables = new ArrayDeque<>();

  /** Creates a translator; the place and the item as {@link ColumnReference} has them. */
  ExpressionTranslator(QueryTranslator queries, Ctes ctes, Place place, int item) {
    this.queries = queries;
    this.ctes = ctes;
    this.place = place;
    this.item = item;
  }

  /** Returns one node for an expression. */
  SqlNode expression(ParserRuleContext expression) {
    return Operators.expression(operands(List.of(expression)));
  }

  /** Returns the columns, stars and subqueries in these expressions or clauses; null is none. */
  List<SqlNode> operands(@Nullable ParserRuleContext context) {
    return context == null ? List.of() : operands(List.of(context));
  }

  List<SqlNode> operands(List<? extends ParserRuleContext> contexts) {
    List<SqlNode> found = new ArrayList<>();
    contexts.forEach(context -> visit(context, found));
    return found;
  }

  ColumnReference column(List<String> parts, ParserRuleContext context) {
    return new ColumnReference(parts, place, item, Identifiers.position(context));
  }

  private void visit(ParseTree tree, List<SqlNode> found) {
    if (!(tree instanceof ParserRuleContext context)) {
      return;
    }
    if (context instanceof ColumnReferenceContext reference) {
      visitName(List.of(Identifiers.name(reference.identifier())), context, found);
    } else if (context instanceof CurrentLikeContext) {
      // Without parentheses, a column of that name comes before the function.
      visitName(List.of(context.getText()), context, found);
    } else if (context instanceof DereferenceContext dereference) {
      List<String> parts = new ArrayList<>();
      if (collect(dereference, parts)) {
        visitName(parts, context, found);
      } else {
        visit(dereference.base, found);
      }
    } else if (context instanceof StarContext star) {
      found.add(star(star));
    } else if (context instanceof QueryContext query) {
      found.add(queries.query(query, ctes));
    } else if (context instanceof LambdaContext lambda) {
      visitLambda(lambda, found);
    } else if (context instanceof FunctionCallContext call && isCountOfRows(call)) {
      visit(call.where, found);
      visit(call.windowSpec(), found);
    } else if (context instanceof FunctionNameContext name) {
      if (name.expression() != null || name.identFunc != null) {
        throw Refusals.notUnderstood("a name that IDENTIFIER() makes", context);
      }
    } else if (ExpressionContexts.FOLLOWED.contains(context.getClass())) {
      for (int i = 0; i < context.getChildCount(); i++) {
        visit(context.getChild(i), found);
      }
    } else if (!ExpressionContexts.isLeaf(context)) {
      throw Refusals.notUnderstood(
          "the clause " + SqlBaseParser.ruleNames[context.getRuleIndex()], context);
    }
  }

  private void visitName(List<String> parts, ParserRuleContext context, List<SqlNode> found) {
    String first = ColumnNames.folded(parts.get(0));
    if (lambdaVariables.stream().noneMatch(variables -> variables.contains(first))) {
      ColumnReference reference = column(parts, context);
      queries.types().refer(context, reference);
      found.add(reference);
    }
  }

  private void visitLambda(LambdaContext lambda, List<SqlNode> found) {
    lambdaVariables.push(
        lambda.identifier().stream()
            .map(Identifiers::name)
            .map(ColumnNames::folded)
            .collect(Collectors.toSet()));
    visit(lambda.expression(), found);
    lambdaVariables.pop();
  }

  /**
   * Collects the parts of {@code a.b.c}; false when it is a field of something else than a name.
   */
  private static boolean collect(PrimaryExpressionContext context, List<String> parts) {
    IdentifierContext last;
    if (context instanceof DereferenceContext dereference) {
      if (!collect(dereference.base, parts)) {
        return false;
      }
      last = dereference.fieldName;
    } else if (context instanceof ColumnReferenceContext reference) {
      last = reference.identifier();
    } else {
      return false;
    }
    parts.add(Identifiers.name(last));
    return true;
  }

  private StarReference star(StarContext star) {
    List<String> qualifier =
        star.qualifiedName() == null ? List.of() : Identifiers.parts(star.qualifiedName());
    List<ColumnReference> excepted =
        star.exceptClause() == null
            ? List.of()
            : star.exceptClause().exceptCols.multipartIdentifier().stream()
                .map(name -> column(Identifiers.parts(name), name))
                .toList();
    return new StarReference(column(qualifier, star), excepted, Set.of(), List.of(), true);
  }

  /** {@code count(*)} reads no column; {@code count(DISTINCT *)} and {@code count(t.*)} do. */
  private static boolean isCountOfRows(FunctionCallContext call) {
    return call.functionName().getText().equalsIgnoreCase("count")
        && call.setQuantifier() == null
        && call.argument.size() == 1
        && call.argument.get(0).getText().equals("*");
  }
}
