package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session can do beside plain queries: parameters, USE, SET, EXPLAIN. */
class StatementTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @Test
  void parametersReachSparkAsTheyWere() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin");
        PreparedStatement statement =
            connection.prepareStatement(
                "select cast(? as int) + 1, cast(? as bigint), cast(? as double),"
                    + " cast(? as decimal(15,2)), cast(? as string), cast(? as boolean),"
                    + " cast(? as date), cast(cast(? as timestamp) as string),"
                    + " hex(cast(? as binary)), cast(? as smallint), cast(? as tinyint),"
                    + " cast(? as float), cast(? as string) is null")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(13);
      statement.setInt(1, 41);
      statement.setLong(2, 1L << 40);
      statement.setDouble(3, 0.25);
      statement.setBigDecimal(4, new BigDecimal("-9.50"));
      statement.setString(5, "it's -- ${x} \\ \"日本\" ?");
      statement.setBoolean(6, true);
      statement.setDate(7, Date.valueOf("1995-03-15"));
      statement.setTimestamp(8, Timestamp.valueOf("1995-03-15 01:02:03.456"));
      statement.setBytes(9, new byte[] {1, (byte) 255});
      statement.setShort(10, (short) -7);
      statement.setByte(11, (byte) 8);
      statement.setFloat(12, 1.5f);
      statement.setNull(13, Types.NULL);
      assertThat(Rows.of(statement.executeQuery()))
          .containsExactly(
              List.of(
                  "42",
                  "1099511627776",
                  "0.25",
                  "-9.50",
                  "it's -- ${x} \\ \"日本\" ?",
                  "true",
                  "1995-03-15",
                  "1995-03-15 01:02:03.456",
                  "01FF",
                  "-7",
                  "8",
                  "1.5",
                  "true"));
    }
  }

  @Test
  void aParameterIsAValueAndNeverText() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst");
        PreparedStatement statement =
            connection.prepareStatement(
                "select count(*) from orders where o_orderpriority = ? or o_clerk = ?")) {
      statement.setString(1, "5-LOW");
      statement.setString(2, "x' or '1'='1");
      assertThat(Rows.of(statement.executeQuery())).containsExactly(List.of("0"));
      statement.setString(1, "1-URGENT");
      assertThat(Rows.of(statement.executeQuery()))
          .isEqualTo(
              Rows.query(
                  connection, "select count(*) from orders where o_orderpriority = '1-URGENT'"));
      assertThat(Rows.of(statement.executeQuery())).isNotEqualTo(List.of(List.of("0")));
    }
  }

  /**
   * Spark writes a value's text in the marker's place before it parses: a minus before a negative
   * number would begin a comment, behind which the next line is no string any more.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select cast(1 -%s as int) a, '\n as int) a, c_address b from lake.tpch.customer --' b",
        "select cast(1 -%s as int) a, '\n as int) a, reflect(\"java.lang.System\","
            + " \"lineSeparator\") b --' b",
        "with x as (select cast(1 -%s as int) a, '\n as int)) select 1 a, c_address b from"
            + " lake.tpch.customer --' b) select * from x"
      })
  void aNegativeParameterBeginsNoComment(String attack) throws Exception {
    try (FlightSqlSession flight = new FlightSqlSession(GATEWAY.grpcPort(), "analyst")) {
      for (String marker : List.of("?", "/**/?")) {
        String sql = attack.formatted(marker);
        for (FieldVector value : negativeNumbers(flight.allocator)) {
          assertThat(flight.query(sql, VectorSchemaRoot.of(value)))
              .as(sql)
              .singleElement()
              .asString()
              .contains(" as int)");
        }
      }
    }
  }

  private static List<FieldVector> negativeNumbers(BufferAllocator allocator) {
    IntVector integer = new IntVector("p", allocator);
    integer.setSafe(0, -5);
    BigIntVector bigint = new BigIntVector("p", allocator);
    bigint.setSafe(0, -5);
    Float8Vector real = new Float8Vector("p", allocator);
    real.setSafe(0, -5);
    DecimalVector decimal = new DecimalVector("p", allocator, 5, 2);
    decimal.setSafe(0, new BigDecimal("-5.00"));
    List<FieldVector> values = List.of(integer, bigint, real, decimal);
    values.forEach(value -> value.setValueCount(1));
    return values;
  }

  @Test
  void parametersStandWherePeopleWriteThem() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin");
        PreparedStatement statement =
            connection.prepareStatement(
                "select n_name from nation where n_nationkey between ? and ? and n_name like ?"
                    + " and n_regionkey in (?, ?) order by n_name")) {
      statement.setInt(1, 0);
      statement.setLong(2, 24);
      statement.setString(3, "%A%");
      statement.setInt(4, 0);
      statement.setInt(5, 1);
      assertThat(Rows.of(statement.executeQuery()))
          .isEqualTo(
              Rows.query(
                  connection,
                  "select n_name from nation where n_name like '%A%' and n_regionkey in (0, 1)"
                      + " order by n_name"))
          .startsWith(List.of("ALGERIA"), List.of("ARGENTINA"));
    }
  }

  @Test
  void aParameterMayCountRows() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin");
        PreparedStatement statement =
            connection.prepareStatement(
                "select n_name, ntile(?) over (order by n_name) from nation order by n_name"
                    + " limit ? offset ?")) {
      statement.setInt(1, 5);
      statement.setInt(2, 2);
      statement.setInt(3, 1);
      assertThat(Rows.of(statement.executeQuery()))
          .containsExactly(List.of("ARGENTINA", "1"), List.of("BRAZIL", "1"));
    }
  }

  @Test
  void useMovesTheSessionAndNoOther() throws Exception {
    try (ExtraTables tables = ExtraTables.in(GATEWAY, "elsewhere");
        Connection connection = GATEWAY.connect("admin");
        Connection other = GATEWAY.connect("admin")) {
      tables.table("here", "select 1 as a");
      run(connection, "use lake.elsewhere");
      assertThat(Rows.query(connection, "select current_catalog(), current_schema()"))
          .containsExactly(List.of("lake", "elsewhere"));
      assertThat(Rows.query(connection, "select * from here")).containsExactly(List.of("1"));
      assertThatThrownBy(() -> Rows.query(connection, "select * from nation"))
          .hasMessageContaining("[TABLE_OR_VIEW_NOT_FOUND]");
      assertThatThrownBy(() -> Rows.query(other, "select * from here"))
          .hasMessageContaining("[TABLE_OR_VIEW_NOT_FOUND]");
      run(connection, "use tpch");
      assertThat(Rows.query(connection, "select count(*) from nation"))
          .containsExactly(List.of("25"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          use no_such_schema  | [SCHEMA_NOT_FOUND]
          use lake.no_such    | [SCHEMA_NOT_FOUND]
          use no_such.tpch    | [SCHEMA_NOT_FOUND]
          use spark_catalog   | [SCHEMA_NOT_FOUND]
          use identifier('x') | [NOT_SUPPORTED]
          """)
  void useOfWhatIsNotThereIsRefused(String statement, String expected) throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      assertThatThrownBy(() -> run(connection, statement)).hasStackTraceContaining(expected);
      assertThat(Rows.query(connection, "select current_schema()"))
          .containsExactly(List.of("tpch"));
    }
  }

  @Test
  void setChangesTheSessionAndNoOther() throws SQLException {
    String time = "select cast(timestamp'2024-01-01 12:00:00 UTC' as string)";
    try (Connection connection = GATEWAY.connect("admin");
        Connection other = GATEWAY.connect("admin")) {
      assertThat(Rows.query(connection, time)).containsExactly(List.of("2024-01-01 12:00:00"));
      run(connection, "set spark.sql.session.timeZone = Asia/Tokyo");
      assertThat(Rows.query(connection, time)).containsExactly(List.of("2024-01-01 21:00:00"));
      assertThat(Rows.query(other, time)).containsExactly(List.of("2024-01-01 12:00:00"));
      assertThat(Rows.query(connection, "set spark.sql.session.timeZone"))
          .containsExactly(List.of("spark.sql.session.timeZone", "Asia/Tokyo"));
      run(connection, "set time zone '+02:00'");
      assertThat(Rows.query(connection, time)).containsExactly(List.of("2024-01-01 14:00:00"));
      run(connection, "reset spark.sql.session.timeZone");
      assertThat(Rows.query(connection, time)).containsExactly(List.of("2024-01-01 12:00:00"));
      run(connection, "set spark.sql.shuffle.partitions=3");
      assertThat(Rows.query(connection, "set"))
          .containsExactly(List.of("spark.sql.shuffle.partitions", "3"));
      assertThat(Rows.query(other, "set")).isEmpty();
      run(connection, "reset");
      assertThat(Rows.query(connection, "set")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set spark.sql.shuffle.partitions=0",
        "set spark.sql.shuffle.partitions=1000000",
        "set spark.sql.shuffle.partitions=many",
        "set spark.sql.session.timeZone=Mars/Base",
        "set spark.sql.autoBroadcastJoinThreshold=900t",
        "set spark.sql.adaptive.enabled=perhaps",
      })
  void aValueThatAKeyDoesNotTakeIsRefused(String statement) throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      assertThatThrownBy(() -> run(connection, statement))
          .hasStackTraceContaining("[CONFIGURATION_NOT_ALLOWED] The value")
          .hasStackTraceContaining("It should be");
      assertThat(Rows.query(connection, "set")).isEmpty();
    }
  }

  /** In another zone a filter on a timestamp would mean other rows. */
  @Test
  void aFilteredTableIsReadInUtcOnly() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(connection, "set time zone '+18:00'");
      assertThatThrownBy(() -> Rows.query(connection, "select count(*) from orders"))
          .hasMessageContaining("[NOT_SUPPORTED]");
      assertThat(Rows.query(connection, "select count(*) from nation"))
          .containsExactly(List.of("25"));
    }
  }

  @Test
  void explainShowsThePlanOfWhatMayBeReadWhole() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      for (String kind : List.of("", "extended ", "formatted ", "cost ", "codegen ")) {
        assertThat(Rows.query(connection, "explain " + kind + "select n_name from nation"))
            .as(kind)
            .singleElement()
            .satisfies(row -> assertThat(row.get(0)).contains("lake.tpch.nation"));
      }
    }
    try (Connection connection = GATEWAY.connect("intern")) {
      assertThatThrownBy(() -> Rows.query(connection, "explain select 1 from orders"))
          .hasMessageContaining(
              "Permission denied: user [intern] does not have [select] privilege on [tpch/orders]");
    }
  }

  @Test
  void theUrlChoosesTheCatalog() throws SQLException {
    Connection connection =
        DriverManager.getConnection(GATEWAY.url("admin", "admin") + "&catalog=lake");
    try {
      assertThat(Rows.query(connection, "select current_catalog(), count(*) from tpch.nation"))
          .containsExactly(List.of("lake", "25"));
    } finally {
      // This driver (18.3.0) closes its session twice, the second time on a shut connection.
      assertThatThrownBy(connection::close).hasMessageContaining("Channel shutdown invoked");
    }
    assertThatThrownBy(
            () -> DriverManager.getConnection(GATEWAY.url("admin", "admin") + "&catalog=sea"))
        .hasStackTraceContaining("Cannot set session option for catalog");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute(sql)).isFalse();
    }
  }
}
