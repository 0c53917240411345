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
    long bytes = 0;
    for (int row = 0; row < count; row++) {
      for (FieldVector column : columns) {
        bytes += size(column, first + row);
      }
      if (bytes > MOST_BYTES) {
        return Math.max(1, row);
      }
    }
    return count;
  }

  private static long size(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return FIXED;
    }
    return switch (vector.getMinorType()) {
      case VARCHAR, VARBINARY -> FIXED + ((BaseVariableWidthVector) vector).getValueLength(row);
      case LARGEVARCHAR, LARGEVARBINARY ->
          FIXED + ((BaseLargeVariableWidthVector) vector).getValueLength(row);
      case LIST, LARGELIST, FIXED_SIZE_LIST, MAP, STRUCT ->
          FIXED + HiveText.of(vector, row).length();
      default -> FIXED;
    };
  }
}
