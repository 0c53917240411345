package io.sluice.planner.corpus;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.CommandInspector;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.relation.ViewClauses;
import io.sluice.planner.routine.FunctionClauses;
import io.sluice.planner.script.AssignmentReader;
import io.sluice.planner.script.PartedText;
import io.sluice.planner.script.ScriptReader;
import io.sluice.planner.statement.Need.Subject;
import io.sluice.planner.statement.StatementTable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.misc.Interval;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateUserDefinedFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DataTypeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DefaultExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeRelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExplainContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FromStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultiInsertQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryOrganizationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RenameTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;
import org.jspecify.annotations.Nullable;

/** What the planner makes of a text. */
sealed interface PlannerReading {

  /** A query that is served; relations and references as in {@link SparkReading.Accepted}. */
  record Query(List<List<String>> relations, int commonReferences) implements PlannerReading {

    public Query {
      relations = List.copyOf(relations);
    }
  }

  /**
   * A write, or a definition of tables, that is served.
   *
   * @param names what it names, as {@link SparkReading.Accepted#written} has it
   */
  record Command(String kind, List<List<String>> names) implements PlannerReading {

    public Command {
      names = List.copyOf(names);
    }
  }

  /** A statement that parses and is refused for what it holds. */
  record Refused(ErrorCode code, String message) implements PlannerReading {}

  /** A statement that parses and is no query. */
  record NoQuery(String context) implements PlannerReading {}

  /** A text that is too large or too deep to be parsed. */
  record BeyondLimits(ErrorCode code, String message) implements PlannerReading {}

  /** A text that does not parse. */
  record Rejected(String message) implements PlannerReading {}

  /** Reads texts; the clock stands still, so that no deadline passes on a slow machine. */
  final class Reader {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private static final Namespace NAMESPACE = new Namespace("lake", "default");

    private static final SparkParser PARSER = new SparkParser(CLOCK);

    private Reader() {}

    static PlannerReading read(String text) {
      CompoundOrSingleStatementContext tree;
      try {
        tree = PARSER.statement(text).tree();
      } catch (SluiceException e) {
        return e.code() == ErrorCode.PARSE_SYNTAX_ERROR
            ? new Rejected(e.getMessage())
            : new BeyondLimits(e.code(), e.getMessage());
      }
      QueryContext query = query(tree);
      try {
        if (query == null) {
          return command(tree).orElseGet(() -> new NoQuery(kind(tree)));
        }
        return found(QueryInspector.inspect(query));
      } catch (SluiceException e) {
        return new Refused(e.code(), e.getMessage());
      }
    }

    private static @Nullable QueryContext query(CompoundOrSingleStatementContext tree) {
      SingleStatementContext single = tree.singleStatement();
      StatementContext statement = single == null ? null : single.statement();
      if (statement instanceof ExplainContext explain) {
        statement = explain.statement();
      }
      if (statement instanceof DescribeQueryContext describe) {
        return describe.query();
      }
      return statement instanceof StatementDefaultContext query ? query.query() : null;
    }

    private static String kind(CompoundOrSingleStatementContext tree) {
      SingleStatementContext single = tree.singleStatement();
      ParserRuleContext statement =
          single == null
              ? tree
              : single.statement() == null ? single.setResetStatement() : single.statement();
      return statement.getClass().getSimpleName().replace("Context", "");
    }

    private static Optional<PlannerReading> command(CompoundOrSingleStatementContext tree) {
      if (tree.singleCompoundStatement() != null) {
        return Optional.of(new Command("a script", names(ScriptReader.text(tree))));
      }
      SingleStatementContext single = tree.singleStatement();
      StatementContext statement = single == null ? null : single.statement();
      if (statement instanceof CreateVariableContext
          || (single != null && single.setResetStatement() instanceof SetVariableContext)) {
        return Optional.of(new Command("a variable", names(AssignmentReader.text(tree))));
      }
      if (statement == null) {
        return Optional.empty();
      }
      if (statement instanceof CreateViewContext view && view.query() != null) {
        ViewClauses.check(view);
        ViewClauses.columns(view.identifierCommentList());
        List<String> name = TargetNames.parts(view.identifierReference());
        List<List<String>> names = names(QueryInspector.inspect(view.query()));
        // The plan of a temporary view holds its name as no relation's.
        if (view.TEMPORARY() == null) {
          names.add(name);
        }
        return Optional.of(new Command("CREATE VIEW", sorted(names)));
      }
      if (statement instanceof CreateUserDefinedFunctionContext function) {
        // The plan holds the body as a text; it is compared by itself.
        List<String> name = TargetNames.parts(function.identifierReference());
        FunctionClauses.read(function, NAMESPACE, "UTC");
        QueryInspector.inspectExpressions(Trees.all(function, DataTypeContext.class));
        QueryInspector.inspectExpressions(
            Trees.all(function, DefaultExpressionContext.class).stream()
                .map(value -> ((DefaultExpressionContext) value).expression())
                .toList());
        body(function)
            .map(text -> query(PARSER.statement(text).tree()))
            .ifPresent(query -> QueryInspector.inspect(query, call -> true));
        return Optional.of(
            new Command(
                "CREATE FUNCTION", function.TEMPORARY() == null ? List.of(name) : List.of()));
      }
      if (statement instanceof DescribeRelationContext describe
          && describe.partitionSpec() == null) {
        if (describe.describeColName() != null) {
          TargetNames.parts(describe.describeColName());
        }
        return Optional.of(
            new Command("DESCRIBE", List.of(TargetNames.parts(describe.identifierReference()))));
      }
      return StatementTable.kindOf(statement)
          .filter(kind -> kind.verdict().isCommand())
          .filter(kind -> kind.needs().get(0).subject() != Subject.SCHEMA)
          .map(kind -> new Command(kind.name(), names(statement)));
    }

    private static List<List<String>> names(PartedText text) {
      List<List<String>> names = new ArrayList<>();
      for (PartedText.Part part : text.parts()) {
        for (RelationOccurrence occurrence : part.facts().relations()) {
          names.addAll(Collections.nCopies(copies(occurrence.naming()), occurrence.parts()));
        }
      }
      names.sort(Comparator.comparing(Object::toString));
      return names;
    }

    private static List<List<String>> names(StatementContext statement) {
      QueryFacts facts = CommandInspector.inspect(statement);
      List<List<String>> names = names(facts);
      // The new name of RENAME TO is no node of Spark's plan.
      facts.objects().stream()
          .limit(statement instanceof RenameTableContext ? 1 : Long.MAX_VALUE)
          .forEach(object -> names.add(object.parts()));
      return sorted(names);
    }

    private static List<List<String>> names(QueryFacts facts) {
      List<List<String>> names = new ArrayList<>();
      for (RelationOccurrence occurrence : facts.relations()) {
        names.addAll(Collections.nCopies(copies(occurrence.naming()), occurrence.parts()));
      }
      return names;
    }

    private static List<List<String>> sorted(List<List<String>> names) {
      names.sort(Comparator.comparing(Object::toString));
      return names;
    }

    /** Returns the query or expression that a function is made of, as a query of its own. */
    static Optional<String> functionBody(String text) {
      SingleStatementContext single;
      try {
        single = PARSER.statement(text).tree().singleStatement();
      } catch (SluiceException e) {
        return Optional.empty();
      }
      return single != null
              && single.statement() instanceof CreateUserDefinedFunctionContext function
          ? body(function)
          : Optional.empty();
    }

    private static Optional<String> body(CreateUserDefinedFunctionContext function) {
      ParserRuleContext body = function.query() == null ? function.expression() : function.query();
      if (body == null) {
        return Optional.empty();
      }
      String written =
          body.getStart()
              .getInputStream()
              .getText(Interval.of(body.getStart().getStartIndex(), body.getStop().getStopIndex()));
      return Optional.of(function.query() == null ? "SELECT " + written : written);
    }

    private static Query found(QueryFacts facts) {
      List<List<String>> relations = new ArrayList<>();
      int commonReferences = 0;
      for (RelationOccurrence occurrence : facts.relations()) {
        int copies = copies(occurrence.naming());
        if (occurrence.cte()) {
          commonReferences += copies;
        } else {
          relations.addAll(Collections.nCopies(copies, occurrence.parts()));
        }
      }
      relations.sort(Comparator.comparing(Object::toString));
      return new Query(relations, commonReferences);
    }

    /**
     * {@code FROM t SELECT a SELECT b} and {@code FROM t INSERT … INSERT …} are two queries on one
     * FROM; Spark's plan holds it twice, and so what LIMIT is given.
     */
    private static int copies(ParserRuleContext naming) {
      int copies = 1;
      ParserRuleContext child = naming;
      for (ParserRuleContext node = naming.getParent(); node != null; node = node.getParent()) {
        if (node instanceof FromStatementContext statement && statement.fromClause() == child) {
          copies *= Math.max(1, statement.fromStatementBody().size());
        } else if (node instanceof QueryOrganizationContext organization
            && organization.limit == child) {
          copies *= 2;
        } else if (node instanceof MultiInsertQueryContext inserts
            && inserts.fromClause() == child) {
          copies *= inserts.multiInsertQueryBody().size();
        }
        child = node;
      }
      return copies;
    }
  }
}
