package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.complex.impl.UnionMapWriter;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CellTextTest {

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void release() {
    allocator.close();
  }

  @Test
  void decimalsKeepTheirScale() {
    try (DecimalVector vector = (DecimalVector) vector(new ArrowType.Decimal(15, 2, 128))) {
      vector.setSafe(0, new BigDecimal("0.00"));
      vector.setSafe(1, new BigDecimal("-1234567890123.40"));
      vector.setNull(2);
      vector.setValueCount(3);
      assertThat(CellText.of(vector, 0)).isEqualTo("0.00");
      assertThat(CellText.of(vector, 1)).isEqualTo("-1234567890123.40");
      assertThat(CellText.of(vector, 2)).isNull();
    }
  }

  @Test
  void datesAndTimestampsReadAsInSpark() {
    try (DateDayVector dates = (DateDayVector) vector(new ArrowType.Date(DateUnit.DAY))) {
      dates.setSafe(0, 8_035);
      dates.setValueCount(1);
      assertThat(CellText.of(dates, 0)).isEqualTo("1992-01-01");
    }
    try (TimeStampVector times =
        (TimeStampVector) vector(new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"))) {
      times.setSafe(0, 0);
      times.setSafe(1, -1);
      times.setSafe(2, 1_500_000);
      times.setValueCount(3);
      assertThat(CellText.of(times, 0)).isEqualTo("1970-01-01 00:00:00");
      assertThat(CellText.of(times, 1)).isEqualTo("1969-12-31 23:59:59.999999");
      assertThat(CellText.of(times, 2)).isEqualTo("1970-01-01 00:00:01.5");
    }
    try (TimeStampVector local =
        (TimeStampVector) vector(new ArrowType.Timestamp(TimeUnit.MICROSECOND, "Asia/Tokyo"))) {
      local.setSafe(0, 0);
      local.setValueCount(1);
      assertThat(CellText.of(local, 0)).isEqualTo("1970-01-01 09:00:00");
    }
  }

  @Test
  void intervalsReadAsInSpark() {
    try (IntervalYearVector months =
        (IntervalYearVector) vector(new ArrowType.Interval(IntervalUnit.YEAR_MONTH))) {
      months.setSafe(0, 14);
      months.setSafe(1, -14);
      months.setValueCount(2);
      assertThat(CellText.of(months, 0)).isEqualTo("INTERVAL '1-2' YEAR TO MONTH");
      assertThat(CellText.of(months, 1)).isEqualTo("INTERVAL '-1-2' YEAR TO MONTH");
    }
    try (DurationVector durations =
        (DurationVector) vector(new ArrowType.Duration(TimeUnit.MICROSECOND))) {
      durations.setSafe(0, 93_784_000_001L);
      durations.setSafe(1, -1_000_000L);
      durations.setValueCount(2);
      assertThat(CellText.of(durations, 0)).isEqualTo("INTERVAL '1 02:03:04.000001' DAY TO SECOND");
      assertThat(CellText.of(durations, 1)).isEqualTo("INTERVAL '-0 00:00:01' DAY TO SECOND");
    }
  }

  @Test
  void doublesAndBytesDifferBetweenTextAndJson() {
    try (Float8Vector doubles =
            (Float8Vector) vector(new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
        VarBinaryVector bytes = (VarBinaryVector) vector(new ArrowType.Binary())) {
      doubles.setSafe(0, 1e10);
      doubles.setSafe(1, Double.NaN);
      doubles.setValueCount(2);
      bytes.setSafe(0, "Hi!".getBytes(StandardCharsets.US_ASCII));
      bytes.setValueCount(1);
      assertThat(CellText.of(doubles, 0)).isEqualTo("1.0E10");
      assertThat(CellJson.text(doubles, 0)).isEqualTo("1.0E10");
      assertThat(CellJson.text(doubles, 1)).isEqualTo("\"NaN\"");
      assertThat(CellText.of(bytes, 0)).isEqualTo("[48 69 21]");
      assertThat(CellJson.text(bytes, 0)).isEqualTo("\"SGkh\"");
    }
  }

  @Test
  void nestedValuesReadAsJson() {
    try (ListVector list = ListVector.empty("l", allocator);
        MapVector map = MapVector.empty("m", allocator, false);
        StructVector struct = StructVector.empty("s", allocator)) {
      UnionListWriter writer = list.getWriter();
      writer.setPosition(0);
      writer.startList();
      writer.integer().writeInt(1);
      writer.writeNull();
      writer.integer().writeInt(3);
      writer.endList();
      list.setValueCount(1);
      assertThat(CellText.of(list, 0)).isEqualTo("[1,null,3]");

      UnionMapWriter entries = map.getWriter();
      entries.setPosition(0);
      entries.startMap();
      entries.startEntry();
      entries.key().integer().writeInt(7);
      entries.value().integer().writeInt(8);
      entries.endEntry();
      entries.endMap();
      map.setValueCount(1);
      assertThat(CellText.of(map, 0)).isEqualTo("{\"7\":8}");

      IntVector child =
          struct.addOrGet("a", FieldType.nullable(new ArrowType.Int(32, true)), IntVector.class);
      child.setSafe(0, 5);
      struct.setIndexDefined(0);
      struct.setValueCount(1);
      assertThat(CellText.of(struct, 0)).isEqualTo("{\"a\":5}");
    }
  }

  private FieldVector vector(ArrowType type) {
    FieldVector vector =
        new Field("v", FieldType.nullable(type), List.of()).createVector(allocator);
    vector.allocateNew();
    return vector;
  }
}
