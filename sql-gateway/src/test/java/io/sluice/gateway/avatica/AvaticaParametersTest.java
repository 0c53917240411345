package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.remote.TypedValue;
import org.apache.spark.connect.proto.Expression.Literal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AvaticaParametersTest {

  private static Literal literal(TypedValue value, String suggested) {
    return AvaticaParameters.literals(List.of(value), List.of(Optional.ofNullable(suggested)))
        .get(0);
  }

  private static TypedValue value(Rep rep, Object value) {
    return TypedValue.ofSerial(rep, value);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(Rep.BYTE, 7, Literal.newBuilder().setByte(7)),
        Arguments.of(Rep.SHORT, 7, Literal.newBuilder().setShort(7)),
        Arguments.of(Rep.INTEGER, 7L, Literal.newBuilder().setInteger(7)),
        Arguments.of(Rep.PRIMITIVE_LONG, 7, Literal.newBuilder().setLong(7)),
        Arguments.of(Rep.FLOAT, 0.5, Literal.newBuilder().setFloat(0.5f)),
        Arguments.of(Rep.DOUBLE, new BigDecimal("0.5"), Literal.newBuilder().setDouble(0.5)),
        Arguments.of(Rep.STRING, "é", Literal.newBuilder().setString("é")),
        Arguments.of(Rep.JAVA_SQL_DATE, -1, Literal.newBuilder().setDate(-1)),
        Arguments.of(Rep.JAVA_SQL_TIMESTAMP, -1L, Literal.newBuilder().setTimestampNtz(-1000)),
        Arguments.of(
            Rep.NUMBER,
            new BigDecimal("0.0012"),
            Literal.newBuilder()
                .setDecimal(
                    Literal.Decimal.newBuilder().setValue("0.0012").setPrecision(4).setScale(4))),
        Arguments.of(
            Rep.NUMBER,
            new BigDecimal("1E+3"),
            Literal.newBuilder()
                .setDecimal(
                    Literal.Decimal.newBuilder().setValue("1000").setPrecision(4).setScale(0))));
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueKeepsItsType(Rep rep, Object value, Literal.Builder expected) {
    assertThat(literal(value(rep, value), null)).isEqualTo(expected.build());
  }

  @Test
  void aNullHasTheTypeThatTheTextSuggests() {
    assertThat(literal(TypedValue.EXPLICIT_NULL, "decimal(9,2)"))
        .isEqualTo(io.sluice.gateway.statement.StandIns.ofNull("decimal(9,2)"));
    assertThat(literal(TypedValue.EXPLICIT_NULL, null))
        .isEqualTo(io.sluice.gateway.statement.StandIns.ofNull("string"));
  }

  static Stream<TypedValue> unusable() {
    return Stream.of(
        value(Rep.BYTE, 1000),
        value(Rep.INTEGER, 1L << 40),
        value(Rep.BOOLEAN, "true"),
        value(Rep.LONG, "7"),
        value(Rep.BYTE_STRING, "%%%"),
        value(Rep.JAVA_SQL_TIMESTAMP, Long.MAX_VALUE),
        value(Rep.ARRAY, List.of(1)),
        value(Rep.OBJECT, "x"),
        value(Rep.NUMBER, new BigDecimal("1E+1000000000")),
        value(Rep.NUMBER, new BigDecimal("1E-1000000000")));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void whatSparkHasNotIsRefused(TypedValue value) {
    assertThatThrownBy(() -> literal(value, null))
        .isInstanceOf(SluiceException.class)
        .extracting(thrown -> ((SluiceException) thrown).code())
        .isEqualTo(ErrorCode.INVALID_PARAMETER);
  }

  @Test
  void theirNumberIsThatOfTheMarkers() {
    assertThatThrownBy(() -> AvaticaParameters.literals(null, List.of(Optional.empty())))
        .hasMessage("The statement has 1 parameter markers, but 0 values were given.");
  }
}
