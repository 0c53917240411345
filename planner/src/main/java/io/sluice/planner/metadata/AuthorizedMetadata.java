package io.sluice.planner.metadata;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.CatalogReader.Relation;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import io.sluice.planner.relation.ColumnDecisions;
import io.sluice.planner.relation.WholeTable;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The catalog's facts, as far as the policy engine lets a principal see them. */
public final class AuthorizedMetadata implements MetadataReader {

  private static final String ANY_SCHEMA = "*";
  private static final String UNAVAILABLE =
      "The policy engine gave no decision, so nothing is shown; tell the operator of this server";

  private final CatalogReader catalog;
  private final PolicyEngine policies;
  private final SparkParser parser;
  private final String clientAddress;

  /**
   * Makes a reader that knows no client's address.
   *
   * @param clock what the deadline of reading a view's text is measured by
   */
  public AuthorizedMetadata(CatalogReader catalog, PolicyEngine policies, InstantSource clock) {
    this(catalog, policies, new SparkParser(clock), "");
  }

  private AuthorizedMetadata(
      CatalogReader catalog, PolicyEngine policies, SparkParser parser, String clientAddress) {
    this.catalog = catalog;
    this.parser = parser;
    this.policies = policies;
    this.clientAddress = clientAddress;
  }

  @Override
  public MetadataReader from(String clientAddress) {
    return new AuthorizedMetadata(catalog, policies, parser, clientAddress);
  }

  @Override
  public MetadataReader under(PolicyEngine others) {
    return new AuthorizedMetadata(catalog, others, parser, clientAddress);
  }

  @Override
  public List<String> catalogs(Principal principal) {
    return catalog.catalogs().stream().filter(name -> maySee(principal, name, ANY_SCHEMA)).toList();
  }

  @Override
  public List<String> schemas(Principal principal, String catalogName) {
    if (!mayEnter(principal, catalogName)) {
      return List.of();
    }
    return catalog.schemas(catalogName).stream()
        .filter(schema -> maySee(principal, catalogName, schema))
        .toList();
  }

  @Override
  public List<TableName> tables(Principal principal, String catalogName, String schema) {
    return tables(principal, catalogName, schema, name -> true);
  }

  @Override
  public List<TableName> tables(
      Principal principal, String catalogName, String schema, Predicate<String> wanted) {
    // Asks about this schema alone: a client that lists a whole catalog comes once for each.
    if (!mayEnter(principal, catalogName)
        || !catalog.schemas(catalogName).contains(schema)
        || !maySee(principal, catalogName, schema)) {
      return List.of();
    }
    return catalog.relations(catalogName, schema).stream()
        .filter(relation -> !relation.view())
        .map(Relation::name)
        .filter(name -> wanted.test(name.table()) && isListed(principal, name))
        .toList();
  }

  @Override
  public Optional<VisibleTable> table(Principal principal, TableName name) {
    Optional<TableMetadata> found;
    try {
      found = catalog.table(name);
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED && !mayReadUnknown(principal, name)) {
        return Optional.empty();
      }
      throw e;
    }
    return found.flatMap(table -> visible(principal, table));
  }

  @Override
  public Optional<List<Column>> metadataTable(Principal principal, TableName name, String suffix) {
    if (!mayEnter(principal, name.catalog())) {
      return Optional.empty();
    }
    Optional<VisibleTable> table = table(principal, name);
    if (table.isEmpty()
        || table.get().restricted()
        || table.get().table().details().forgetsColumns()) {
      return Optional.empty();
    }
    TableMetadata known = table.get().table();
    return decide(principal, name, known.columns(), WholeTable.columns(known)).isRestricted()
        ? Optional.empty()
        : catalog.metadataTable(name, suffix);
  }

  @Override
  public List<TableName> views(Principal principal, String catalogName, String schema) {
    return views(principal, catalogName, schema, name -> true);
  }

  @Override
  public List<TableName> views(
      Principal principal, String catalogName, String schema, Predicate<String> wanted) {
    if (!mayEnter(principal, catalogName)
        || !catalog.schemas(catalogName).contains(schema)
        || !maySee(principal, catalogName, schema)) {
      return List.of();
    }
    return catalog.relations(catalogName, schema).stream()
        .filter(Relation::view)
        .map(Relation::name)
        .filter(name -> wanted.test(name.table()) && isListedView(principal, name))
        .toList();
  }

  private boolean isListedView(Principal principal, TableName name) {
    try {
      return catalog.view(name).filter(view -> !granted(principal, view).isEmpty()).isPresent();
    } catch (SluiceException e) {
      return mayReadUnknown(principal, name);
    }
  }

  @Override
  public Optional<VisibleView> view(Principal principal, TableName name) {
    Optional<ViewMetadata> found = catalog.view(name);
    List<ViewColumn> granted = found.map(view -> granted(principal, view)).orElse(List.of());
    if (granted.isEmpty()) {
      return Optional.empty();
    }
    ViewMetadata view = found.orElseThrow();
    ViewSources.Hidden hidden =
        ViewSources.of(
            view, catalog, parser, table -> decide(principal, table.name(), table.columns()));
    boolean restricted = decide(principal, name, view.asTable().columns()).isRestricted();
    return Optional.of(new VisibleView(view, hidden.leaves(granted), restricted || hidden.text()));
  }

  @Override
  public VisibleTemporaryView temporaryView(
      Principal principal, TemporaryView view, TemporaryViews session) {
    ViewSources.Hidden hidden =
        ViewSources.of(
            view,
            session,
            catalog,
            parser,
            table -> decide(principal, table.name(), table.columns()));
    return new VisibleTemporaryView(hidden.leaves(view.columns()), hidden.text());
  }

  /** Returns the columns that policy on the view itself leaves; none where it grants nothing. */
  private List<ViewColumn> granted(Principal principal, ViewMetadata view) {
    TableDecision decision = decide(principal, view.name(), view.asTable().columns());
    return decision.granted()
        ? view.columns().stream()
            .filter(column -> !decision.deniedColumns().contains(column.name()))
            .toList()
        : List.of();
  }

  @Override
  public boolean mayRead(Principal principal, TableName name) {
    Optional<TableMetadata> found;
    try {
      found = catalog.table(name);
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED) {
        return mayReadUnknown(principal, name);
      }
      throw e;
    }
    return found.isPresent()
        ? visible(principal, found.get()).isPresent()
        : mayReadUnknown(principal, name);
  }

  /** One table that cannot be loaded does not hide the others, nor itself from who may read it. */
  private boolean isListed(Principal principal, TableName name) {
    Optional<TableMetadata> found;
    try {
      found = catalog.table(name);
    } catch (SluiceException e) {
      return mayReadUnknown(principal, name);
    }
    return found.flatMap(table -> visible(principal, table)).isPresent();
  }

  private Optional<VisibleTable> visible(Principal principal, TableMetadata table) {
    TableDecision decision = decide(principal, table.name(), table.columns());
    if (!decision.granted()) {
      return Optional.empty();
    }
    Set<String> denied =
        decision.deniedColumns().stream()
            .map(column -> column.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    List<Column> columns =
        table.columns().stream()
            .filter(column -> !denied.contains(column.name().toLowerCase(Locale.ROOT)))
            .toList();
    // A table may be made before its columns; who may read it sees that there are none.
    return columns.isEmpty() && !table.columns().isEmpty()
        ? Optional.empty()
        : Optional.of(new VisibleTable(table, columns, decision.isRestricted()));
  }

  /** Asks about a table whose columns are not known, or that does not exist. */
  private boolean mayReadUnknown(Principal principal, TableName name) {
    return decide(principal, name, List.of()).granted();
  }

  private TableDecision decide(Principal principal, TableName name, List<Column> columns) {
    return decide(principal, name, columns, List.of());
  }

  private TableDecision decide(
      Principal principal, TableName name, List<Column> columns, List<String> more) {
    return ask(
        () ->
            ColumnDecisions.of(
                columns,
                more,
                names -> new TableRequest(principal, clientAddress, name, names),
                policies));
  }

  private boolean mayEnter(Principal principal, String catalogName) {
    return catalog.catalogs().contains(catalogName) && maySee(principal, catalogName, ANY_SCHEMA);
  }

  private boolean maySee(Principal principal, String catalogName, String schema) {
    return ask(() -> policies.maySee(principal, catalogName, schema));
  }

  /** Makes every failure of the engine a refusal. */
  private static <T> T ask(Supplier<T> question) {
    try {
      T answer = question.get();
      if (answer != null) {
        return answer;
      }
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SluiceException(ErrorCode.POLICY_UNAVAILABLE, UNAVAILABLE, e);
    }
    throw new SluiceException(ErrorCode.POLICY_UNAVAILABLE, UNAVAILABLE);
  }
}
