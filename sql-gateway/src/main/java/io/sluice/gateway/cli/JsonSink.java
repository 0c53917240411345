package io.sluice.gateway.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.sluice.gateway.arrow.CellJson;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** One JSON array with an object for each row, a row to a line. */
final class JsonSink implements RowSink {

  private final OutputStream output;
  private JsonGenerator json;
  private boolean empty = true;

  JsonSink(OutputStream output) {
    this.output = output;
    try {
      json = CellJson.FACTORY.createGenerator(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public void start(VectorSchemaRoot root) throws IOException {
    json.writeRaw("[");
  }

  @Override
  public void batch(VectorSchemaRoot root) throws IOException {
    for (int row = 0; row < root.getRowCount(); row++) {
      json.writeRaw(empty ? "\n" : ",\n");
      empty = false;
      json.writeStartObject();
      for (FieldVector vector : root.getFieldVectors()) {
        json.writeFieldName(vector.getName());
        CellJson.write(json, vector, row);
      }
      json.writeEndObject();
    }
    json.flush();
  }

  @Override
  public void end() throws IOException {
    json.writeRaw("\n]\n");
    json.flush();
    output.flush();
  }
}
