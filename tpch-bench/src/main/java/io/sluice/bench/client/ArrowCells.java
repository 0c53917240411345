package io.sluice.bench.client;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Cells as text that reads the same whichever client brought them. */
final class ArrowCells {

  static final String NULL = "NULL";

  private ArrowCells() {}

  static void append(VectorSchemaRoot root, List<List<String>> rows) {
    for (int row = 0; row < root.getRowCount(); row++) {
      List<String> cells = new ArrayList<>();
      for (FieldVector vector : root.getFieldVectors()) {
        Object value =
            !vector.isNull(row) && vector instanceof DateDayVector dates
                ? LocalDate.ofEpochDay(dates.get(row))
                : vector.getObject(row);
        cells.add(text(value));
      }
      rows.add(cells);
    }
  }

  static String text(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
  }
}
