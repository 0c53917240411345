package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.columns.ColumnUse;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.RelationResolver;
import io.sluice.planner.view.TemporaryView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableAliasContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;

/** What a text reads: its relations, and the checks on how it reads them. */
final class QueryRelations {

  private static final String TIME_ZONE = "spark.sql.session.timeZone";

  private final RelationResolver resolver;
  private final ColumnUse columnUse = new ColumnUse();

  QueryRelations(RelationResolver resolver) {
    this.resolver = resolver;
  }

  /** Resolves and authorises the relations that a text names, in text order. */
  List<ReadRelation> resolve(QueryFacts facts, AnalysisRequest request, ViewExpander views) {
    Map<List<?>, ReadRelation> byName = new HashMap<>();
    List<ReadRelation> relations = new ArrayList<>();
    ViewExpander.Size size = new ViewExpander.Size();
    for (RelationOccurrence occurrence : facts.relations()) {
      if (occurrence.cte()) {
        continue;
      }
      // One statement sees one state of a table and its policies.
      ReadRelation known = byName.get(occurrence.key());
      ReadRelation relation =
          known == null ? resolve(occurrence, request, views) : known.at(occurrence);
      ViewExpander.checkUse(relation);
      size.add(relation);
      byName.putIfAbsent(occurrence.key(), relation);
      relations.add(relation);
    }
    return relations;
  }

  private ReadRelation resolve(
      RelationOccurrence occurrence, AnalysisRequest request, ViewExpander views) {
    if (occurrence.parts().size() == 1) {
      String name = occurrence.parts().get(0);
      Optional<TemporaryView> temporary = request.temporaryViews().find(name);
      if (temporary.isPresent()) {
        return views.read(occurrence, temporary.get().text());
      }
      if (request.temporaryViews().isMissing(name)) {
        throw RelationResolver.notFound(occurrence);
      }
    }
    return resolver.resolve(occurrence, request, views);
  }

  /** Returns whether policy hides nothing of what is read, nor of what it once held. */
  boolean areWhole(List<ReadRelation> relations, AnalysisRequest request) {
    return relations.stream()
        .allMatch(
            relation ->
                relation.view().isEmpty()
                    && (relation.metadata().isPresent() || resolver.isWhole(relation, request)));
  }

  /** Returns the tables and views by the place where they are named. */
  static Map<ParserRuleContext, ReadTable> readTables(List<ReadRelation> relations) {
    Map<ParserRuleContext, ReadTable> tables = new LinkedHashMap<>();
    for (ReadRelation relation : relations) {
      tables.put(
          relation.occurrence().naming(),
          new ReadTable(
              relation.shown(), new LinkedHashSet<>(relation.decision().deniedColumns())));
    }
    return tables;
  }

  /**
   * Refuses a query, write or definition that uses a column which the principal may not read.
   *
   * @param variables whether a name may mean a variable
   */
  void refuseDeniedColumns(
      ParserRuleContext statement,
      Map<ParserRuleContext, ReadTable> tables,
      List<ReadRelation> relations,
      Predicate<List<String>> variables,
      AnalysisRequest request) {
    if (relations.stream().allMatch(relation -> relation.decision().deniedColumns().isEmpty())) {
      return;
    }
    columnUse
        .firstDenied(statement, tables, variables)
        .ifPresent(
            denied -> {
              throw RelationResolver.denied(request, denied.table(), denied.column());
            });
    // A list of column aliases names every column by its place, which would shift.
    for (ReadRelation relation : relations) {
      if (!relation.decision().deniedColumns().isEmpty()
          && hasColumnAliases(relation.occurrence().holder())) {
        throw RelationResolver.denied(
            request, relation.table().name(), relation.decision().deniedColumns().get(0));
      }
    }
  }

  private static boolean hasColumnAliases(ParserRuleContext holder) {
    TableAliasContext alias =
        holder instanceof TableNameContext name
            ? name.tableAlias()
            : holder instanceof MergeIntoTableContext merge ? merge.sourceAlias : null;
    return alias != null && alias.identifierList() != null;
  }

  /** A filter or mask on a timestamp means another thing in another time zone. */
  static void refuseOtherTimeZone(List<ReadRelation> relations, AnalysisRequest request) {
    if (timeZone(request).equals("UTC")) {
      return;
    }
    for (ReadRelation relation : relations) {
      TableDecision decision = relation.decision();
      if (decision.rowFilter().isPresent() || !decision.masks().isEmpty()) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "A table that a policy filters or masks is read in time zone UTC only: RESET "
                + TIME_ZONE
                + ".",
            relation.occurrence().position());
      }
    }
  }

  static String timeZone(AnalysisRequest request) {
    return request.timeZone();
  }
}
