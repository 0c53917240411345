package io.sluice.planner.rewrite;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExplainContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;

/**
 * Reads the text for Spark as Spark will, and compares: the same relations in the same places, each
 * base table by its full name, nothing else that the first reading had refused or replaced.
 */
public final class RewriteCheck {

  private RewriteCheck() {}

  /**
   * Checks a rewritten text.
   *
   * @throws SluiceException {@code INTERNAL_ERROR} on any difference; {@code STATEMENT_TOO_COMPLEX}
   *     or {@code STATEMENT_TOO_LARGE} where the rewritten text is beyond the limits
   */
  public static void check(
      SparkParser parser, String text, QueryFacts original, List<ReadRelation> relations) {
    boolean equal;
    try {
      equal = isEqual(QueryInspector.inspect(query(parser.statement(text))), original, relations);
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
    SingleStatementContext single = sql.tree().singleStatement();
    StatementContext statement = single == null ? null : single.statement();
    if (statement instanceof ExplainContext explain) {
      statement = explain.statement();
    }
    if (statement instanceof StatementDefaultContext query) {
      return query.query();
    }
    throw new SluiceException(ErrorCode.INTERNAL_ERROR, TEXT);
  }

  private static boolean isEqual(
      QueryFacts rewritten, QueryFacts original, List<ReadRelation> relations) {
    if (rewritten.parameters() != original.parameters()
        || rewritten.relations().size() != original.relations().size()
        || rewritten.sessionValues().stream().anyMatch(value -> value.level() == null)) {
      return false;
    }
    Iterator<ReadRelation> tables = relations.iterator();
    for (int index = 0; index < original.relations().size(); index++) {
      RelationOccurrence before = original.relations().get(index);
      RelationOccurrence after = rewritten.relations().get(index);
      List<String> expected = before.cte() ? before.parts() : tables.next().qualifiedName();
      if (after.cte() != before.cte() || !after.parts().equals(expected)) {
        return false;
      }
    }
    return true;
  }
}
