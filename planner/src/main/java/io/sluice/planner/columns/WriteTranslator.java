package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AssignmentListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeleteFromTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementNoWithContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertIntoContext;
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

  private static final String DEFAULT = "default";

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
        statement.ctes(), Ctes.NONE, ctes -> write(statement.dmlStatementNoWith(), ctes));
  }

  private SqlNode write(DmlStatementNoWithContext write, Ctes ctes) {
    if (write instanceof SingleInsertQueryContext insert) {
      reach(insert.insertInto());
      return queries.query(insert.query(), ctes);
    }
    if (write instanceof MultiInsertQueryContext inserts) {
      return inserts(inserts, ctes);
    }
    if (write instanceof DeleteFromTableContext delete) {
      FromClause target = from.table(delete.identifierReference(), delete.tableAlias(), ctes);
      return part(target, read(delete.whereClause(), ctes));
    }
    if (write instanceof UpdateTableContext update) {
      FromClause target = from.table(update.identifierReference(), update.tableAlias(), ctes);
      List<SqlNode> expressions = read(values(update.setClause().assignmentList()), ctes);
      expressions.addAll(read(update.whereClause(), ctes));
      return part(target, expressions);
    }
    if (write instanceof MergeIntoTableContext merge) {
      return merge(merge, ctes);
    }
    throw Refusals.notUnderstood("this write", write);
  }

  /** The condition of a REPLACE WHERE sees the target alone, and Spark takes no subquery there. */
  private void reach(InsertIntoContext insert) {
    occurrences.reach(insert.getRuleContext(IdentifierReferenceContext.class, 0));
  }

  /** The relations are translated once, however many INSERTs read them. */
  private SqlNode inserts(MultiInsertQueryContext inserts, Ctes ctes) {
    Shared relations = new Shared(from.fromClause(inserts.fromClause(), ctes));
    List<SqlNode> parts = new ArrayList<>();
    for (MultiInsertQueryBodyContext body : inserts.multiInsertQueryBody()) {
      reach(body.insertInto());
      parts.add(
          queries.counted(queries.fromFirst(relations.again(), body.fromStatementBody(), ctes)));
    }
    return with(List.of(relations), parts);
  }

  /**
   * The names in a clause are those of the target, of the source or of both; a subquery in it sees
   * both, of whatever kind the clause is. A star is all of the source.
   */
  private SqlNode merge(MergeIntoTableContext merge, Ctes ctes) {
    Shared target = new Shared(from.table(merge.target, merge.targetAlias, ctes));
    Shared source =
        new Shared(
            merge.source == null
                ? from.subquery(merge.sourceQuery, merge.sourceAlias, false, ctes)
                : from.table(merge.source, merge.sourceAlias, ctes));
    List<ParserRuleContext> ofBoth = new ArrayList<>(List.of(merge.mergeCondition));
    List<ParserRuleContext> ofSource = new ArrayList<>();
    List<ParserRuleContext> ofTarget = new ArrayList<>();
    boolean star = false;
    for (MatchedClauseContext clause : merge.matchedClause()) {
      add(ofBoth, clause.matchedCond);
      ofBoth.addAll(values(clause.matchedAction().assignmentList()));
      star |= clause.matchedAction().ASTERISK() != null;
    }
    for (NotMatchedClauseContext clause : merge.notMatchedClause()) {
      add(ofSource, clause.notMatchedCond);
      ofSource.addAll(withoutDefault(clause.notMatchedAction().expression()));
      star |= clause.notMatchedAction().ASTERISK() != null;
    }
    for (NotMatchedBySourceClauseContext clause : merge.notMatchedBySourceClause()) {
      add(ofTarget, clause.notMatchedBySourceCond);
      ofTarget.addAll(values(clause.notMatchedBySourceAction().assignmentList()));
    }
    List<SqlNode> both = read(ofBoth, ctes);
    List<SqlNode> parts = new ArrayList<>();
    parts.add(part(source.again(), names(read(ofSource, ctes), both)));
    parts.add(part(target.again(), names(read(ofTarget, ctes), both)));
    parts.add(part(from.cross(target.again(), source.again()), both));
    if (star) {
      parts.add(queries.counted(queries.passing(source.again(), List.of())));
    }
    return with(List.of(target, source), parts);
  }

  /** Returns the names among expressions, and adds the subqueries among them to others. */
  private static List<SqlNode> names(List<SqlNode> expressions, List<SqlNode> subqueries) {
    List<SqlNode> names = new ArrayList<>();
    for (SqlNode each : expressions) {
      boolean name = each instanceof ColumnReference || each instanceof StarReference;
      (name ? names : subqueries).add(each);
    }
    return names;
  }

  private List<SqlNode> read(@Nullable ParserRuleContext expression, Ctes ctes) {
    return expression == null ? List.of() : read(List.of(expression), ctes);
  }

  private List<SqlNode> read(List<? extends ParserRuleContext> expressions, Ctes ctes) {
    return queries.expressions(ctes, Place.RELATION).operands(expressions);
  }

  /** Returns a query whose expressions are these, over these relations. */
  private SqlNode part(FromClause relations, List<SqlNode> expressions) {
    return queries.passing(relations, expressions).node();
  }

  /** Returns the union of parts, as flat as it can be. */
  private static SqlNode union(List<SqlNode> parts) {
    int half = parts.size() / 2;
    return half == 0
        ? parts.get(0)
        : Operators.setOperation(
            union(parts.subList(0, half)), union(parts.subList(half, parts.size())));
  }

  private SqlNode with(List<Shared> shared, List<SqlNode> parts) {
    List<SqlNode> items = shared.stream().map(Shared::item).toList();
    return new SqlWith(SqlParserPos.ZERO, new SqlNodeList(items, SqlParserPos.ZERO), union(parts));
  }

  private List<ParserRuleContext> values(@Nullable AssignmentListContext assignments) {
    return assignments == null
        ? List.of()
        : withoutDefault(assignments.assignment().stream().map(each -> each.value).toList());
  }

  /** Leaves DEFAULT out, which is no column unless a table has one of that name. */
  private List<ParserRuleContext> withoutDefault(List<? extends ParserRuleContext> values) {
    List<ParserRuleContext> read = new ArrayList<>();
    for (ParserRuleContext value : values) {
      if (!value.getText().equalsIgnoreCase(DEFAULT) || occurrences.haveColumn(DEFAULT)) {
        read.add(value);
      }
    }
    return read;
  }

  private static void add(
      List<ParserRuleContext> expressions, @Nullable ParserRuleContext expression) {
    if (expression != null) {
      expressions.add(expression);
    }
  }

  /** Relations that several parts read, in a WITH of their own. */
  private final class Shared {

    private final String name = queries.newName();
    private final SqlNode item;

    Shared(FromClause relations) {
      item = CteTranslator.item(name, queries.passing(relations, List.of()).node());
    }

    SqlNode item() {
      return item;
    }

    /** Returns the relations once more; each column keeps its qualifier. */
    FromClause again() {
      Relation relation = new Relation(List.of());
      SqlNode node = queries.relation(new SqlIdentifier(name, SqlParserPos.ZERO), relation);
      return new FromClause(node, List.of(relation));
    }
  }
}
