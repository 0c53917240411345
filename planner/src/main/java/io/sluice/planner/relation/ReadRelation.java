package io.sluice.planner.relation;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.TableDecision;
import java.util.List;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;

/**
 * A base table that a query names, which the user may read at least in part.
 *
 * @param occurrence where
 * @param table what the catalog has
 * @param decision what policy leaves of it
 */
public record ReadRelation(
    RelationOccurrence occurrence, TableMetadata table, TableDecision decision) {

  /** Returns whether anything of the table is hidden or changed. */
  public boolean isRestricted() {
    return decision.isRestricted();
  }

  /** Returns whether the query calls the table by its own name, for want of an alias. */
  public boolean isUnaliased() {
    if (occurrence.holder() instanceof MergeIntoTableContext merge) {
      return merge.sourceAlias.strictIdentifier() == null;
    }
    return !(occurrence.holder() instanceof TableNameContext name
        && name.tableAlias().strictIdentifier() != null);
  }

  /** Returns the name's three parts. */
  public List<String> qualifiedName() {
    TableName name = table.name();
    return List.of(name.catalog(), name.schema(), name.table());
  }
}
