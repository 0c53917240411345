package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.model.TableName;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.jspecify.annotations.Nullable;

/**
 * One name's table. Iceberg's own table is kept: when it is refreshed it reads the metadata file
 * only if the catalog names another one. Absence is remembered as long as presence is.
 */
final class CachedTable {

  private final TableName name;
  private final CatalogRequests requests;
  private final Remembered<Optional<Loaded>> remembered;

  // What follows is read and written inside remembered's question only, by one thread at a time.
  private @Nullable BaseTable table;
  private @Nullable Loaded mapped;

  /** What a metadata file says, which never changes. */
  private record Loaded(TableMetadata table, org.apache.iceberg.TableMetadata metadata) {}

  CachedTable(
      TableName name,
      Duration freshness,
      Ticker ticker,
      LongSupplier changes,
      CatalogRequests requests) {
    this.name = name;
    this.requests = requests;
    this.remembered = new Remembered<>(freshness, ticker, changes);
  }

  /** Returns what was found at most a moment ago. */
  Optional<TableMetadata> current(Catalog catalog) {
    return remembered.get(() -> asked(catalog)).map(Loaded::table);
  }

  /** Returns a state of what was found at most a moment ago. */
  Optional<TableVersion> version(Catalog catalog, TimeTravel when) {
    return remembered
        .get(() -> asked(catalog))
        .flatMap(loaded -> TableVersions.find(loaded.table(), loaded.metadata(), when));
  }

  /** Returns what is found now. */
  Optional<TableMetadata> now(Catalog catalog) {
    return remembered.now(() -> asked(catalog)).map(Loaded::table);
  }

  private Optional<Loaded> asked(Catalog catalog) {
    return requests.counted(() -> load(catalog));
  }

  private Optional<Loaded> load(Catalog catalog) {
    BaseTable fresh = refreshed();
    if (fresh == null) {
      mapped = null;
      fresh = loaded(catalog);
    }
    table = fresh;
    if (fresh == null) {
      return Optional.empty();
    }
    org.apache.iceberg.TableMetadata metadata = fresh.operations().current();
    String location = metadata.metadataFileLocation();
    Loaded known = mapped;
    if (known == null
        || location == null
        || !location.equals(known.metadata().metadataFileLocation())) {
      mapped = null;
      known = new Loaded(TableMapper.map(name, fresh), metadata);
      mapped = known;
    }
    return Optional.of(known);
  }

  /** Returns the table that is already here; null when there is none, or another under its name. */
  private @Nullable BaseTable refreshed() {
    BaseTable known = table;
    if (known == null) {
      return null;
    }
    try {
      return LocalFileIO.readingOnce(
          () -> {
            known.refresh();
            return known;
          });
    } catch (RuntimeException e) {
      // Dropped, or dropped and made anew; whether the catalog is down shows at the next load.
      return null;
    }
  }

  private @Nullable BaseTable loaded(Catalog catalog) {
    try {
      TableIdentifier identifier = TableIdentifier.of(Namespace.of(name.schema()), name.table());
      Table found = LocalFileIO.readingOnce(() -> catalog.loadTable(identifier));
      // Iceberg reads a schema's name as a table's and a table's as a metadata table's.
      return found instanceof BaseTable base ? base : null;
    } catch (NoSuchTableException | NoSuchNamespaceException e) {
      return null;
    }
  }
}
