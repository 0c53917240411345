package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression.Literal;

/**
 * Reads the parameters that a client uploads: a schema message, then record batches. The bytes are
 * a stranger's: no size in them is believed, Arrow's readers see memory that cannot leak when they
 * fail, and offsets are checked before they are followed.
 */
final class ParameterReader implements AutoCloseable {

  /** Types whose vectors {@link ParameterLiterals} reads. */
  private static final Set<ArrowTypeID> USABLE =
      EnumSet.of(
          ArrowTypeID.Null,
          ArrowTypeID.Bool,
          ArrowTypeID.Int,
          ArrowTypeID.FloatingPoint,
          ArrowTypeID.Decimal,
          ArrowTypeID.Utf8,
          ArrowTypeID.LargeUtf8,
          ArrowTypeID.Binary,
          ArrowTypeID.LargeBinary,
          ArrowTypeID.FixedSizeBinary,
          ArrowTypeID.Date,
          ArrowTypeID.Timestamp);

  /** A statement is run for each; for more there is bulk ingest. */
  static final int MOST_ROWS = 1000;

  /** More key-value pairs than any client attaches to a parameter. */
  private static final int MOST_METADATA = 64;

  private final BufferAllocator allocator;
  private final long mostBytes;
  private final ClientMemory memory;
  private final List<FlightData> messages = new ArrayList<>();
  private String user = "";
  private long bytes;
  private boolean closed;

  /**
   * Makes a reader for one upload; {@link #close} must follow.
   *
   * @param mostBytes how much is taken in all
   * @param memory what all uploads hold together
   */
  ParameterReader(BufferAllocator allocator, long mostBytes, ClientMemory memory) {
    this.allocator = allocator;
    this.mostBytes = mostBytes;
    this.memory = memory;
  }

  /**
   * Takes the next message, if the upload has not ended.
   *
   * @param of whose upload it is, the same each time
   * @throws SluiceException {@code INVALID_PARAMETER} when it is too much, {@code QUEUE_FULL} when
   *     other uploads leave no room for it
   */
  synchronized void add(String of, FlightData data) {
    if (closed) {
      return;
    }
    // A constant for each message, so that empty ones do not come for nothing.
    long more = 64L + data.getDataHeader().size() + data.getDataBody().size();
    if (bytes + more > mostBytes) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "The parameters are larger than " + mostBytes + " bytes in all");
    }
    if (!memory.exchange(of, 0, more)) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          "The gateway holds as many parameters that are being sent as it can. Try again later");
    }
    user = of;
    bytes += more;
    if (!data.getDataHeader().isEmpty()) {
      messages.add(data);
    }
  }

  /** Forgets what was taken. */
  @Override
  public synchronized void close() {
    closed = true;
    messages.clear();
    memory.giveBack(user, bytes);
    bytes = 0;
  }

  /**
   * Reads the one row that was taken.
   *
   * @param sparkTypes what the statement's text suggests, one for each {@code ?}
   * @throws SluiceException as {@link #rows}, and {@code INVALID_PARAMETER} for another number of
   *     rows than one
   */
  List<Literal> read(List<Optional<String>> sparkTypes) {
    List<List<Literal>> rows = rows(sparkTypes);
    if (rows.size() != 1) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "A query takes one row of parameters at a time; " + rows.size() + " were sent");
    }
    return rows.get(0);
  }

  /**
   * Reads what was taken.
   *
   * @param sparkTypes what the statement's text suggests, one for each {@code ?}
   * @throws SluiceException {@code PARAMETER_MISMATCH} for another number of parameters, {@code
   *     INVALID_PARAMETER} for too many rows or values that cannot be used, {@code
   *     PROTOCOL_VIOLATION} for damaged bytes
   */
  List<List<Literal>> rows(List<Optional<String>> sparkTypes) {
    if (messages.isEmpty()) {
      throw new SluiceException(ErrorCode.PROTOCOL_VIOLATION, "The upload holds no parameters");
    }
    try (BufferAllocator own = allocator.newChildAllocator("parameters", 0, mostBytes)) {
      Schema schema = schema(messages.get(0), sparkTypes.size());
      return rows(schema, own, sparkTypes);
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION, "The parameters are not an Arrow stream", e);
    }
  }

  /** Refuses a number of parameters that is not the number of markers. */
  static void checkCount(int markers, int parameters) {
    if (markers != parameters) {
      throw new SluiceException(
          ErrorCode.PARAMETER_MISMATCH,
          "The statement has "
              + markers
              + " parameter markers, but "
              + parameters
              + " values were given");
    }
  }

  /** Reads a schema after a look at its size: Arrow's reader would build whatever it claims. */
  private Schema schema(FlightData data, int columns) {
    Message message = message(data);
    org.apache.arrow.flatbuf.Schema claimed =
        message.headerType() == MessageHeader.Schema
            ? (org.apache.arrow.flatbuf.Schema)
                message.header(new org.apache.arrow.flatbuf.Schema())
            : null;
    if (claimed == null || claimed.customMetadataLength() > MOST_METADATA) {
      throw new IllegalArgumentException("the first message is no schema");
    }
    checkCount(columns, claimed.fieldsLength());
    for (int column = 0; column < columns; column++) {
      if (claimed.fields(column).childrenLength() > 0
          || claimed.fields(column).dictionary() != null
          || claimed.fields(column).customMetadataLength() > MOST_METADATA) {
        throw new SluiceException(
            ErrorCode.INVALID_PARAMETER, "A nested or encoded parameter cannot be used");
      }
    }
    SchemaBudget.check(claimed);
    Schema schema = MessageSerializer.deserializeSchema(message);
    for (Field field : schema.getFields()) {
      boolean wide =
          field.getType() instanceof ArrowType.FixedSizeBinary binary
              && binary.getByteWidth() > mostBytes;
      if (wide || !USABLE.contains(field.getType().getTypeID())) {
        throw ParameterLiterals.unusable(field.getType());
      }
    }
    return schema;
  }

  private List<List<Literal>> rows(
      Schema schema, BufferAllocator own, List<Optional<String>> sparkTypes) {
    List<List<Literal>> rows = new ArrayList<>();
    for (FlightData data : messages.subList(1, messages.size())) {
      Message message = message(data);
      if (message.headerType() != MessageHeader.RecordBatch) {
        throw new IllegalArgumentException("a message is no record batch");
      }
      RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
      if (batch == null || batch.length() < 0) {
        throw new IllegalArgumentException("a record batch has no length");
      }
      if (batch.length() > MOST_ROWS - rows.size()) {
        throw new SluiceException(
            ErrorCode.INVALID_PARAMETER,
            "A statement takes at most "
                + MOST_ROWS
                + " rows of parameters at a time; for more rows use bulk ingest");
      }
      if (batch.length() > 0) {
        rows.addAll(literals(schema, batch, data, own, sparkTypes));
      }
    }
    return rows;
  }

  private static List<List<Literal>> literals(
      Schema schema,
      RecordBatch batch,
      FlightData data,
      BufferAllocator own,
      List<Optional<String>> sparkTypes) {
    int rows = (int) batch.length();
    BatchBudget.check(batch, data.getDataBody().size());
    for (int node = 0; node < batch.nodesLength(); node++) {
      if (batch.nodes(node).length() != rows) {
        throw new IllegalArgumentException("a column has another number of values");
      }
    }
    List<List<Literal>> literals = new ArrayList<>();
    try (UploadedMemory body = new UploadedMemory(data.getDataBody(), own);
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, own);
        ArrowRecordBatch decoded = MessageSerializer.deserializeRecordBatch(batch, body.buffer())) {
      new VectorLoader(root).load(decoded);
      for (int row = 0; row < rows; row++) {
        List<Literal> values = new ArrayList<>();
        for (FieldVector vector : root.getFieldVectors()) {
          checkOffsets(vector, row);
          values.add(ParameterLiterals.literal(vector, row, sparkTypes.get(values.size())));
        }
        literals.add(List.copyOf(values));
      }
      return literals;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Arrow makes an array of the length that the offsets claim before it looks at the bytes. */
  private static void checkOffsets(FieldVector vector, int row) {
    long start = 0;
    long end = 0;
    if (vector instanceof BaseVariableWidthVector) {
      long at = (long) row * BaseVariableWidthVector.OFFSET_WIDTH;
      start = vector.getOffsetBuffer().getInt(at);
      end = vector.getOffsetBuffer().getInt(at + BaseVariableWidthVector.OFFSET_WIDTH);
    } else if (vector instanceof BaseLargeVariableWidthVector) {
      long at = (long) row * BaseLargeVariableWidthVector.OFFSET_WIDTH;
      start = vector.getOffsetBuffer().getLong(at);
      end = vector.getOffsetBuffer().getLong(at + BaseLargeVariableWidthVector.OFFSET_WIDTH);
    } else {
      return;
    }
    if (start < 0 || end < start || end > vector.getDataBuffer().capacity()) {
      throw new IllegalArgumentException("a value lies outside its buffer");
    }
  }

  private static Message message(FlightData data) {
    return Message.getRootAsMessage(ByteBuffer.wrap(data.getDataHeader().toByteArray()));
  }
}
