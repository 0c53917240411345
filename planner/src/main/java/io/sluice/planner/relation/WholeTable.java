package io.sluice.planner.relation;

import io.sluice.planner.catalog.TableMetadata;
import java.util.ArrayList;
import java.util.List;

/** What policy must hide nothing of for a principal to have a table with all that it ever held. */
public final class WholeTable {

  /** Stands for a column that no policy names. */
  public static final String OTHER_COLUMN = "_sluice_any_other_column";

  private WholeTable() {}

  /**
   * Returns the names to ask policy about: the columns that the table has, those that it has no
   * more, as an old snapshot may still show them, and any other.
   */
  public static List<String> columns(TableMetadata table) {
    List<String> columns = new ArrayList<>(table.columnNames());
    columns.addAll(table.formerColumns());
    columns.add(OTHER_COLUMN);
    return columns;
  }
}
