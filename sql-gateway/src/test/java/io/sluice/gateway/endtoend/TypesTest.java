package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.adbc.core.AdbcStatement;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every type of Spark's, through the ADBC driver and Arrow's own client, from the real Spark. The
 * Python clients have the same in {@code clients.py}; what the JDBC driver makes of it stands in
 * {@code docs/types.md}.
 */
class TypesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static FlightSqlSession flight;
  private static AdbcSession adbc;

  @BeforeAll
  static void connect() {
    flight = new FlightSqlSession(GATEWAY.grpcPort(), "admin");
    adbc = new AdbcSession(GATEWAY.grpcPort(), "admin");
  }

  @AfterAll
  static void close() {
    flight.close();
    adbc.close();
  }

  /** A value, its Arrow type, and its cell as Arrow's vectors show it. */
  record Value(String expression, String arrow, String cell) {}

  private static List<Value> values() {
    return VALUES
        .lines()
        .map(line -> line.split("; "))
        .map(parts -> new Value(parts[0], parts[1], parts[2]))
        .toList();
  }

  private static final String VALUES =
      """
      true; Bool; true
      1Y; Int(8, true); 1
      2S; Int(16, true); 2
      3; Int(32, true); 3
      4L; Int(64, true); 4
      cast(1.5 as float); FloatingPoint(SINGLE); 1.5
      2.5D; FloatingPoint(DOUBLE); 2.5
      cast(1.25 as decimal(15,2)); Decimal(15, 2, 128); 1.25
      cast('12345678901234567890123456789012345678' as decimal(38,0)); Decimal(38, 0, 128); 12345678901234567890123456789012345678
      'text'; Utf8; text
      cast('ab' as char(4)); Utf8; ab
      cast('ab' as varchar(4)); Utf8; ab
      x'00ff10'; Binary; 00ff10
      date'2020-02-29'; Date(DAY); 18321
      timestamp'2020-01-02 03:04:05.123456'; Timestamp(MICROSECOND, UTC); 1577934245123456
      timestamp_ntz'2020-01-02 03:04:05.123456'; Timestamp(MICROSECOND, null); 2020-01-02T03:04:05.123456
      interval '1-2' year to month; Interval(YEAR_MONTH); P14M
      interval '3' month; Interval(YEAR_MONTH); P3M
      interval '1 02:03:04.5' day to second; Duration(MICROSECOND); PT26H3M4.5S
      interval '5' second; Duration(MICROSECOND); PT5S
      make_interval(1, 2, 0, 3, 4, 5, 6.5); Interval(MONTH_DAY_NANO); P14M3D PT4H5M6.5S
      array(1, null, 3); List; [1,null,3]
      array(); List; []
      map('a', 1); Map(false); [{"key":"a","value":1}]
      named_struct('x', 1, 'y', 'b'); Struct; {"x":1,"y":"b"}
      array(named_struct('m', map(1, array(2)))); List; [{"m":[{"key":1,"value":[2]}]}]
      parse_json('1'); Struct; {"value":"DAE=","metadata":"AQAA"}
      null; Null; null
      """;

  @ParameterizedTest
  @MethodSource("values")
  void arrivesAsItWas(Value value) {
    String sql = "select " + value.expression + " as c";
    FlightInfo info = flight.client.execute(sql, flight.token);
    assertThat(types(info.getSchemaOptional().orElseThrow())).containsExactly(value.arrow);
    assertThat(flight.query(sql)).containsExactly(value.cell);
    AdbcSession.Result result = adbc.query(sql);
    assertThat(result.schema()).isEqualTo(info.getSchemaOptional().orElseThrow());
    assertThat(result.rows()).containsExactly(value.cell);
  }

  @Test
  void nullOfEveryTypeIsNull() {
    String sql = all("case when id < 0 then %s end", "range(1)");
    String nulls = String.join("|", Collections.nCopies(values().size(), "null"));
    assertThat(flight.query(sql)).containsExactly(nulls);
    assertThat(adbc.query(sql).rows()).containsExactly(nulls);
    assertThat(types(adbc.query(sql).schema())).isEqualTo(arrowTypes());
  }

  @Test
  void aResultWithoutRowsHasItsColumnsOfEveryType() {
    String sql = all("%s", "range(0)");
    assertThat(flight.query(sql)).isEmpty();
    assertThat(adbc.query(sql).rows()).isEmpty();
    assertThat(types(adbc.query(sql).schema())).isEqualTo(arrowTypes());
  }

  /** Returns one query of all values. */
  private static String all(String form, String from) {
    return values().stream()
        .map(value -> form.formatted(value.expression))
        .collect(Collectors.joining(", ", "select ", " from " + from));
  }

  private static List<String> arrowTypes() {
    return values().stream().map(Value::arrow).toList();
  }

  private static List<String> types(Schema schema) {
    return schema.getFields().stream().map(field -> field.getType().toString()).toList();
  }

  /** A column that is told to hold no null holds none, for a client may leave out the look. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "select count(*), count(c_name), sum(c_acctbal), max(c_name), avg(c_acctbal) from customer"
            + " where false",
        "select n_regionkey, count(*), min(n_name), count(distinct n_name) from nation group by"
            + " n_regionkey",
        "select n_regionkey, n_name, count(*) from nation group by rollup (n_regionkey, n_name)",
        "select r_name, n_name, r_regionkey + 1 from region left join nation on false",
        "select 1 as a, 'b' as b union all select null, null",
        "select coalesce(null, 1), nullif(1, 1), if(true, null, 2), case when false then 1 end",
        "select explode(array(1, null)), array(1), map('a', null), named_struct('x', null)",
        "select row_number() over (order by n_name), lag(n_name) over (order by n_name) from"
            + " nation",
        "select cast('x' as char(3)), cast(1 as decimal(5,2)) / 3, current_timestamp(),"
            + " timestamp_ntz'2020-01-01 00:00:00', interval '1' day, x'00', null",
        "select (select max(n_name) from nation where false), exists (select 1)",
      })
  void theSchemaThatIsToldIsTheOneThatComesAndItIsTrue(String sql) throws Exception {
    FlightInfo info = flight.client.execute(sql, flight.token);
    Schema told = info.getSchemaOptional().orElseThrow();
    try (FlightStream stream =
        flight.client.getStream(info.getEndpoints().get(0).getTicket(), flight.token)) {
      assertThat(stream.getSchema()).isEqualTo(told);
      while (stream.next()) {
        for (FieldVector vector : stream.getRoot().getFieldVectors()) {
          if (!vector.getField().isNullable()) {
            assertThat(vector.getNullCount()).as(vector.getName()).isZero();
          }
        }
      }
    }
    assertThat(told).isEqualTo(flight.client.getExecuteSchema(sql, flight.token).getSchema());
  }

  /**
   * A driver that has no text for a zoned timestamp can tell that it has one, from what is said of
   * a table and of a result alike, and there is a text to ask for.
   */
  @Test
  void aTimestampTellsWhetherItHasAZoneAndHasATextWhenCast() throws Exception {
    flight.query("create table lake.default.moments (zoned timestamp, local timestamp_ntz)");
    try {
      flight.query(
          "insert into lake.default.moments values (timestamp'2020-01-02 03:04:05.123456+02:00',"
              + " timestamp_ntz'2020-01-02 03:04:05.123456')");
      Schema result =
          flight
              .client
              .execute("select * from lake.default.moments", flight.token)
              .getSchemaOptional()
              .orElseThrow();
      assertThat(result.getFields())
          .extracting(field -> field.getType().toString())
          .containsExactly("Timestamp(MICROSECOND, UTC)", "Timestamp(MICROSECOND, null)");
      try (Connection connection = GATEWAY.connect("admin");
          ResultSet columns =
              connection.getMetaData().getColumns("lake", "default", "moments", "%")) {
        assertThat(columns.next()).isTrue();
        assertThat(columns.getString("TYPE_NAME")).isEqualTo("timestamp");
        assertThat(columns.getInt("DATA_TYPE")).isEqualTo(Types.TIMESTAMP_WITH_TIMEZONE);
        assertThat(columns.next()).isTrue();
        assertThat(columns.getString("TYPE_NAME")).isEqualTo("timestamp_ntz");
        assertThat(columns.getInt("DATA_TYPE")).isEqualTo(Types.TIMESTAMP);
      }
      assertThat(
              flight.query(
                  "select cast(zoned as string), cast(local as string) from lake.default.moments"))
          .containsExactly("2020-01-02 01:04:05.123456|2020-01-02 03:04:05.123456");
    } finally {
      flight.query("drop table lake.default.moments");
    }
  }

  @Test
  void bytesArriveAsTheyWere() throws Exception {
    String sql = "select x'00ff10' as c";
    FlightInfo info = flight.client.execute(sql, flight.token);
    try (FlightStream stream =
        flight.client.getStream(info.getEndpoints().get(0).getTicket(), flight.token)) {
      assertThat(stream.next()).isTrue();
      assertThat((byte[]) stream.getRoot().getVector(0).getObject(0))
          .containsExactly(0, (byte) 0xff, 16);
    }
    try (Statement statement = GATEWAY.shared("admin").createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      assertThat(rows.getBytes(1)).containsExactly(0, (byte) 0xff, 16);
    }
  }

  @Test
  void aVariantIsAStructOfItsTwoBinaries() {
    Schema schema =
        flight
            .client
            .execute("select parse_json('{\"a\":1}') as v", flight.token)
            .getSchemaOptional()
            .orElseThrow();
    assertThat(schema.getFields().get(0).getChildren())
        .extracting(field -> field.getName() + " " + field.getType())
        .containsExactly("value Binary", "metadata Binary");
    assertThat(adbc.query("select parse_json('{\"a\":1}') as v").schema()).isEqualTo(schema);
    assertThat(flight.query("select to_json(parse_json('{\"a\":1}')) as v"))
        .containsExactly("{\"a\":1}");
  }

  /** A table may be created without columns. JDBC's driver takes a query of none for an update. */
  @Test
  void aResultWithoutColumnsArrives() throws Exception {
    String sql = "select * except (c) from (select 1 as c)";
    FlightInfo info = flight.client.execute(sql, flight.token);
    assertThat(info.getSchemaOptional().orElseThrow().getFields()).isEmpty();
    assertThat(flight.query(sql)).containsExactly("");
    assertThat(adbc.query(sql).rows()).containsExactly("");
    try (Connection connection = GATEWAY.connect("admin");
        Statement statement = connection.createStatement()) {
      assertThat(statement.execute(sql)).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.execute("create table lake.default.bare")).isFalse();
      try {
        assertThat(statement.execute("select * from lake.default.bare")).isFalse();
        assertThat(flight.query("select * from lake.default.bare")).isEmpty();
        assertThat(adbc.query("select * from lake.default.bare").rows()).isEmpty();
        assertThat(adbc.query("select * from lake.default.bare").schema().getFields()).isEmpty();
      } finally {
        statement.execute("drop table lake.default.bare");
      }
    }
  }

  @Test
  void anEmptyTextIsNotNull() {
    assertThat(flight.query("select '' as c")).containsExactly("");
  }

  @Test
  void aThousandColumnsPass() throws Exception {
    String sql =
        IntStream.range(0, 1000)
            .mapToObj(column -> column + " as c" + column)
            .collect(Collectors.joining(", ", "select ", ""));
    assertThat(flight.query(sql).get(0).split("\\|")).hasSize(1000).endsWith("999");
    assertThat(adbc.query(sql).rows()).isEqualTo(flight.query(sql));
    try (Statement statement = GATEWAY.shared("admin").createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      assertThat(rows.getInt(1000)).isEqualTo(999);
    }
  }

  @Test
  void aStringOfAHundredMegabytesPasses() throws Exception {
    String sql = "select repeat('x', 100000000) as c";
    FlightInfo info = flight.client.execute(sql, flight.token);
    try (FlightStream stream =
        flight.client.getStream(info.getEndpoints().get(0).getTicket(), flight.token)) {
      assertThat(stream.next()).isTrue();
      FieldVector vector = stream.getRoot().getVector(0);
      assertThat(((org.apache.arrow.vector.VarCharVector) vector).getValueLength(0))
          .isEqualTo(100_000_000);
    }
    assertThat(adbc.query("select length(c) from (" + sql + ")").rows())
        .containsExactly("100000000");
    try (AdbcStatement statement = adbc.connection.createStatement()) {
      statement.setSqlQuery(sql);
      try (AdbcStatement.QueryResult result = statement.executeQuery()) {
        assertThat(result.getReader().loadNextBatch()).isTrue();
        FieldVector vector = result.getReader().getVectorSchemaRoot().getVector(0);
        assertThat(((org.apache.arrow.vector.VarCharVector) vector).getValueLength(0))
            .isEqualTo(100_000_000);
      }
    }
    try (Statement statement = GATEWAY.shared("admin").createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      assertThat(rows.getString(1)).hasSize(100_000_000);
    }
  }

  /** Spark folds it into the plan, of which the driver remembers texts; a server has 2 GB. */
  @Test
  void constantsOfAHundredMegabytesLeaveNothingBehind() throws Exception {
    for (int round = 0; round < 12; round++) {
      assertThat(adbc.query("select repeat('x', 100000000) from range(1) where id < 0").rows())
          .isEmpty();
    }
    assertThat(adbc.query("select 1").rows()).containsExactly("1");
  }

  /** ADBC's drivers take no larger message by default. */
  @Test
  void aClientThatTakesSixteenMegabytesGetsLargeResults() throws Exception {
    try (RootAllocator allocator = new RootAllocator();
        FlightClient client =
            FlightClient.builder(
                    allocator, Location.forGrpcInsecure("127.0.0.1", GATEWAY.grpcPort()))
                .maxInboundMessageSize(16 << 20)
                .build()) {
      FlightInfo info =
          flight.client.execute("select repeat('x', 1000) from lineitem", flight.token);
      long rows = 0;
      try (FlightStream stream =
          client.getStream(info.getEndpoints().get(0).getTicket(), flight.token)) {
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
      }
      assertThat(rows).isEqualTo(60_175);
    }
  }

  @Test
  void aCommandOnTheQueryPathRunsOnceAndHasNoColumns() {
    flight.query("create table lake.default.once (n int)");
    try {
      FlightInfo info =
          flight.client.execute("insert into lake.default.once values (1)", flight.token);
      assertThat(info.getSchemaOptional().orElseThrow().getFields()).isEmpty();
      assertThat(flight.query("select count(*) from lake.default.once")).containsExactly("0");
      var ticket = info.getEndpoints().get(0).getTicket();
      try (FlightStream stream = flight.client.getStream(ticket, flight.token)) {
        assertThat(stream.getSchema().getFields()).isEmpty();
        assertThat(stream.next()).isFalse();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      assertThatThrownBy(
              () -> {
                try (FlightStream again = flight.client.getStream(ticket, flight.token)) {
                  again.next();
                }
              })
          .hasMessageContaining("[INVALID_HANDLE]")
          .hasMessageContaining("been used");
      assertThat(flight.query("select count(*) from lake.default.once")).containsExactly("1");
    } finally {
      flight.query("drop table lake.default.once");
    }
  }
}
