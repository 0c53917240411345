package io.sluice.gateway.hive;

import java.util.List;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;

/** How many rows go into one reply: besides the client's number, their bytes bound it. */
final class PageSize {

  /** About so many bytes of a reply; one row may have more. */
  static final long MOST_BYTES = 8 << 20;

  /** About what a value of fixed size takes in a reply. */
  private static final int FIXED = 16;

  private PageSize() {}

  /** Returns how many of some rows fit; at least one, even if it is too long. */
  static int fitting(List<FieldVector> columns, int first, int count) {
    long fixed = (long) FIXED * columns.size();
    List<FieldVector> growing = columns.stream().filter(PageSize::grows).toList();
    long bytes = 0;
    for (int row = 0; row < count; row++) {
      bytes += fixed;
      for (FieldVector column : growing) {
        bytes += beyondFixed(column, first + row);
      }
      if (bytes > MOST_BYTES) {
        return Math.max(1, row);
      }
    }
    return count;
  }

  private static boolean grows(FieldVector vector) {
    return switch (vector.getMinorType()) {
      case VARCHAR,
          VARBINARY,
          LARGEVARCHAR,
          LARGEVARBINARY,
          LIST,
          LARGELIST,
          FIXED_SIZE_LIST,
          MAP,
          STRUCT ->
          true;
      default -> false;
    };
  }

  private static long beyondFixed(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return 0;
    }
    if (vector instanceof BaseVariableWidthVector texts) {
      return texts.getValueLength(row);
    }
    if (vector instanceof BaseLargeVariableWidthVector texts) {
      return texts.getValueLength(row);
    }
    return HiveText.of(vector, row).length();
  }
}
