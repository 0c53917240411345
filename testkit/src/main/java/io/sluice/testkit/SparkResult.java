package io.sluice.testkit;

import io.sluice.spark.ArrowSchemas;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/** A whole result, decoded; for tests, whose results are small. */
public final class SparkResult {

  private final Schema schema;
  private final List<List<@Nullable Object>> rows;

  private SparkResult(Schema schema, List<List<@Nullable Object>> rows) {
    this.schema = schema;
    this.rows = rows;
  }

  /** Decodes the messages of one result. */
  public static SparkResult of(List<ResultMessage> messages) {
    if (messages.isEmpty()) {
      return new SparkResult(new Schema(List.of()), List.of());
    }
    Schema schema = ArrowSchemas.schema(((SchemaMessage) messages.get(0)).header());
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(stream(messages)), allocator)) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      while (reader.loadNextBatch()) {
        rows.addAll(rows(reader.getVectorSchemaRoot()));
      }
      return new SparkResult(schema, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the schema of the stream. */
  public Schema schema() {
    return schema;
  }

  /** Returns each row's values in column order: Arrow's objects, with texts as {@link String}. */
  public List<List<@Nullable Object>> rows() {
    return rows;
  }

  /** Returns the values of the first column. */
  public List<@Nullable Object> column() {
    List<@Nullable Object> values = new ArrayList<>();
    rows.forEach(row -> values.add(row.get(0)));
    return values;
  }

  private static byte[] stream(List<ResultMessage> messages) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (ResultMessage message : messages) {
      if (message instanceof SchemaMessage schema) {
        frame(schema.header().size(), stream);
        schema.header().writeTo(stream);
      } else if (message instanceof BatchMessage batch) {
        frame(batch.header().size(), stream);
        batch.header().writeTo(stream);
        batch.body().writeTo(stream);
      }
    }
    frame(0, stream);
    return stream.toByteArray();
  }

  private static void frame(int length, ByteArrayOutputStream stream) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    prefix.putInt(0xFFFFFFFF).putInt(length);
    stream.write(prefix.array());
  }

  /** Returns the rows of one batch, values as {@link #rows()} has them. */
  public static List<List<@Nullable Object>> rows(VectorSchemaRoot root) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (FieldVector vector : root.getFieldVectors()) {
        values.add(plain(vector.getObject(row)));
      }
      rows.add(values);
    }
    return rows;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Text text) {
      return text.toString();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(SparkResult::plain).collect(Collectors.toList());
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
      map.forEach((key, entry) -> plain.put(key, plain(entry)));
      return plain;
    }
    return value;
  }
}
