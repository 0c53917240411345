package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.sluice.model.TableName;
import java.util.Optional;
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
  private final long freshness;
  private final Ticker ticker;

  @GuardedBy("this")
  private @Nullable BaseTable table;

  @GuardedBy("this")
  private @Nullable String mappedLocation;

  @GuardedBy("this")
  private Optional<TableMetadata> mapped = Optional.empty();

  @GuardedBy("this")
  private boolean checked;

  @GuardedBy("this")
  private long checkedAt;

  CachedTable(TableName name, long freshness, Ticker ticker) {
    this.name = name;
    this.freshness = freshness;
    this.ticker = ticker;
  }

  synchronized Optional<TableMetadata> current(Catalog catalog) {
    long now = ticker.read();
    if (!checked || now - checkedAt >= freshness) {
      checked = false;
      load(catalog);
      checkedAt = now;
      checked = true;
    }
    return mapped;
  }

  @GuardedBy("this")
  private void load(Catalog catalog) {
    BaseTable fresh = refreshed();
    if (fresh == null) {
      fresh = loaded(catalog);
      mappedLocation = null;
    }
    table = fresh;
    if (fresh == null) {
      mapped = Optional.empty();
      return;
    }
    String location = fresh.operations().current().metadataFileLocation();
    if (location == null || !location.equals(mappedLocation)) {
      mappedLocation = null;
      mapped = Optional.of(TableMapper.map(name, fresh));
      mappedLocation = location;
    }
  }

  /** Returns the table that is already here; null when there is none, or another under its name. */
  @GuardedBy("this")
  private @Nullable BaseTable refreshed() {
    if (table == null) {
      return null;
    }
    try {
      table.refresh();
      return table;
    } catch (RuntimeException e) {
      // Dropped, or dropped and made anew; whether the catalog is down shows at the next load.
      return null;
    }
  }

  private @Nullable BaseTable loaded(Catalog catalog) {
    try {
      Table found =
          catalog.loadTable(TableIdentifier.of(Namespace.of(name.schema()), name.table()));
      // Iceberg reads a schema's name as a table's and a table's as a metadata table's.
      return found instanceof BaseTable base ? base : null;
    } catch (NoSuchTableException | NoSuchNamespaceException e) {
      return null;
    }
  }
}
