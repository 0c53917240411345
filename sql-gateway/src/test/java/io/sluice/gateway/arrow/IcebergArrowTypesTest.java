package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class IcebergArrowTypesTest {

  /** The texts are what Spark 4.1.2's ArrowUtils gives, written as Arrow writes fields. */
  @Test
  void fieldsAreThoseOfSparksArrowStream() {
    assertThat(text(Types.BooleanType.get())).isEqualTo("c: Bool");
    assertThat(text(Types.IntegerType.get())).isEqualTo("c: Int(32, true)");
    assertThat(text(Types.LongType.get())).isEqualTo("c: Int(64, true)");
    assertThat(text(Types.FloatType.get())).isEqualTo("c: FloatingPoint(SINGLE)");
    assertThat(text(Types.DoubleType.get())).isEqualTo("c: FloatingPoint(DOUBLE)");
    assertThat(text(Types.DecimalType.of(15, 2))).isEqualTo("c: Decimal(15, 2, 128)");
    assertThat(text(Types.DateType.get())).isEqualTo("c: Date(DAY)");
    assertThat(text(Types.TimestampType.withZone())).isEqualTo("c: Timestamp(MICROSECOND, UTC)");
    assertThat(text(Types.TimestampType.withoutZone()))
        .isEqualTo("c: Timestamp(MICROSECOND, null)");
    assertThat(text(Types.StringType.get())).isEqualTo("c: Utf8");
    assertThat(text(Types.UUIDType.get())).isEqualTo("c: Utf8");
    assertThat(text(Types.BinaryType.get())).isEqualTo("c: Binary");
    assertThat(text(Types.FixedType.ofLength(4))).isEqualTo("c: Binary");
    assertThat(text(Types.ListType.ofRequired(1, Types.IntegerType.get())))
        .isEqualTo("c: List<element: Int(32, true) not null>");
    assertThat(text(Types.MapType.ofOptional(1, 2, Types.StringType.get(), Types.DateType.get())))
        .isEqualTo("c: Map(false)<entries: Struct<key: Utf8 not null, value: Date(DAY)> not null>");
    assertThat(
            text(
                Types.StructType.of(
                    Types.NestedField.required(1, "a", Types.LongType.get()),
                    Types.NestedField.optional(2, "b", Types.StringType.get()))))
        .isEqualTo("c: Struct<a: Int(64, true) not null, b: Utf8>");
    assertThat(IcebergArrowTypes.field("c", Types.LongType.get(), false).toString())
        .isEqualTo("c: Int(64, true) not null");
  }

  @Test
  void typesThatSparkCannotReadAreRefused() {
    assertThatThrownBy(() -> text(Types.TimeType.get()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> text(Types.ListType.ofOptional(1, Types.TimeType.get())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String text(Type type) {
    return IcebergArrowTypes.field("c", type, true).toString();
  }
}
