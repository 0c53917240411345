package io.sluice.planner.rewrite;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.CommandInspector;
import io.sluice.planner.relation.ObjectName;
import io.sluice.planner.relation.ParameterMarker;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.script.PartedText;
import io.sluice.planner.statement.StatementKind;
import io.sluice.planner.statement.StatementTable;
import io.sluice.planner.view.ViewExpansion.ExpectedName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExplainContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text for Spark as Spark will, and compares: the same relations in the same places, each
 * base table by its full name, each view's in its place, nothing else that the first reading had
 * refused or replaced.
 */
public final class RewriteCheck {

  private RewriteCheck() {}

  /**
   * Checks a rewritten query, or EXPLAIN or DESCRIBE of one.
   *
   * @throws SluiceException {@code INTERNAL_ERROR} on any difference; {@code STATEMENT_TOO_COMPLEX}
   *     or {@code STATEMENT_TOO_LARGE} where the rewritten text is beyond the limits
   */
  public static void check(
      SparkParser parser, String text, QueryFacts original, List<ReadRelation> relations) {
    check(
        () -> QueryInspector.inspect(query(parser.statement(text))),
        original,
        relations,
        List.of());
  }

  /**
   * Checks a rewritten command, or EXPLAIN of a write; fails as {@link #check} does.
   *
   * @param kind what it was
   * @param explained whether it stands in an EXPLAIN
   * @param names the names that stand in the rewritten text beside those of relations
   */
  public static void checkCommand(
      SparkParser parser,
      String text,
      StatementKind kind,
      boolean explained,
      QueryFacts original,
      List<ReadRelation> relations,
      Collection<List<String>> names) {
    check(
        () -> {
          StatementContext statement = statement(parser.statement(text));
          if (explained) {
            statement = statement instanceof ExplainContext explain ? explain.statement() : null;
          }
          if (statement == null || !StatementTable.kindOf(statement).equals(Optional.of(kind))) {
            throw new SluiceException(ErrorCode.INTERNAL_ERROR, TEXT);
          }
          return CommandInspector.inspect(statement);
        },
        original,
        relations,
        List.copyOf(names));
  }

  /**
   * Checks a rewritten statement that Spark runs part by part; fails as {@link #check} does.
   *
   * @param reader reads a statement of the original's kind, and fails on any other
   * @param original how it read the user's own text
   * @param parts the parts of that, authorised
   */
  public static void checkParts(
      SparkParser parser,
      String text,
      Function<CompoundOrSingleStatementContext, PartedText> reader,
      PartedText original,
      List<StatementPart> parts) {
    compare(
        () -> {
          PartedText rewritten = reader.apply(parser.statement(text).tree());
          boolean equal =
              rewritten.outline().equals(original.outline())
                  && rewritten.parts().size() == parts.size();
          for (int part = 0; equal && part < parts.size(); part++) {
            equal =
                isEqual(
                    rewritten.parts().get(part).facts(),
                    parts.get(part).facts(),
                    parts.get(part).relations(),
                    List.of());
          }
          return equal;
        });
  }

  private static void check(
      Supplier<QueryFacts> rewritten,
      QueryFacts original,
      List<ReadRelation> relations,
      List<List<String>> names) {
    compare(() -> isEqual(rewritten.get(), original, relations, names));
  }

  private static void compare(Supplier<Boolean> comparison) {
    boolean equal;
    try {
      equal = comparison.get();
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.STATEMENT_TOO_COMPLEX
          || e.code() == ErrorCode.STATEMENT_TOO_LARGE) {
        // Filters and masks made it so.
        throw new SluiceException(e.code(), "With the policies applied: " + e.getMessage());
      }
      throw new SluiceException(ErrorCode.INTERNAL_ERROR, TEXT, e);
    }
    if (!equal) {
      throw new SluiceException(ErrorCode.INTERNAL_ERROR, TEXT);
    }
  }

  private static final String TEXT =
      "The statement could not be rewritten safely, so it was not run; please report it.";

  private static QueryContext query(ParsedSql<CompoundOrSingleStatementContext> sql) {
    StatementContext statement = statement(sql);
    if (statement instanceof ExplainContext explain) {
      statement = explain.statement();
    }
    if (statement instanceof StatementDefaultContext query) {
      return query.query();
    }
    if (statement instanceof DescribeQueryContext describe) {
      return describe.query();
    }
    throw new SluiceException(ErrorCode.INTERNAL_ERROR, TEXT);
  }

  private static @Nullable StatementContext statement(
      ParsedSql<CompoundOrSingleStatementContext> sql) {
    SingleStatementContext single = sql.tree().singleStatement();
    return single == null ? null : single.statement();
  }

  /** Returns which of the relations are written to, by their places. */
  private static List<Integer> targets(QueryFacts facts) {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < facts.relations().size(); place++) {
      if (facts.targets().contains(facts.relations().get(place))) {
        places.add(place);
      }
    }
    return places;
  }

  private static boolean isEqual(
      QueryFacts rewritten,
      QueryFacts original,
      List<ReadRelation> relations,
      List<List<String>> names) {
    if (!rewritten.objects().stream().map(ObjectName::parts).toList().equals(names)
        || rewritten.targets().size() != original.targets().size()
        || !targets(rewritten).equals(targets(original))) {
      return false;
    }
    if (rewritten.parameters() != original.parameters()
        || !rewritten.parameterMarkers().stream().allMatch(ParameterMarker::isApart)
        || rewritten.sessionValues().stream().anyMatch(value -> value.level() == null)) {
      return false;
    }
    List<ExpectedName> found =
        rewritten.relations().stream()
            .map(relation -> new ExpectedName(relation.parts(), relation.cte()))
            .toList();
    return found.equals(expectedNames(original, relations));
  }

  /** Returns the relations that the text for Spark must name, those of views in their places. */
  public static List<ExpectedName> expectedNames(
      QueryFacts original, List<ReadRelation> relations) {
    List<ExpectedName> expected = new ArrayList<>();
    Iterator<ReadRelation> read = relations.iterator();
    for (RelationOccurrence occurrence : original.relations()) {
      if (occurrence.cte()) {
        expected.add(new ExpectedName(occurrence.parts(), true));
        continue;
      }
      ReadRelation relation = read.next();
      if (relation.view().isPresent()) {
        expected.addAll(relation.view().get().names());
      } else {
        ExpectedName table = new ExpectedName(relation.qualifiedName(), false);
        expected.add(table);
        if (relation.isDeletedInPart()) {
          expected.add(table);
        }
      }
    }
    return expected;
  }
}
