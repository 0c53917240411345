package io.sluice.planner.view;

import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.ReadRelation;
import java.util.List;

/**
 * What stands in the text for Spark where a view was named.
 *
 * @param view what was named
 * @param columns what is selected
 * @param rows the view's query, authorised for whoever reads, with its alias
 * @param alias what the rows are called, which no user can guess
 * @param names what the query names, in text order
 * @param tables every base table that it reads, those behind further views too, in text order
 * @param views every view behind it, in text order
 * @param restricted whether policy hides anything of what it reads, a view's own rows included
 * @param policyIds the filters and masks on the views that it reads
 * @param dependencies of this view and those behind it
 */
public record ViewExpansion(
    ViewText view,
    String columns,
    String rows,
    String alias,
    List<ExpectedName> names,
    List<ReadRelation> tables,
    List<ReadRelation> views,
    boolean restricted,
    List<String> policyIds,
    List<String> dependencies) {

  public ViewExpansion {
    names = List.copyOf(names);
    tables = List.copyOf(tables);
    views = List.copyOf(views);
    policyIds = List.copyOf(policyIds);
    dependencies = List.copyOf(dependencies);
  }

  /** Returns how many characters it comes to. */
  public int length() {
    return columns.length() + rows.length();
  }

  /**
   * Returns a query, without brackets.
   *
   * @param inside whether it stands where names may mean columns of a query around it. Names in a
   *     view's own text never do, not even where a table has lost the column that was meant: Spark
   *     looks one query further out and no more, and there it finds nothing.
   */
  public String select(boolean inside) {
    if (!inside) {
      return "SELECT " + columns + " FROM " + rows;
    }
    return "SELECT %s FROM (SELECT 1) AS %s, LATERAL %s"
        .formatted(
            columns.equals("*") ? Identifiers.quote(alias) + ".*" : columns,
            Identifiers.quote(alias + "_1"),
            rows);
  }

  /**
   * A relation as it stands in a text for Spark.
   *
   * @param cte whether it means a common table expression
   */
  public record ExpectedName(List<String> parts, boolean cte) {

    public ExpectedName {
      parts = List.copyOf(parts);
    }
  }
}
