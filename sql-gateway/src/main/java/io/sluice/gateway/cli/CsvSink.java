package io.sluice.gateway.cli;

import io.sluice.gateway.arrow.CellText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values quoted as in RFC 4180, with line feeds. NULL is an empty field, the empty
 * string a quoted one.
 */
final class CsvSink implements RowSink {

  private final Writer output;

  CsvSink(OutputStream output) {
    this.output =
        new BufferedWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8), 1 << 16);
  }

  @Override
  public void start(VectorSchemaRoot root) throws IOException {
    boolean first = true;
    for (FieldVector vector : root.getFieldVectors()) {
      write(vector.getName(), first);
      first = false;
    }
    if (!first) {
      output.write('\n');
    }
  }

  @Override
  public void batch(VectorSchemaRoot root) throws IOException {
    for (int row = 0; row < root.getRowCount(); row++) {
      boolean first = true;
      for (FieldVector vector : root.getFieldVectors()) {
        write(CellText.of(vector, row), first);
        first = false;
      }
      output.write('\n');
    }
    output.flush();
  }

  @Override
  public void end() throws IOException {
    output.flush();
  }

  private void write(@Nullable String text, boolean first) throws IOException {
    if (!first) {
      output.write(',');
    }
    if (text == null) {
      return;
    }
    if (text.isEmpty() || needsQuotes(text)) {
      output.write('"');
      output.write(text.replace("\"", "\"\""));
      output.write('"');
    } else {
      output.write(text);
    }
  }

  private static boolean needsQuotes(String text) {
    for (int index = 0; index < text.length(); index++) {
      char c = text.charAt(index);
      if (c == ',' || c == '"' || c == '\n' || c == '\r') {
        return true;
      }
    }
    return false;
  }
}
