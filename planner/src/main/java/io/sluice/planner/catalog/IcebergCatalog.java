package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewDefinition;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.iceberg.BaseMetadataTable;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.jspecify.annotations.Nullable;

/** One catalog: opened at first use, cached for a moment, its errors made fit for users. */
final class IcebergCatalog implements AutoCloseable {

  private static final int MOST_TABLES = 10_000;
  private static final int MOST_SCHEMAS = 1_000;

  private final CatalogConfiguration configuration;
  private final Ticker ticker;
  private final Duration freshness;
  private final CatalogRequests requests;
  private final Remembered<OpenCatalog> opening;
  private final Remembered<List<String>> schemas;
  private final Cache<String, Remembered<List<CatalogReader.Relation>>> relations =
      Caffeine.newBuilder().maximumSize(MOST_SCHEMAS).build();
  private final Cache<TableName, CachedTable> tables =
      Caffeine.newBuilder().maximumSize(MOST_TABLES).build();
  private final Cache<TableName, Remembered<Optional<ViewMetadata>>> views =
      Caffeine.newBuilder().maximumSize(MOST_TABLES).build();
  private final AtomicLong changes = new AtomicLong();
  private @Nullable OpenCatalog open;
  private boolean closed;

  IcebergCatalog(CatalogConfiguration configuration, Duration freshness, Ticker ticker) {
    this.configuration = configuration;
    this.ticker = ticker;
    this.freshness = freshness;
    this.requests = new CatalogRequests(ticker);
    this.opening = new Remembered<>(freshness, ticker, () -> 0);
    this.schemas = new Remembered<>(freshness, ticker, changes::get);
  }

  /** Returns what it was asked. */
  CatalogRequests.Total requests() {
    return requests.total();
  }

  List<String> schemas() {
    return schemas.get(() -> counted(this::listSchemas));
  }

  List<CatalogReader.Relation> relations(String schema) {
    if (!schemas().contains(schema)) {
      throw schemaNotFound(schema);
    }
    return relations
        .get(schema, name -> new Remembered<>(freshness, ticker, changes::get))
        .get(() -> requests.counted(() -> inSchema(schema, open -> listRelations(open, schema))));
  }

  Map<String, String> schemaProperties(String schema) {
    if (!schemas().contains(schema)) {
      throw schemaNotFound(schema);
    }
    return requests.counted(
        () ->
            inSchema(
                schema, open -> open.namespaces().loadNamespaceMetadata(Namespace.of(schema))));
  }

  Optional<TableMetadata> table(TableName name) {
    return cached(name).flatMap(table -> ask(open -> table.current(open.catalog())));
  }

  Optional<TableMetadata> tableNow(TableName name) {
    return cached(name).flatMap(table -> ask(open -> table.now(open.catalog())));
  }

  Optional<TableVersion> version(TableName name, TimeTravel when) {
    return cached(name).flatMap(table -> ask(open -> table.version(open.catalog(), when)));
  }

  /** Resolves the name as Spark does, where a real table comes before a metadata table. */
  Optional<List<Column>> metadataTable(TableName table, String suffix) {
    if (table.table().isEmpty() || !isSingleLevel(table.schema())) {
      return Optional.empty();
    }
    return counted(
        open -> {
          try {
            Table loaded =
                open.catalog()
                    .loadTable(
                        TableIdentifier.of(Namespace.of(table.schema(), table.table()), suffix));
            return loaded instanceof BaseMetadataTable
                ? Optional.of(
                    loaded.schema().columns().stream()
                        .map(field -> TableMapper.column(table, field))
                        .toList())
                : Optional.empty();
          } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return Optional.empty();
          }
        });
  }

  private Optional<CachedTable> cached(TableName name) {
    if (name.table().isEmpty() || !isSingleLevel(name.schema())) {
      return Optional.empty();
    }
    return Optional.of(
        tables.get(name, key -> new CachedTable(key, freshness, ticker, changes::get, requests)));
  }

  Optional<ViewMetadata> view(TableName name) {
    if (name.table().isEmpty() || !isSingleLevel(name.schema()) || !isView(name)) {
      return Optional.empty();
    }
    return views
        .get(name, key -> new Remembered<>(freshness, ticker, changes::get))
        .get(() -> counted(open -> CatalogViews.load(open.views(), name)));
  }

  void define(ViewDefinition view, List<ViewColumn> columns) {
    change(
        view.name().schema(),
        open -> {
          CatalogViews.define(open.views(), view, columns);
          return true;
        });
  }

  void change(ViewChange change, String schema) {
    change(
        schema,
        open -> {
          CatalogViews.change(open.views(), change);
          return true;
        });
  }

  private void change(String schema, Function<OpenCatalog, Boolean> action) {
    try {
      requests.counted(
          () ->
              inSchema(
                  schema,
                  open -> {
                    try {
                      return action.apply(open);
                    } catch (RuntimeException e) {
                      throw isUnknown(e) ? outcomeUnknown(e) : e;
                    }
                  }));
    } finally {
      forget();
    }
  }

  Optional<String> warehouse() {
    return Optional.ofNullable(
        configuration.properties().get(CatalogProperties.WAREHOUSE_LOCATION));
  }

  /** Returns whether a catalog that failed so may have made the change all the same. */
  private static boolean isUnknown(RuntimeException failure) {
    return failure instanceof CommitStateUnknownException
        || failure instanceof ServiceFailureException
        || failure instanceof UncheckedSQLException
        // The connection broke; its subclasses are answers.
        || failure.getClass() == RESTException.class;
  }

  private SluiceException outcomeUnknown(RuntimeException cause) {
    return new SluiceException(
        ErrorCode.OUTCOME_UNKNOWN,
        "Catalog %s did not say whether it made the change. Look at the view before you send the statement again."
            .formatted(configuration.name()),
        cause);
  }

  void forget() {
    changes.incrementAndGet();
  }

  boolean isView(TableName name) {
    return schemas().contains(name.schema())
        && relations(name.schema()).contains(new CatalogReader.Relation(name, true));
  }

  private List<String> listSchemas(OpenCatalog open) {
    return open.namespaces().listNamespaces().stream()
        .filter(namespace -> namespace.length() == 1)
        .map(namespace -> namespace.level(0))
        .filter(IcebergCatalog::isSingleLevel)
        .distinct()
        .sorted()
        .toList();
  }

  private List<CatalogReader.Relation> listRelations(OpenCatalog open, String schema) {
    Namespace namespace = Namespace.of(schema);
    return Stream.concat(
            open.catalog().listTables(namespace).stream().map(table -> relation(table, false)),
            open.views().listViews(namespace).stream().map(view -> relation(view, true)))
        .filter(relation -> relation.name().schema().equals(schema))
        .sorted(Comparator.comparing(relation -> relation.name().table()))
        .toList();
  }

  private CatalogReader.Relation relation(TableIdentifier identifier, boolean view) {
    String schema = identifier.namespace().toString();
    return new CatalogReader.Relation(
        new TableName(configuration.name(), schema, identifier.name()), view);
  }

  /** JDBC catalogs join the levels of a namespace by dots, REST catalogs by a control character. */
  private static boolean isSingleLevel(String schema) {
    return !schema.isEmpty()
        && schema.chars().noneMatch(c -> c == '.' || Character.isISOControl(c));
  }

  private <T> T inSchema(String schema, Function<OpenCatalog, T> question) {
    return ask(
        open -> {
          try {
            return question.apply(open);
          } catch (NoSuchNamespaceException e) {
            throw schemaNotFound(schema);
          }
        });
  }

  private <T> T counted(Function<OpenCatalog, T> question) {
    return requests.counted(() -> ask(question));
  }

  private <T> T ask(Function<OpenCatalog, T> question) {
    try {
      return question.apply(open());
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SluiceException(
          ErrorCode.CATALOG_UNAVAILABLE,
          "Catalog %s did not answer; try again, and tell its operator if that does not help"
              .formatted(configuration.name()),
          e);
    }
  }

  private synchronized OpenCatalog open() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (open == null) {
      open = opening.get(() -> OpenCatalog.open(configuration));
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (open != null) {
      open.close();
      open = null;
    }
  }

  private SluiceException schemaNotFound(String schema) {
    return NotFound.schema(List.of(configuration.name(), schema), null);
  }
}
