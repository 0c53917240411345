package io.sluice.gateway.arrow;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Writes values of Spark's as expressions of literals that have the same value again when they are
 * cast to the type that the value had.
 */
public final class SparkLiterals {

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  private static final long MICROS = 1_000_000;

  private SparkLiterals() {}

  /**
   * Returns one value of a column.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for a type whose values cannot be written so
   */
  public static String of(ValueVector vector, int row) {
    if (vector instanceof NullVector || vector.isNull(row)) {
      return "NULL";
    }
    if (vector instanceof MapVector map) {
      return map(map, row);
    }
    if (vector instanceof ListVector list) {
      return list(list, row);
    }
    if (vector instanceof StructVector struct) {
      return struct(struct, row);
    }
    if (vector instanceof BitVector bit) {
      return bit.get(row) == 1 ? "true" : "false";
    }
    if (vector instanceof TinyIntVector
        || vector instanceof SmallIntVector
        || vector instanceof IntVector
        || vector instanceof BigIntVector
        || vector instanceof DecimalVector
        || vector instanceof Float4Vector
        || vector instanceof Float8Vector) {
      return Identifiers.literal(String.valueOf(vector.getObject(row)));
    }
    if (vector instanceof VarCharVector text) {
      return Identifiers.literal(new String(text.get(row), StandardCharsets.UTF_8));
    }
    if (vector instanceof VarBinaryVector bytes) {
      return "X'" + HexFormat.of().formatHex(bytes.get(row)) + "'";
    }
    return time(vector, row);
  }

  private static String time(ValueVector vector, int row) {
    if (vector instanceof DateDayVector date) {
      return "date_from_unix_date(" + date.get(row) + ")";
    }
    if (vector instanceof TimeStampMicroTZVector timestamp) {
      return "timestamp_micros(" + timestamp.get(row) + "L)";
    }
    if (vector instanceof TimeStampMicroVector timestamp) {
      long micros = timestamp.get(row);
      LocalDateTime time =
          LocalDateTime.ofEpochSecond(
              Math.floorDiv(micros, MICROS),
              (int) Math.floorMod(micros, MICROS) * 1000,
              ZoneOffset.UTC);
      if (time.getYear() >= 1 && time.getYear() <= 9999) {
        return "TIMESTAMP_NTZ'" + TIMESTAMP.format(time) + "'";
      }
    }
    if (vector instanceof IntervalYearVector months) {
      return "make_ym_interval(0, " + months.get(row) + ")";
    }
    if (vector instanceof DurationVector duration) {
      Duration value = duration.getObject(row);
      long micros =
          Math.addExact(Math.multiplyExact(value.getSeconds(), MICROS), value.getNano() / 1000);
      String digits = String.valueOf(Math.abs(micros % MICROS) + MICROS).substring(1);
      return "INTERVAL '%s%d.%s' SECOND"
          .formatted(micros < 0 ? "-" : "", Math.abs(micros / MICROS), digits);
    }
    throw unsupported(vector);
  }

  private static String list(ListVector list, int row) {
    List<String> elements = new ArrayList<>();
    for (int index = list.getElementStartIndex(row);
        index < list.getElementEndIndex(row);
        index++) {
      elements.add(of(list.getDataVector(), index));
    }
    return "array(" + String.join(", ", elements) + ")";
  }

  private static String map(MapVector map, int row) {
    StructVector entries = (StructVector) map.getDataVector();
    List<String> elements = new ArrayList<>();
    for (int index = map.getElementStartIndex(row); index < map.getElementEndIndex(row); index++) {
      elements.add(of(entries.getChildByOrdinal(0), index));
      elements.add(of(entries.getChildByOrdinal(1), index));
    }
    return "map(" + String.join(", ", elements) + ")";
  }

  private static String struct(StructVector struct, int row) {
    List<String> fields = new ArrayList<>();
    for (FieldVector field : struct.getChildrenFromFields()) {
      if (field.getField().getMetadata().containsKey("variant")) {
        throw unsupported(struct);
      }
      fields.add(Identifiers.literal(field.getName()));
      fields.add(of(field, row));
    }
    if (fields.isEmpty()) {
      throw unsupported(struct);
    }
    return "named_struct(" + String.join(", ", fields) + ")";
  }

  private static SluiceException unsupported(ValueVector vector) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "A session variable cannot hold a value of Arrow's type "
            + vector.getField().getType().getTypeID()
            + "; cast it to a string.");
  }
}
