package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.spark.connect.proto.Expression.Literal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterLiteralsTest {

  private static final ArrowType DOUBLE =
      new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void close() {
    allocator.close();
  }

  @Test
  void integersNarrowOnlyWithoutLoss() {
    assertThat(bigint(5, "int").getInteger()).isEqualTo(5);
    assertThat(bigint(5, "tinyint").getByte()).isEqualTo(5);
    assertThat(bigint(-300, "tinyint").getShort()).isEqualTo(-300);
    assertThat(bigint(1L << 40, "int").getLong()).isEqualTo(1L << 40);
    assertThat(bigint(5, null).getLong()).isEqualTo(5);
    assertThat(
            literal(new ArrowType.Int(32, true), null, v -> ((IntVector) v).setSafe(0, 7))
                .getInteger())
        .isEqualTo(7);
    assertThat(
            literal(new ArrowType.Int(32, false), null, v -> ((UInt4Vector) v).setSafe(0, -1))
                .getLong())
        .isEqualTo(4_294_967_295L);
    assertThat(
            literal(new ArrowType.Int(64, false), null, v -> ((UInt8Vector) v).setSafe(0, -1L))
                .getDecimal()
                .getValue())
        .isEqualTo("18446744073709551615");
  }

  @Test
  void aDoubleIsTheDecimalThatItWas() {
    assertThat(doubled(0.05, "decimal(15,2)").getDecimal()).isEqualTo(decimal("0.05", 15, 2));
    assertThat(doubled(1e10, "decimal(15,2)").getDecimal())
        .isEqualTo(decimal("10000000000.00", 15, 2));
    // What does not fit the type keeps its own.
    assertThat(doubled(0.125, "decimal(15,2)").getDecimal()).isEqualTo(decimal("0.125", 3, 3));
    assertThat(doubled(1e14, "decimal(15,2)").getDecimal())
        .isEqualTo(decimal("100000000000000", 15, 0));
    assertThat(doubled(0.5, "double").getDouble()).isEqualTo(0.5);
    assertThat(doubled(Double.NaN, "decimal(15,2)").getDouble()).isNaN();
  }

  @Test
  void decimalsTakeTheTypeThatIsAskedFor() {
    ArrowType type = new ArrowType.Decimal(20, 3, 128);
    Consumer<FieldVector> value =
        vector -> ((DecimalVector) vector).setSafe(0, new BigDecimal("1.500"));
    assertThat(literal(type, "decimal(38,2)", value).getDecimal())
        .isEqualTo(decimal("1.50", 38, 2));
    assertThat(literal(type, null, value).getDecimal()).isEqualTo(decimal("1.500", 4, 3));
  }

  @Test
  void timestampsOfEveryUnitAreMicroseconds() {
    for (TimeUnit unit : TimeUnit.values()) {
      long perSecond =
          switch (unit) {
            case SECOND -> 1;
            case MILLISECOND -> 1_000;
            case MICROSECOND -> 1_000_000;
            case NANOSECOND -> 1_000_000_000;
          };
      Consumer<FieldVector> value = vector -> ((TimeStampVector) vector).setSafe(0, -3 * perSecond);
      assertThat(literal(new ArrowType.Timestamp(unit, "UTC"), null, value).getTimestamp())
          .isEqualTo(-3_000_000L);
      assertThat(literal(new ArrowType.Timestamp(unit, null), null, value).getTimestampNtz())
          .isEqualTo(-3_000_000L);
    }
    assertInvalid(
        () ->
            literal(
                new ArrowType.Timestamp(TimeUnit.SECOND, "UTC"),
                null,
                vector -> ((TimeStampVector) vector).setSafe(0, Long.MAX_VALUE)));
  }

  @Test
  void datesBeforeTheEpochRoundDown() {
    assertThat(
            literal(
                    new ArrowType.Date(DateUnit.MILLISECOND),
                    null,
                    vector -> ((DateMilliVector) vector).setSafe(0, -1L))
                .getDate())
        .isEqualTo(-1);
  }

  @Test
  void nullsHaveTheTypeThatIsAskedForOrTheirOwn() {
    assertThat(literal(DOUBLE, "decimal(15,2)", v -> v.setNull(0)).getNull().getDecimal())
        .satisfies(type -> assertThat(type.getPrecision()).isEqualTo(15));
    assertThat(literal(DOUBLE, null, v -> v.setNull(0)).getNull().hasDouble()).isTrue();
    assertThat(literal(ArrowType.Null.INSTANCE, null, v -> {}).getNull().hasNull()).isTrue();
    for (String type :
        List.of(
            "boolean",
            "tinyint",
            "smallint",
            "int",
            "bigint",
            "float",
            "double",
            "string",
            "binary",
            "date",
            "timestamp",
            "timestamp_ntz")) {
      assertThat(literal(DOUBLE, type, v -> v.setNull(0)).getNull().hasNull()).isFalse();
    }
  }

  @Test
  void typesThatSparkHasNotAreRefused() {
    assertInvalid(
        () ->
            literal(
                new ArrowType.Time(TimeUnit.MICROSECOND, 64),
                null,
                vector -> ((TimeMicroVector) vector).setSafe(0, 1L)));
  }

  @Test
  void advertisedTypesTakeTheMostSettersWithoutLoss() {
    List<ArrowType> types =
        ParameterTypes.schema(
                List.of(
                    Optional.of("int"),
                    Optional.of("decimal(15,2)"),
                    Optional.of("decimal(16,2)"),
                    Optional.of("timestamp"),
                    Optional.of("array<int>"),
                    Optional.empty()))
            .getFields()
            .stream()
            .map(field -> field.getType())
            .toList();
    assertThat(types)
        .containsExactly(
            new ArrowType.Int(64, true),
            DOUBLE,
            new ArrowType.Decimal(16, 2, 128),
            new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC"),
            ArrowType.Utf8.INSTANCE,
            ArrowType.Utf8.INSTANCE);
  }

  private static Literal.Decimal decimal(String value, int precision, int scale) {
    return Literal.Decimal.newBuilder()
        .setValue(value)
        .setPrecision(precision)
        .setScale(scale)
        .build();
  }

  private Literal bigint(long value, @Nullable String sparkType) {
    return literal(Batches.BIGINT, sparkType, vector -> ((BigIntVector) vector).setSafe(0, value));
  }

  private Literal doubled(double value, String sparkType) {
    return literal(DOUBLE, sparkType, vector -> ((Float8Vector) vector).setSafe(0, value));
  }

  private Literal literal(ArrowType type, @Nullable String sparkType, Consumer<FieldVector> fill) {
    try (FieldVector vector = Batches.field("1", type, true).createVector(allocator)) {
      vector.allocateNew();
      fill.accept(vector);
      vector.setValueCount(1);
      return ParameterLiterals.literal(vector, 0, Optional.ofNullable(sparkType));
    }
  }

  private static void assertInvalid(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
  }
}
