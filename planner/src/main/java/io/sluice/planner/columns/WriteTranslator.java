package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.calcite.sql.SqlNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AssignmentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AssignmentListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeleteFromTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementNoWithContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertIntoContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertIntoReplaceWhereContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertOverwriteTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MatchedClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultiInsertQueryBodyContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultiInsertQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NotMatchedBySourceClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NotMatchedClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleInsertQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UpdateTableContext;
import org.jspecify.annotations.Nullable;

/**
 * Translates INSERT, UPDATE, DELETE and MERGE into queries that look up the same names in the same
 * scopes: each is a union of the parts whose expressions see different relations. What a write
 * names of its target only to put something there is not among them.
 */
final class WriteTranslator {

  private final QueryTranslator queries;
  private final FromTranslator from;
  private final CteTranslator withs;
  private final Occurrences occurrences;

  WriteTranslator(
      QueryTranslator queries, FromTranslator from, CteTranslator withs, Occurrences occurrences) {
    this.queries = queries;
    this.from = from;
    this.withs = withs;
    this.occurrences = occurrences;
  }

  SqlNode write(DmlStatementContext statement) {
    return withs.with(
        statement.ctes(),
        Ctes.NONE,
        ctes ->
            parts(statement.dmlStatementNoWith(), ctes).stream()
                .reduce(Operators::setOperation)
                .orElseThrow());
  }

  private List<SqlNode> parts(DmlStatementNoWithContext write, Ctes ctes) {
    if (write instanceof SingleInsertQueryContext insert) {
      List<SqlNode> parts = new ArrayList<>(target(insert.insertInto(), ctes));
      parts.add(queries.query(insert.query(), ctes));
      return parts;
    }
    if (write instanceof MultiInsertQueryContext inserts) {
      List<SqlNode> parts = new ArrayList<>();
      for (MultiInsertQueryBodyContext body : inserts.multiInsertQueryBody()) {
        parts.addAll(target(body.insertInto(), ctes));
        FromClause clause = from.fromClause(inserts.fromClause(), ctes);
        parts.add(queries.counted(queries.fromFirst(clause, body.fromStatementBody(), ctes)));
      }
      return parts;
    }
    if (write instanceof DeleteFromTableContext delete) {
      FromClause target = from.table(delete.identifierReference(), delete.tableAlias(), ctes);
      return List.of(part(target, ctes, Stream.of(delete.whereClause())));
    }
    if (write instanceof UpdateTableContext update) {
      FromClause target = from.table(update.identifierReference(), update.tableAlias(), ctes);
      return List.of(
          part(
              target,
              ctes,
              Stream.concat(
                  values(update.setClause().assignmentList()), Stream.of(update.whereClause()))));
    }
    if (write instanceof MergeIntoTableContext merge) {
      return merge(merge, ctes);
    }
    throw Refusals.notUnderstood("this write", write);
  }

  /** Returns what an INSERT's condition reads of its target. */
  private List<SqlNode> target(InsertIntoContext insert, Ctes ctes) {
    if (insert instanceof InsertIntoReplaceWhereContext replace) {
      FromClause target = from.table(replace.identifierReference(), ctes);
      return List.of(part(target, ctes, Stream.of(replace.whereClause())));
    }
    if (insert instanceof InsertIntoTableContext into) {
      occurrences.reach(into.identifierReference());
    } else if (insert instanceof InsertOverwriteTableContext overwrite) {
      occurrences.reach(overwrite.identifierReference());
    }
    return List.of();
  }

  /** Each kind of clause sees the target, the source or both; a star is all of the source. */
  private List<SqlNode> merge(MergeIntoTableContext merge, Ctes ctes) {
    Stream.Builder<ParserRuleContext> both = Stream.builder();
    Stream.Builder<ParserRuleContext> source = Stream.builder();
    Stream.Builder<ParserRuleContext> target = Stream.builder();
    boolean star = false;
    both.add(merge.mergeCondition);
    for (MatchedClauseContext clause : merge.matchedClause()) {
      add(both, clause.matchedCond);
      values(clause.matchedAction().assignmentList()).forEach(both::add);
      star |= clause.matchedAction().ASTERISK() != null;
    }
    for (NotMatchedClauseContext clause : merge.notMatchedClause()) {
      add(source, clause.notMatchedCond);
      clause.notMatchedAction().expression().forEach(source::add);
      star |= clause.notMatchedAction().ASTERISK() != null;
    }
    for (NotMatchedBySourceClauseContext clause : merge.notMatchedBySourceClause()) {
      add(target, clause.notMatchedBySourceCond);
      values(clause.notMatchedBySourceAction().assignmentList()).forEach(target::add);
    }
    List<SqlNode> parts = new ArrayList<>();
    parts.add(part(from.cross(target(merge, ctes), source(merge, ctes)), ctes, both.build()));
    parts.add(part(source(merge, ctes), ctes, source.build()));
    parts.add(part(target(merge, ctes), ctes, target.build()));
    if (star) {
      parts.add(queries.counted(queries.passing(source(merge, ctes), List.of())));
    }
    return parts;
  }

  private FromClause target(MergeIntoTableContext merge, Ctes ctes) {
    return from.table(merge.target, merge.targetAlias, ctes);
  }

  private FromClause source(MergeIntoTableContext merge, Ctes ctes) {
    return merge.source == null
        ? from.subquery(merge.sourceQuery, merge.sourceAlias, false, ctes)
        : from.table(merge.source, merge.sourceAlias, ctes);
  }

  /** Returns a query whose expressions are these, over these relations. */
  private SqlNode part(
      FromClause relations, Ctes ctes, Stream<? extends @Nullable ParserRuleContext> read) {
    List<SqlNode> expressions = new ArrayList<>();
    read.forEach(
        each -> expressions.addAll(queries.expressions(ctes, Place.RELATION).operands(each)));
    return queries.passing(relations, expressions).node();
  }

  private static Stream<? extends ParserRuleContext> values(
      @Nullable AssignmentListContext assignments) {
    return assignments == null
        ? Stream.empty()
        : assignments.assignment().stream().map((AssignmentContext each) -> each.value);
  }

  private static void add(
      Stream.Builder<ParserRuleContext> expressions, @Nullable ParserRuleContext expression) {
    if (expression != null) {
      expressions.add(expression);
    }
  }
}
