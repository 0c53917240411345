package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of an ingest, checks that they are what they claim and makes of them what Spark
 * reads. The bytes are a stranger's, and what is sent on is decoded in Spark's own process: every
 * offset is checked here first.
 */
final class IngestReader {

  /** Above the largest message, for what is converted. */
  private static final long MOST_MEMORY = 128L << 20;

  /** What a row takes in Spark's driver, in bytes, whatever it takes in Arrow's format. */
  private static final int LEAST_ROW = 64;

  private final BufferAllocator allocator;
  private final long mostBytes;
  private @Nullable Schema given;
  private List<IngestColumn> columns = List.of();
  private long bytes;
  private long rows;

  /**
   * @param mostBytes how much is taken in all, as Spark's driver holds it
   */
  IngestReader(BufferAllocator allocator, long mostBytes) {
    this.allocator = allocator;
    this.mostBytes = mostBytes;
  }

  /** Returns how many rows have come. */
  long rows() {
    return rows;
  }

  /** Returns what the columns are called, once the first message has come; empty for no name. */
  List<String> columnNames() {
    return columns.stream()
        .map(column -> Objects.requireNonNullElse(column.target().getName(), ""))
        .toList();
  }

  /**
   * Takes the first message.
   *
   * @throws SluiceException {@code PROTOCOL_VIOLATION} if it is no schema, {@code
   *     INVALID_PARAMETER} for a column that cannot be ingested or more than can be taken
   */
  void begin(FlightData data) {
    Schema schema =
        checked(
            () -> {
              Message message = message(data);
              SchemaBudget.check(claimed(message));
              return MessageSerializer.deserializeSchema(message);
            });
    if (schema.getFields().isEmpty()) {
      throw new SluiceException(ErrorCode.INVALID_PARAMETER, "An ingest needs at least one column");
    }
    List<IngestColumn> made = new ArrayList<>();
    for (Field field : schema.getFields()) {
      made.add(IngestColumn.of(field));
    }
    columns = List.copyOf(made);
    given = schema;
  }

  private static org.apache.arrow.flatbuf.Schema claimed(Message message) {
    org.apache.arrow.flatbuf.Schema schema =
        message.headerType() == MessageHeader.Schema
            ? (org.apache.arrow.flatbuf.Schema)
                message.header(new org.apache.arrow.flatbuf.Schema())
            : null;
    if (schema == null) {
      throw new IllegalArgumentException("the first message is no schema");
    }
    return schema;
  }

  /**
   * Takes a batch.
   *
   * @return an IPC stream; empty when the batch has no rows
   * @throws SluiceException {@code PROTOCOL_VIOLATION} for damaged bytes, {@code
   *     STATEMENT_TOO_LARGE} when it is too much, {@code INVALID_PARAMETER} for a value that Spark
   *     does not have
   */
  Optional<ByteString> chunk(FlightData data) {
    charge(data.getDataBody().size());
    Schema schema = schema();
    return checked(
        () -> {
          Message message = message(data);
          if (message.headerType() != MessageHeader.RecordBatch) {
            throw new IllegalArgumentException("a message is no record batch");
          }
          RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
          if (batch == null || batch.length() < 0 || batch.length() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a record batch has no length");
          }
          if (batch.compression() != null) {
            throw new SluiceException(
                ErrorCode.INVALID_PARAMETER, "Compressed rows cannot be ingested");
          }
          if (batch.length() == 0) {
            return Optional.empty();
          }
          BatchBudget.check(batch, data.getDataBody().size());
          long least = Math.max(batch.length() * LEAST_ROW, BatchBudget.nestedValues(batch));
          charge(Math.max(0, least - data.getDataBody().size()));
          ByteString stream = convert(schema, batch, data);
          rows += batch.length();
          return Optional.of(stream);
        });
  }

  private void charge(long more) {
    bytes += more;
    if (bytes > mostBytes) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A bulk ingest takes at most "
              + mostBytes
              + " bytes (limits.ingestBytes), a row counting "
              + LEAST_ROW
              + " bytes at least; no row was written. Send the rows in several ingests");
    }
  }

  /** Returns an IPC stream without rows, which still gives the columns. */
  ByteString noRows() {
    schema();
    try (BufferAllocator own = allocator.newChildAllocator("ingest", 0, MOST_MEMORY);
        VectorSchemaRoot root = VectorSchemaRoot.create(target(), own)) {
      root.setRowCount(0);
      return written(root);
    }
  }

  private Schema schema() {
    Schema schema = given;
    if (schema == null) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION, "An ingest must begin with an Arrow schema");
    }
    return schema;
  }

  private Schema target() {
    return new Schema(columns.stream().map(IngestColumn::target).toList());
  }

  private ByteString convert(Schema schema, RecordBatch batch, FlightData data) {
    int count = (int) batch.length();
    try (BufferAllocator own = allocator.newChildAllocator("ingest", 0, MOST_MEMORY);
        UploadedMemory body = new UploadedMemory(data.getDataBody(), own);
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, own);
        ArrowRecordBatch decoded = MessageSerializer.deserializeRecordBatch(batch, body.buffer())) {
      new VectorLoader(root).load(decoded);
      root.getFieldVectors().forEach(vector -> VectorBounds.check(vector, count));
      List<FieldVector> made = new ArrayList<>();
      try {
        List<FieldVector> vectors = new ArrayList<>();
        for (IngestColumn column : columns) {
          FieldVector source = root.getVector(vectors.size());
          if (column.isConverted()) {
            FieldVector converted = column.target().createVector(own);
            made.add(converted);
            column.convert(source, converted, count);
            vectors.add(converted);
          } else {
            vectors.add(source);
          }
        }
        return written(new VectorSchemaRoot(target(), vectors, count));
      } finally {
        made.forEach(FieldVector::close);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteString written(VectorSchemaRoot root) {
    ByteString.Output out = ByteString.newOutput();
    // The vectors are closed by those who made them.
    @SuppressWarnings("resource")
    ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(out));
    try {
      writer.start();
      writer.writeBatch();
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteString();
  }

  private static <T> T checked(Reading<T> reading) {
    try {
      return reading.read();
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION, "The rows are not an Arrow stream", e);
    }
  }

  private static Message message(FlightData data) {
    return Message.getRootAsMessage(ByteBuffer.wrap(data.getDataHeader().toByteArray()));
  }

  private interface Reading<T> {
    T read();
  }
}
