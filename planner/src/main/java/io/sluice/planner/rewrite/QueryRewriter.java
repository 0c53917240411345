package io.sluice.planner.rewrite;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.SourceMap;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.function.FunctionKind;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.ParameterMarker;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.SessionValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeleteFromTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableSubqueryArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OptionsClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;

/**
 * Writes the text for Spark: the user's own, in which every base table is fully qualified or, where
 * it is restricted, replaced by a SELECT of what policy leaves, and every view by its query.
 */
public final class QueryRewriter {

  private final RestrictedSelect select;

  /**
   * @param alias an identifier that no user can guess
   */
  public QueryRewriter(SparkParser parser, String alias) {
    this.select = new RestrictedSelect(parser, alias);
  }

  /**
   * Rewrites a statement.
   *
   * @param statement what is rendered: the query or the EXPLAIN around it
   * @param relations every table and view that the query names
   * @param names what else is named, and the parts that are to stand in its place
   * @param replacement how a REPLACE TABLE is written that cannot be sent as it is
   * @throws SluiceException {@code NOT_SUPPORTED} where a name cannot be kept unambiguous, {@code
   *     POLICY_INVALID}
   */
  public SourceMap rewrite(
      ParsedSql<?> sql,
      ParserRuleContext statement,
      QueryFacts facts,
      List<ReadRelation> relations,
      Map<ParserRuleContext, List<String>> names,
      Optional<Replacement> replacement,
      AnalysisRequest request) {
    TokenEdits edits = new TokenEdits();
    edit(sql, facts, relations, names, request, edits);
    replacement.ifPresent(replaced -> replaced.edit(edits));
    return edits.render(sql, statement.getStart(), statement.getStop());
  }

  /**
   * Rewrites the parts of a statement that Spark runs one by one; as {@link #rewrite} does.
   *
   * @param first where the statement begins
   * @param last where it ends
   * @param parts what each of them holds and reads
   */
  public SourceMap rewrite(
      ParsedSql<?> sql,
      Token first,
      Token last,
      List<StatementPart> parts,
      AnalysisRequest request) {
    TokenEdits edits = new TokenEdits();
    for (StatementPart part : parts) {
      edit(sql, part.facts(), part.relations(), Map.of(), request, edits);
    }
    return edits.render(sql, first, last);
  }

  private void edit(
      ParsedSql<?> sql,
      QueryFacts facts,
      List<ReadRelation> relations,
      Map<ParserRuleContext, List<String>> names,
      AnalysisRequest request,
      TokenEdits edits) {
    names.forEach(
        (naming, parts) ->
            edits.replace(naming.getStart(), naming.getStop(), Identifiers.quote(parts)));
    for (ReadRelation relation : relations) {
      if (relation.isReplaced()) {
        replace(sql, relation, request.principal().name(), edits);
      } else {
        IdentifierReferenceContext naming = relation.occurrence().naming();
        Token last =
            relation.past().isPresent()
                ? relation.occurrence().timeTravel().orElseThrow().getStop()
                : naming.getStop();
        edits.replace(naming.getStart(), last, RestrictedSelect.source(relation));
      }
    }
    NameShortener shortener = new NameShortener(facts, relations);
    facts.chains().forEach(chain -> shortener.shorten(chain, edits));
    for (ParameterMarker marker : facts.parameterMarkers()) {
      edits.replace(marker.context().getStart(), marker.context().getStop(), ParameterMarker.APART);
    }
    for (SessionValue value : facts.sessionValues()) {
      if (!isColumn(value, facts, relations)) {
        replace(value, request, edits);
      }
    }
  }

  private void replace(
      ParsedSql<?> sql, ReadRelation relation, String principal, TokenEdits edits) {
    ParserRuleContext holder = relation.occurrence().holder();
    Token first = relation.occurrence().naming().getStart();
    Token last = relation.occurrence().naming().getStop();
    String alias = " AS " + Identifiers.quote(relation.table().name().table());
    if (holder instanceof TableNameContext table) {
      String options = "";
      if (table.temporalClause() != null) {
        last = table.temporalClause().getStop();
      }
      OptionsClauseContext clause = table.optionsClause();
      if (clause != null) {
        options = new TokenEdits().render(sql, clause.getStart(), clause.getStop()).text();
        last = clause.getStop();
      }
      edits.replace(first, last, "(" + query(relation, options, principal) + ")");
      if (relation.isUnaliased()) {
        edits.insertAfter(table.sample() == null ? last : table.sample().getStop(), alias);
      }
      return;
    }
    if (holder instanceof MergeIntoTableContext) {
      edits.replace(first, last, "(" + query(relation, "", principal) + ")");
      if (relation.isUnaliased()) {
        edits.insertAfter(last, alias);
      }
      return;
    }
    if (holder instanceof DeleteFromTableContext) {
      edits.replace(first, last, select.renderDelete(relation, principal));
      if (relation.isUnaliased()) {
        edits.insertAfter(last, alias);
      }
      edits.insertAfter(holder.getStop(), ")");
      return;
    }
    String query = "SELECT * FROM (" + query(relation, "", principal) + ")" + alias;
    if (holder instanceof TableContext) {
      edits.replace(holder.getStart(), last, "(" + query + ")");
    } else if (holder instanceof FunctionTableSubqueryArgumentContext argument) {
      edits.replace(first, last, argument.LEFT_PAREN() == null ? "(" + query + ")" : query);
    } else {
      throw new IllegalStateException("no replacement for " + holder.getClass().getSimpleName());
    }
  }

  private String query(ReadRelation relation, String options, String principal) {
    return relation
        .view()
        .filter(view -> !relation.decision().isRestricted())
        .map(view -> view.select(relation.occurrence().seesOutside()))
        .orElseGet(() -> select.render(relation, options, principal));
  }

  /** A bare {@code user} means a column where there is one; where that cannot be told, refuse. */
  static boolean isColumn(SessionValue value, QueryFacts facts, List<ReadRelation> relations) {
    if (value.level() == null) {
      return false;
    }
    Map<RelationOccurrence, ReadRelation> byOccurrence = new HashMap<>();
    boolean anywhere = facts.introduces(value.name());
    for (ReadRelation relation : relations) {
      byOccurrence.put(relation.occurrence(), relation);
      anywhere |=
          hasColumn(relation, value.name())
              || relation.table().formerColumns().stream().anyMatch(value.name()::equalsIgnoreCase);
    }
    // Spark takes the function before a column of a query further out.
    for (var occurrence : value.level().relations()) {
      ReadRelation relation = byOccurrence.get(occurrence);
      if (relation != null && hasColumn(relation, value.name())) {
        return true;
      }
    }
    if (anywhere) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "It cannot be told whether this is a column; write the relation's alias in front, or "
              + value.name()
              + "() for the user.",
          Identifiers.position(value.context().getStart()));
    }
    return false;
  }

  static boolean hasColumn(ReadRelation relation, String name) {
    for (Column column : relation.table().columns()) {
      if (column.name().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private static void replace(SessionValue value, AnalysisRequest request, TokenEdits edits) {
    String literal =
        switch (value.kind()) {
          case PRINCIPAL -> request.principal().name();
          case CATALOG -> request.namespace().catalog();
          case SCHEMA -> request.namespace().schema();
          default -> throw new IllegalStateException("not a session value: " + value.kind());
        };
    // Spark calls the column by the function that was called, but for two of them.
    String function =
        value.kind() == FunctionKind.SCHEMA
            ? "current_schema"
            : value.level() == null ? value.name() : "current_user";
    String name =
        ResultColumns.isUnnamed(value.context()) ? " AS " + Identifiers.quote(function + "()") : "";
    edits.replace(
        value.context().getStart(), value.context().getStop(), Identifiers.literal(literal) + name);
  }
}
