package io.sluice.gateway.flight;

import java.util.function.LongUnaryOperator;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Checks that a vector made of a stranger's bytes can be read without leaving its buffers: each is
 * as long as its values need, and offsets rise within what they point into. (Arrow's own validation
 * leaves the offsets of lists out.)
 */
final class VectorBounds {

  private VectorBounds() {}

  /**
   * Checks a vector.
   *
   * @param count how many values it must have
   * @throws IllegalArgumentException if it cannot be read
   */
  static void check(FieldVector vector, int count) {
    if (vector.getValueCount() != count) {
      throw new IllegalArgumentException("a column has another number of values");
    }
    if (count == 0 || vector instanceof NullVector) {
      vector.getChildrenFromFields().forEach(child -> check(child, child.getValueCount()));
      return;
    }
    holds(vector.getValidityBuffer(), (count + 7L) / 8);
    if (vector instanceof BitVector) {
      holds(vector.getDataBuffer(), (count + 7L) / 8);
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      holds(vector.getDataBuffer(), (long) count * fixed.getTypeWidth());
    } else if (vector instanceof BaseVariableWidthVector) {
      rises(vector.getOffsetBuffer(), count, 4, vector.getDataBuffer().capacity());
    } else if (vector instanceof BaseLargeVariableWidthVector) {
      rises(vector.getOffsetBuffer(), count, 8, vector.getDataBuffer().capacity());
    } else if (vector instanceof ListVector list) {
      FieldVector child = list.getDataVector();
      rises(list.getOffsetBuffer(), count, 4, child.getValueCount());
      check(child, child.getValueCount());
    } else if (vector instanceof StructVector struct) {
      struct.getChildrenFromFields().forEach(child -> check(child, count));
    } else {
      throw new IllegalArgumentException("a column has an unknown layout");
    }
  }

  private static void holds(ArrowBuf buffer, long bytes) {
    if (buffer.capacity() < bytes) {
      throw new IllegalArgumentException("a buffer is too short for its values");
    }
  }

  private static void rises(ArrowBuf offsets, int count, int width, long most) {
    holds(offsets, (count + 1L) * width);
    LongUnaryOperator at =
        width == 4 ? index -> offsets.getInt(index * 4) : index -> offsets.getLong(index * 8);
    long before = 0;
    for (long index = 0; index <= count; index++) {
      long offset = at.applyAsLong(index);
      if (offset < before) {
        throw new IllegalArgumentException("an offset falls");
      }
      before = offset;
    }
    if (before > most) {
      throw new IllegalArgumentException("an offset lies outside its buffer");
    }
  }
}
