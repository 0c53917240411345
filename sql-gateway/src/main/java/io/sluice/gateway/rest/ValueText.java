package io.sluice.gateway.rest;

import io.sluice.gateway.arrow.CellText;
import java.util.Base64;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.jspecify.annotations.Nullable;

/** A value as the API writes it: as Spark's cast to a string, but bytes in Base64. */
final class ValueText {

  private ValueText() {}

  /** Returns the text, or null for SQL's NULL. */
  static @Nullable String of(ValueVector vector, int row) {
    return vector instanceof VarBinaryVector bytes && !bytes.isNull(row)
        ? Base64.getEncoder().encodeToString(bytes.get(row))
        : CellText.of(vector, row);
  }
}
