package io.sluice.planner.relation;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.view.ViewExpansion;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeleteFromTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;

/**
 * A table or view that a query names, which the user may read at least in part.
 *
 * @param occurrence where
 * @param table what the catalog has; of a view its name and columns
 * @param decision what policy leaves of it; of a view, what it leaves of the rows that its query
 *     gives
 * @param view what stands for a view; empty for a table
 * @param metadata the metadata table behind the table's name that is read instead, of which {@code
 *     table} then has the columns; of such a table policy hides nothing
 * @param past which state of the table is read; empty for the one that it is in, and where policy
 *     hides nothing of any
 */
public record ReadRelation(
    RelationOccurrence occurrence,
    TableMetadata table,
    TableDecision decision,
    Optional<ViewExpansion> view,
    Optional<String> metadata,
    Optional<Past> past) {

  /**
   * A state of a table.
   *
   * @param now the table as it is, of which policies speak
   * @param version what means the state in {@code VERSION AS OF}
   */
  public record Past(TableMetadata now, String version) {}

  /** A table. */
  public ReadRelation(RelationOccurrence occurrence, TableMetadata table, TableDecision decision) {
    this(occurrence, table, decision, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns the same relation where it is named another time. */
  public ReadRelation at(RelationOccurrence other) {
    return new ReadRelation(other, table, decision, view, metadata, past);
  }

  /** Returns the same relation with what another decision leaves of it. */
  ReadRelation under(TableDecision other) {
    return new ReadRelation(occurrence, table, other, view, metadata, past);
  }

  /** Returns whether anything of the table, or of a table behind the view, is hidden or changed. */
  public boolean isRestricted() {
    return decision.isRestricted() || view.filter(ViewExpansion::restricted).isPresent();
  }

  /** Returns whether policy hides anything of the view's rows, whatever it reads. */
  public boolean isRestrictedAsView() {
    return view.isPresent() && (decision.isRestricted() || !viewPolicyIds().isEmpty());
  }

  /** Returns the filters and masks that apply to the relation itself. */
  public List<String> policyIds() {
    return decision.policyIds();
  }

  /** Returns the filters and masks that apply to the view and to those that it reads. */
  public List<String> viewPolicyIds() {
    return view.map(
            inside ->
                Stream.concat(policyIds().stream(), inside.policyIds().stream())
                    .distinct()
                    .toList())
        .orElse(List.of());
  }

  /** Returns whether a query stands in its place. */
  public boolean isReplaced() {
    return view.isPresent() || decision.isRestricted();
  }

  /** Returns whether the rows of it that may be seen are deleted; it is then named twice. */
  public boolean isDeletedInPart() {
    return occurrence.holder() instanceof DeleteFromTableContext && decision.isRestricted();
  }

  /** Returns the table itself, or those that the view reads. */
  public Stream<ReadRelation> tables() {
    return view.map(inside -> inside.tables().stream()).orElseGet(() -> Stream.of(this));
  }

  /** Returns the view itself and those that it reads; none of a table. */
  public Stream<ReadRelation> views() {
    return view.map(inside -> Stream.concat(Stream.of(this), inside.views().stream()))
        .orElseGet(Stream::empty);
  }

  /** Returns whether the query calls the table by its own name, for want of an alias. */
  public boolean isUnaliased() {
    if (occurrence.holder() instanceof MergeIntoTableContext merge) {
      return merge.sourceAlias.strictIdentifier() == null;
    }
    if (occurrence.holder() instanceof DeleteFromTableContext delete) {
      return delete.tableAlias().strictIdentifier() == null;
    }
    return !(occurrence.holder() instanceof TableNameContext name
        && name.tableAlias().strictIdentifier() != null);
  }

  /** Returns the name's three parts, and behind them that of a metadata table. */
  public List<String> qualifiedName() {
    TableName name = table.name();
    return Stream.concat(Stream.of(name.catalog(), name.schema(), name.table()), metadata.stream())
        .toList();
  }

  /** Returns the table by the name that the query calls it by. */
  public TableMetadata shown() {
    TableName name = table.name();
    return metadata
        .map(own -> table.named(new TableName(name.catalog(), name.schema(), own)))
        .orElse(table);
  }
}
