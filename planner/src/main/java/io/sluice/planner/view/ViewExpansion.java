package io.sluice.planner.view;

import io.sluice.planner.relation.ReadRelation;
import java.util.List;

/**
 * What stands in the text for Spark where a view was named.
 *
 * @param view what was named
 * @param select a query, authorised for whoever reads, without brackets
 * @param names what the query names, in text order
 * @param tables every base table that it reads, those behind further views too, in text order
 * @param restricted whether policy hides anything of what it reads, a view's own rows included
 * @param policyIds the filters and masks on the views that it reads
 * @param dependencies of this view and those behind it
 */
public record ViewExpansion(
    ViewText view,
    String select,
    List<ExpectedName> names,
    List<ReadRelation> tables,
    boolean restricted,
    List<String> policyIds,
    List<String> dependencies) {

  public ViewExpansion {
    names = List.copyOf(names);
    tables = List.copyOf(tables);
    policyIds = List.copyOf(policyIds);
    dependencies = List.copyOf(dependencies);
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
