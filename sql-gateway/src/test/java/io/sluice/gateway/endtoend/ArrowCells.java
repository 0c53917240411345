package io.sluice.gateway.endtoend;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows of Arrow's vectors as text. */
final class ArrowCells {

  private ArrowCells() {}

  /** Returns a batch's rows, cells as the vectors show them, bytes in hexadecimal, parted by |. */
  static List<String> rows(VectorSchemaRoot batch) {
    return IntStream.range(0, batch.getRowCount())
        .mapToObj(
            row ->
                batch.getFieldVectors().stream()
                    .map(vector -> text(vector.getObject(row)))
                    .collect(Collectors.joining("|")))
        .toList();
  }

  private static String text(Object cell) {
    return cell instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(cell);
  }
}
