package io.sluice.gateway.rest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with line feeds. NULL is {@code null}, as in Databricks' CSV; a string of these four
 * letters stands in quotes.
 */
final class CsvRows implements TextEncoder.Rows {

  private static final String NULL = "null";

  @Override
  public void head(List<FieldVector> columns, boolean firstChunk, ByteArrayOutputStream out) {
    if (firstChunk) {
      for (int column = 0; column < columns.size(); column++) {
        write(columns.get(column).getName(), column, out);
      }
      out.write('\n');
    }
  }

  @Override
  public void row(
      List<FieldVector> columns, int row, boolean firstInChunk, ByteArrayOutputStream out) {
    for (int column = 0; column < columns.size(); column++) {
      write(ValueText.of(columns.get(column), row), column, out);
    }
    out.write('\n');
  }

  @Override
  public void tail(ByteArrayOutputStream out) {}

  private static void write(@Nullable String text, int column, ByteArrayOutputStream out) {
    if (column > 0) {
      out.write(',');
    }
    String field =
        text == null ? NULL : needsQuotes(text) ? '"' + text.replace("\"", "\"\"") + '"' : text;
    out.writeBytes(field.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean needsQuotes(String text) {
    if (text.isEmpty() || text.equals(NULL)) {
      return true;
    }
    for (int index = 0; index < text.length(); index++) {
      char c = text.charAt(index);
      if (c == ',' || c == '"' || c == '\n' || c == '\r') {
        return true;
      }
    }
    return false;
  }
}
