package io.sluice.planner.relation;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.iceberg.MetadataTableType;

/**
 * What Iceberg makes of a name behind a table's: metadata tables, other states of the table and
 * what changed in it.
 */
public final class TableSuffix {

  /** Those that are no metadata table ({@code SparkCatalog} and {@code SparkTable}). */
  private static final Pattern SELECTOR =
      Pattern.compile("changes|rewrite|(branch|tag)_.*|snapshot_id_\\d+|at_timestamp_\\d+");

  /** It shows values of rows that were deleted. */
  private static final Set<MetadataTableType> REFUSED = Set.of(MetadataTableType.POSITION_DELETES);

  private TableSuffix() {}

  /** Returns whether a name means something of its own behind a table's. */
  public static boolean isSuffix(String name) {
    return MetadataTableType.from(name) != null
        || SELECTOR.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  /** Returns the metadata table that a name means and that may be read, as Iceberg spells it. */
  public static Optional<String> metadataTable(String name) {
    MetadataTableType type = MetadataTableType.from(name);
    return type == null || REFUSED.contains(type)
        ? Optional.empty()
        : Optional.of(type.name().toLowerCase(Locale.ROOT));
  }
}
