package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.spark.connect.proto.Expression.Literal;

/**
 * Reads the parameters that a client uploads: a stream of Flight messages with one row in all. It
 * is put together as the IPC stream that it stands for, and read by Arrow's own reader.
 */
final class ParameterReader {

  private final BufferAllocator allocator;
  private final long mostBytes;
  private ByteString stream = ByteString.EMPTY;

  /**
   * Makes a reader for one upload.
   *
   * @param mostBytes how much is taken in all
   */
  ParameterReader(BufferAllocator allocator, long mostBytes) {
    this.allocator = allocator;
    this.mostBytes = mostBytes;
  }

  /**
   * Takes the next message.
   *
   * @throws SluiceException {@code INVALID_PARAMETER} when it is too much
   */
  void add(FlightData data) {
    if (data.getDataHeader().isEmpty()) {
      return;
    }
    int length = data.getDataHeader().size();
    int padding = (8 - length % 8) % 8;
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    prefix.putInt(MessageSerializer.IPC_CONTINUATION_TOKEN).putInt(length + padding).flip();
    stream =
        stream
            .concat(ByteString.copyFrom(prefix))
            .concat(data.getDataHeader())
            .concat(ByteString.copyFrom(new byte[padding]))
            .concat(data.getDataBody());
    if (stream.size() > mostBytes) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "The parameters are larger than " + mostBytes + " bytes in all");
    }
  }

  /**
   * Reads what was taken; none when nothing was.
   *
   * @param sparkTypes what the statement's text suggests, one for each {@code ?}
   * @throws SluiceException {@code PARAMETER_MISMATCH} for another number of parameters, {@code
   *     INVALID_PARAMETER} for another number of rows than one or values that cannot be used,
   *     {@code PROTOCOL_VIOLATION} for damaged bytes
   */
  List<Literal> read(List<Optional<String>> sparkTypes) {
    if (stream.isEmpty()) {
      throw new SluiceException(ErrorCode.PROTOCOL_VIOLATION, "The upload holds no parameters");
    }
    try (InputStream bytes = stream.newInput();
        ArrowStreamReader reader = new ArrowStreamReader(bytes, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      checkCount(sparkTypes.size(), root.getFieldVectors().size());
      List<Literal> literals = new ArrayList<>();
      int rows = 0;
      while (reader.loadNextBatch()) {
        rows += root.getRowCount();
        if (rows > 1) {
          break;
        }
        if (root.getRowCount() == 1) {
          for (FieldVector vector : root.getFieldVectors()) {
            literals.add(ParameterLiterals.literal(vector, sparkTypes.get(literals.size())));
          }
        }
      }
      if (rows != 1) {
        throw new SluiceException(
            ErrorCode.INVALID_PARAMETER,
            "A statement takes one row of parameters at a time; batches are not supported");
      }
      return List.copyOf(literals);
    } catch (SluiceException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
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
}
