package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ArrowSchemas;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage.SchemaMessage;
import io.sluice.spark.SparkSession;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.Expression.Literal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types on real Spark: their schemas, and parameters of each. */
@Timeout(90)
class SparkConnectTypesTest {

  private final SparkFixture spark = SparkFixture.shared();
  private final SparkSession session = SparkFixture.session("tester");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cast(null as void)",
        "true",
        "cast(null as boolean)",
        "1Y",
        "1S",
        "1",
        "1L",
        "1f",
        "1d",
        "1.25BD",
        "cast(1 as decimal(38, 0))",
        "cast(1 as decimal(15, 2))",
        "'text'",
        "cast('text' as char(9))",
        "cast('text' as varchar(9))",
        "'text' collate UTF8_LCASE",
        "X'00ff'",
        "date'2020-01-01'",
        "timestamp'2020-01-01 00:00:00'",
        "timestamp_ntz'2020-01-01 00:00:00'",
        "interval '1' year",
        "interval '1' month",
        "interval '1-2' year to month",
        "interval '1' day",
        "interval '1 2' day to hour",
        "interval '1 2:3:4.5' day to second",
        "interval '1' second",
        "make_interval(1, 2, 3, 4, 5, 6, 7)",
        "array(1, 2)",
        "array(1, null)",
        "array()",
        "array(array(timestamp'2020-01-01 00:00:00'))",
        "map('a', 1)",
        "map('a', null, 'b', date'2020-01-01')",
        "map()",
        "map(1, map(2, array(named_struct('x', 1.5))))",
        "named_struct('x', 1, 'y', cast(null as string))",
        "cast(null as struct<a: int not null, b: struct<c: timestamp>>)",
        "parse_json('{\"a\": 1}')",
        "array(parse_json('1'))",
        "map('a', parse_json('1'))",
        "named_struct('v', cast(null as variant))",
      })
  void analysisForetellsTheSchemaOfEveryType(String expression) {
    String sql =
        "select %s as `ä column`, if(rand() > 2, null, %s) from range(1)"
            .formatted(expression, expression);
    Schema foretold = spark.backend().analyze(session, sql, List.of()).join();
    SchemaMessage sent =
        (SchemaMessage)
            ResultProbe.of(
                    spark
                        .backend()
                        .execute(new ExecuteRequest(session, UUID.randomUUID(), sql, List.of())))
                .rest()
                .get(0);
    assertThat(ArrowSchemas.schema(sent.header())).isEqualTo(foretold);
    assertThat(ArrowSchemas.header(foretold)).isEqualTo(sent.header());
  }

  @Test
  void columnsOfATableKeepNullabilityAndType() {
    String schema = "types_" + UUID.randomUUID().toString().replace('-', '_');
    spark.run("create namespace lake." + schema);
    String table = "lake." + schema + ".t";
    spark.run(
        "create table "
            + table
            + " (id bigint not null comment 'the key', c char(3), v varchar(5),"
            + " d decimal(15, 2), t timestamp, n timestamp_ntz) using iceberg");
    String sql = "select * from " + table;
    Schema foretold = spark.backend().analyze(session, sql, List.of()).join();
    assertThat(spark.run(sql).schema()).isEqualTo(foretold);
    assertThat(foretold.findField("id").isNullable()).isFalse();
    spark.run("drop table " + table);
    spark.run("drop namespace lake." + schema);
  }

  @Test
  void theTimeZoneIsTheSessions() {
    String sql = "select timestamp'2020-01-01 00:00:00' t";
    spark
        .backend()
        .setConfiguration(session, Map.of("spark.sql.session.timeZone", "Asia/Tokyo"))
        .join();
    Schema foretold = spark.backend().analyze(session, sql, List.of()).join();
    assertThat(foretold.toString()).contains("Asia/Tokyo");
    assertThat(spark.run(session, sql).schema()).isEqualTo(foretold);
  }

  @Test
  void analysisRunsNothing() {
    String name = "unborn_" + UUID.randomUUID().toString().replace('-', '_');
    Schema schema =
        spark.backend().analyze(session, "create namespace lake." + name, List.of()).join();
    assertThat(schema.getFields()).isEmpty();
    assertThat(spark.run("show namespaces in lake").column()).doesNotContain(name);
  }

  @Test
  void parametersOfEachTypeArriveAsTheyAre() {
    List<Object> row =
        spark
            .run(
                session,
                "select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
                literal().setBoolean(true).build(),
                literal().setByte(1).build(),
                literal().setShort(2).build(),
                literal().setInteger(3).build(),
                literal().setLong(4).build(),
                literal().setFloat(1.5f).build(),
                literal().setDouble(2.5).build(),
                literal()
                    .setDecimal(
                        Literal.Decimal.newBuilder().setValue("12.34").setPrecision(10).setScale(2))
                    .build(),
                literal().setString("it's; -- /* ${x} ? text").build(),
                literal().setBinary(ByteString.copyFrom(new byte[] {1, 2})).build(),
                literal().setDate((int) LocalDate.of(2020, 2, 3).toEpochDay()).build(),
                literal().setTimestamp(1_000_001L).build(),
                literal().setTimestampNtz(1_000_001L).build(),
                literal()
                    .setNull(DataType.newBuilder().setString(DataType.String.getDefaultInstance()))
                    .build())
            .rows()
            .get(0);
    assertThat(row.subList(0, 9))
        .isEqualTo(
            List.<Object>of(
                true,
                (byte) 1,
                (short) 2,
                3,
                4L,
                1.5f,
                2.5,
                new BigDecimal("12.34"),
                "it's; -- /* ${x} ? text"));
    assertThat((byte[]) row.get(9)).containsExactly(1, 2);
    assertThat(row.get(10)).isEqualTo((int) LocalDate.of(2020, 2, 3).toEpochDay());
    assertThat(row.get(11)).isEqualTo(1_000_001L);
    assertThat(row.get(12))
        .isEqualTo(LocalDateTime.ofEpochSecond(1, 0, ZoneOffset.UTC).plus(1, ChronoUnit.MICROS));
    assertThat(row.get(13)).isNull();
  }

  @Test
  void intervalsAreParametersToo() {
    assertThat(spark.run("select ?", literal().setDayTimeInterval(1_500_000L).build()).column())
        .isEqualTo(List.<Object>of(Duration.ofMillis(1500)));
  }

  @Test
  void aMissingParameterIsAnErrorOfSpark() {
    assertThatThrownBy(() -> spark.backend().analyze(session, "select ?", List.of()).join())
        .cause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.EXECUTION_FAILED);
              assertThat(failure.errorClass()).startsWith("UNBOUND_SQL_PARAMETER");
            });
  }

  private static Literal.Builder literal() {
    return Literal.newBuilder();
  }
}
