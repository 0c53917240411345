package io.sluice.gateway.rest;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** {@code [["1","a"],["2",null]]}: every value as a string, as Databricks' JSON_ARRAY has it. */
final class JsonRows implements TextEncoder.Rows {

  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final JsonStringEncoder escapes = JsonStringEncoder.getInstance();

  @Override
  public void head(List<FieldVector> columns, boolean firstChunk, ByteArrayOutputStream out) {
    out.write('[');
  }

  @Override
  public void row(
      List<FieldVector> columns, int row, boolean firstInChunk, ByteArrayOutputStream out) {
    if (!firstInChunk) {
      out.write(',');
    }
    out.write('[');
    for (int column = 0; column < columns.size(); column++) {
      if (column > 0) {
        out.write(',');
      }
      @Nullable String text = ValueText.of(columns.get(column), row);
      if (text == null) {
        out.writeBytes(NULL);
      } else {
        out.write('"');
        out.writeBytes(escapes.quoteAsUTF8(text));
        out.write('"');
      }
    }
    out.write(']');
  }

  @Override
  public void tail(ByteArrayOutputStream out) {
    out.write(']');
  }
}
