package io.sluice.planner.metadata;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Catalog facts, filtered by policy; what SHOW, DESCRIBE and every door's metadata calls answer
 * from. Needs no cluster. An error of the policy engine is thrown, never turned into an unfiltered
 * answer.
 */
public interface MetadataReader {

  /** Returns the same facts under other policies; by default these. */
  default MetadataReader under(PolicyEngine others) {
    return this;
  }

  /** Returns the catalogs in which the principal holds any privilege, sorted. */
  List<String> catalogs(Principal principal);

  /**
   * Returns the schemas of a catalog in which the principal holds any privilege, sorted; empty for
   * a catalog that is missing or closed to them.
   */
  List<String> schemas(Principal principal, String catalog);

  /** Returns the tables of a schema of which the principal may read at least one column, sorted. */
  List<TableName> tables(Principal principal, String catalog, String schema);

  /**
   * Returns those tables of a schema whose names are wanted, as {@link #tables(Principal, String,
   * String)} does.
   *
   * @param wanted is asked before the table and the policies are; what it throws ends a long search
   */
  default List<TableName> tables(
      Principal principal, String catalog, String schema, Predicate<String> wanted) {
    return tables(principal, catalog, schema).stream()
        .filter(name -> wanted.test(name.table()))
        .toList();
  }

  /**
   * Returns the table without the columns that the principal may not read; empty when unreadable or
   * missing.
   *
   * @throws io.sluice.model.SluiceException {@code NOT_SUPPORTED} for a table that the principal
   *     may read and Spark cannot
   */
  Optional<VisibleTable> table(Principal principal, TableName name);

  /**
   * Returns the columns of a table's metadata table; empty when there is none, and where policy
   * hides anything of the table, or of what it once held, from the principal. By default none.
   *
   * @param suffix the metadata table's name behind the table's
   */
  default Optional<List<Column>> metadataTable(
      Principal principal, TableName table, String suffix) {
    return Optional.empty();
  }

  /** Returns the views of a schema that the principal may read, sorted. By default none. */
  default List<TableName> views(Principal principal, String catalog, String schema) {
    return List.of();
  }

  /**
   * Returns those views of a schema whose names are wanted, as {@link #views(Principal, String,
   * String)} does.
   *
   * @param wanted is asked before the view and the policies are; what it throws ends a long search
   */
  default List<TableName> views(
      Principal principal, String catalog, String schema, Predicate<String> wanted) {
    return views(principal, catalog, schema).stream()
        .filter(name -> wanted.test(name.table()))
        .toList();
  }

  /** Returns the view as the principal may see it; empty when closed or missing. */
  default Optional<VisibleView> view(Principal principal, TableName name) {
    return Optional.empty();
  }

  /**
   * Returns what the principal may see of a view of their session, which may have been made before
   * a policy. By default nothing but its name.
   *
   * @param session the views that its text may name
   */
  default VisibleTemporaryView temporaryView(
      Principal principal, TemporaryView view, TemporaryViews session) {
    return new VisibleTemporaryView(List.of(), true);
  }

  /**
   * Returns whether policy lets the principal read a column of the table, or would if there were
   * such a table; what tells a missing table from a forbidden one. By default a missing table is a
   * forbidden one.
   */
  default boolean mayRead(Principal principal, TableName name) {
    return table(principal, name).isPresent();
  }

  /**
   * Returns a reader for a client at an IP address, which policies may have conditions on; this one
   * when the implementation knows none.
   */
  default MetadataReader from(String clientAddress) {
    return this;
  }

  /**
   * A table as one principal may see it.
   *
   * @param table all its metadata, for the gateway's own use
   * @param columns those that the principal may read, in table order
   * @param restricted whether a filter, mask or denied column applies
   */
  record VisibleTable(TableMetadata table, List<Column> columns, boolean restricted) {

    public VisibleTable {
      columns = List.copyOf(columns);
    }
  }

  /**
   * A view as one principal may see it.
   *
   * @param view all that is known of it, for the gateway's own use
   * @param columns those that the principal may read, in order; none that is called as a column
   *     which the view uses and the principal may not read
   * @param restricted whether a policy filters, masks or denies a part of the view itself, or
   *     denies a column that it uses; then its text is not shown
   */
  record VisibleView(ViewMetadata view, List<ViewColumn> columns, boolean restricted) {

    public VisibleView {
      columns = List.copyOf(columns);
    }
  }

  /**
   * A session's view as its principal may see it.
   *
   * @param columns as those of {@link VisibleView}
   * @param restricted whether policy denies a column that it uses; then its text is not shown
   */
  record VisibleTemporaryView(List<ViewColumn> columns, boolean restricted) {

    public VisibleTemporaryView {
      columns = List.copyOf(columns);
    }
  }
}
