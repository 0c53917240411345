package io.sluice.planner.view;

import io.sluice.model.TableName;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.view.ViewExpansion.ExpectedName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is read where a view is named.
 *
 * @param name one part of a temporary view, three of one in a catalog
 * @param sql its query, as its maker wrote it
 * @param namespace where the names in it resolve
 * @param timeZone the only one in which it may be read; empty for any
 * @param temporaryNames the names in it that mean temporary views, in lower case
 * @param columns what readers see of it
 * @param dependency changes with anything of it
 */
public record ViewText(
    List<String> name,
    String sql,
    Namespace namespace,
    Optional<String> timeZone,
    Set<String> temporaryNames,
    List<ViewColumn> columns,
    String dependency) {

  /** Returns the name as errors give it. */
  public String quotedName() {
    return Identifiers.quote(name);
  }

  /** Returns whether it is a session's. */
  public boolean isTemporary() {
    return name.size() == 1;
  }

  /** Returns what readers see of it as a table of no catalog's. */
  public TableMetadata asTable() {
    List<Column> all = new ArrayList<>();
    for (ViewColumn column : columns) {
      all.add(new Column(column.name(), all.size() + 1, column.type(), true, column.comment()));
    }
    TableName table =
        isTemporary()
            ? new TableName("", "", name.get(0))
            : new TableName(name.get(0), name.get(1), name.get(2));
    return new TableMetadata(table, "", 0, all, List.of(), Map.of(), "");
  }

  /** Returns the request by which the names in it resolve. */
  public AnalysisRequest request(AnalysisRequest reader) {
    return reader.inside(sql, namespace, reader.temporaryViews().only(temporaryNames));
  }

  /**
   * Returns what stands for the view, with its own columns around its query. Columns go by their
   * name in the query, so that one that was added to a table since does not shift them; by their
   * place where names repeat or may depend on who reads.
   *
   * @param query the text that stands for the view's query
   * @param alias an identifier that no user can guess
   * @param namesMayVary whether the query's own column names may differ between readers
   * @param names what the query names, in text order
   * @param tables every base table that it reads
   * @param views every view behind it
   * @param restricted whether policy hides anything of what it reads
   * @param policyIds the filters and masks on the views that it reads
   * @param dependencies of this view and those behind it
   */
  public ViewExpansion expansion(
      String query,
      String alias,
      boolean namesMayVary,
      List<ExpectedName> names,
      List<ReadRelation> tables,
      List<ReadRelation> views,
      boolean restricted,
      List<String> policyIds,
      List<String> dependencies) {
    String quoted = Identifiers.quote(alias);
    String rows = "(" + query + ") AS " + quoted;
    if (namesMayVary || !namesAreUnique()) {
      String list =
          columns.stream()
              .map(column -> Identifiers.quote(column.name()))
              .collect(Collectors.joining(", ", "(", ")"));
      return new ViewExpansion(
          this, "*", rows + list, alias, names, tables, views, restricted, policyIds, dependencies);
    }
    String list =
        columns.stream()
            .map(
                column ->
                    quoted
                        + "."
                        + Identifiers.quote(column.queryName().orElseThrow())
                        + " AS "
                        + Identifiers.quote(column.name()))
            .collect(Collectors.joining(", "));
    return new ViewExpansion(
        this, list, rows, alias, names, tables, views, restricted, policyIds, dependencies);
  }

  private boolean namesAreUnique() {
    Set<String> names = new HashSet<>();
    return columns.stream()
        .allMatch(
            column ->
                column.queryName().isPresent()
                    && names.add(column.queryName().get().toLowerCase(Locale.ROOT)));
  }
}
