package io.sluice.gateway.arrow;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * A value as JSON: numbers and booleans as such, NaN and infinity and everything else as text,
 * bytes in base 64, arrays as arrays, structs and maps as objects.
 */
public final class CellJson {

  public static final JsonFactory FACTORY =
      JsonFactory.builder().build().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);

  /**
   * The most characters of one nested value's text. The names of fields are repeated with every
   * value, so that a small batch may have a text of any length.
   */
  public static final int LONGEST_TEXT = 16 << 20;

  private CellJson() {}

  /**
   * Returns the JSON of a value that is not null.
   *
   * @throws SluiceException {@code RESULT_TOO_LARGE} if it is longer than {@link #LONGEST_TEXT}
   */
  public static String text(ValueVector vector, int row) {
    Writer text = new BoundedWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(json, vector, row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Returns the refusal of a nested value whose text is too long. */
  public static SluiceException tooLong() {
    return new SluiceException(
        ErrorCode.RESULT_TOO_LARGE,
        "The text of a nested value of the result has more than "
            + (LONGEST_TEXT >> 20)
            + " MiB, the most that is written. Select the fields or elements that are needed, or"
            + " give the fields shorter names.");
  }

  /** Writes a value, NULL as {@code null}. */
  public static void write(JsonGenerator json, ValueVector vector, int row) throws IOException {
    if (vector.isNull(row)) {
      json.writeNull();
      return;
    }
    switch (vector.getMinorType()) {
      case MAP -> writeMap(json, (MapVector) vector, row);
      case LIST, LARGELIST, FIXED_SIZE_LIST -> writeList(json, (BaseListVector) vector, row);
      case STRUCT -> {
        json.writeStartObject();
        for (FieldVector child : ((StructVector) vector).getChildrenFromFields()) {
          json.writeFieldName(child.getName());
          write(json, child, row);
        }
        json.writeEndObject();
      }
      default -> writeScalar(json, vector, row);
    }
  }

  private static void writeScalar(JsonGenerator json, ValueVector vector, int row)
      throws IOException {
    Object value = vector.getObject(row);
    if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof BigDecimal decimal) {
      json.writeNumber(decimal);
    } else if (value instanceof byte[] bytes) {
      json.writeBinary(bytes);
    } else if (value instanceof Number number && isPlainNumber(vector)) {
      double size = number.doubleValue();
      if (Double.isNaN(size) || Double.isInfinite(size)) {
        json.writeString(number.toString());
      } else {
        json.writeNumber(number.toString());
      }
    } else {
      json.writeString(CellText.of(vector, row));
    }
  }

  /** Dates and times too are numbers inside. */
  private static boolean isPlainNumber(ValueVector vector) {
    return switch (vector.getMinorType()) {
      case TINYINT, SMALLINT, INT, BIGINT, UINT1, UINT4, UINT8, FLOAT4, FLOAT8 -> true;
      default -> false;
    };
  }

  private static void writeList(JsonGenerator json, BaseListVector list, int row)
      throws IOException {
    ValueVector elements = elements(list);
    json.writeStartArray();
    int end = list.getElementEndIndex(row);
    for (int index = list.getElementStartIndex(row); index < end; index++) {
      write(json, elements, index);
    }
    json.writeEndArray();
  }

  private static void writeMap(JsonGenerator json, MapVector map, int row) throws IOException {
    StructVector entries = (StructVector) map.getDataVector();
    ValueVector keys = entries.getChildrenFromFields().get(0);
    ValueVector values = entries.getChildrenFromFields().get(1);
    json.writeStartObject();
    int end = map.getElementEndIndex(row);
    for (int index = map.getElementStartIndex(row); index < end; index++) {
      json.writeFieldName(String.valueOf(CellText.of(keys, index)));
      write(json, values, index);
    }
    json.writeEndObject();
  }

  private static ValueVector elements(BaseListVector list) {
    if (list instanceof ListVector plain) {
      return plain.getDataVector();
    }
    return list instanceof LargeListVector large
        ? large.getDataVector()
        : ((FixedSizeListVector) list).getDataVector();
  }

  private static final class BoundedWriter extends Writer {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] characters, int offset, int length) {
      if (length > LONGEST_TEXT - text.length()) {
        throw tooLong();
      }
      text.append(characters, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
