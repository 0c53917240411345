package io.sluice.gateway.flight;

import static io.sluice.gateway.flight.Batches.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.spark.ResultMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression.Literal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The unmodified Arrow Flight SQL JDBC driver against the door. */
class JdbcDriverTest {

  private static DoorFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new DoorFixture();
    fixture.statements.query(
        "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(fixture.allocator, 3, 4));
    fixture.statements.update("use tpch", List.of(), () -> nothing());
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void aRightPasswordConnectsAndAWrongOneGetsOneClearError() throws SQLException {
    try (Connection connection = fixture.connect("admin")) {
      assertThat(connection.isValid(5)).isTrue();
    }
    assertThatThrownBy(() -> DriverManager.getConnection(fixture.url("&user=admin&password=wrong")))
        .hasStackTraceContaining("[UNAUTHENTICATED] Wrong user name or password (SQLSTATE 28000)");
    assertThatThrownBy(
            () -> DriverManager.getConnection(fixture.url("&user=nobody&password=wrong")))
        .hasStackTraceContaining("[UNAUTHENTICATED] Wrong user name or password (SQLSTATE 28000)");
  }

  @Test
  void withoutAUserTheFirstStatementSaysWhatIsMissing() throws SQLException {
    try (Connection connection = DriverManager.getConnection(fixture.url(""));
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("select n"))
          .hasStackTraceContaining("Not logged in: connect with a user and a password");
    }
  }

  @Test
  void aTokenIsAsGoodAsAPassword() throws SQLException {
    Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
    String token = fixture.tokens.issue(session.id(), "admin");
    try (Connection connection = DriverManager.getConnection(fixture.url("&token=" + token));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select n")) {
      assertThat(rows.next()).isTrue();
    }
    assertThat(fixture.statements.last().session).isSameAs(session);
  }

  @Test
  void aStatementRunsOnceWhenItIsFetched() throws SQLException {
    int before = fixture.statements.submitted.size();
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select n")) {
      long expected = 0;
      while (rows.next()) {
        assertThat(rows.getLong("n")).isEqualTo(expected++);
      }
      assertThat(expected).isEqualTo(12);
      assertThat(rows.getMetaData().getColumnCount()).isEqualTo(1);
    }
    assertThat(fixture.statements.submitted).hasSize(before + 1);
  }

  @Test
  void aStatementObjectCanBeUsedAgain() throws SQLException {
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement()) {
      for (int run = 0; run < 3; run++) {
        try (ResultSet rows = statement.executeQuery("select n")) {
          assertThat(rows.next()).isTrue();
        }
      }
    }
  }

  @Test
  void everyColumnTypeArrivesAsItWas() throws SQLException {
    Schema schema =
        new Schema(
            List.of(
                field("i", new ArrowType.Int(32, true), true),
                field("l", Batches.BIGINT, true),
                field("d", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE), true),
                field("m", new ArrowType.Decimal(15, 2, 128), true),
                field("s", ArrowType.Utf8.INSTANCE, true),
                field("b", ArrowType.Bool.INSTANCE, true),
                field("x", ArrowType.Binary.INSTANCE, true),
                field("t", new ArrowType.Date(DateUnit.DAY), true),
                field(
                    "z",
                    new ArrowType.Timestamp(
                        org.apache.arrow.vector.types.TimeUnit.MICROSECOND, "UTC"),
                    true)));
    fixture.statements.query(
        "select types",
        schema,
        List.of(),
        () ->
            Batches.single(
                fixture.allocator,
                schema,
                root -> {
                  ((IntVector) root.getVector("i")).setSafe(0, 1);
                  ((BigIntVector) root.getVector("l")).setSafe(0, 2L);
                  ((Float8Vector) root.getVector("d")).setSafe(0, 0.5);
                  ((DecimalVector) root.getVector("m")).setSafe(0, new BigDecimal("12.34"));
                  ((VarCharVector) root.getVector("s"))
                      .setSafe(0, "漢字".getBytes(StandardCharsets.UTF_8));
                  ((BitVector) root.getVector("b")).setSafe(0, 1);
                  ((VarBinaryVector) root.getVector("x")).setSafe(0, new byte[] {1, 2});
                  ((DateDayVector) root.getVector("t")).setSafe(0, 9131);
                  ((TimeStampMicroTZVector) root.getVector("z")).setSafe(0, 1_000_000L);
                  root.setRowCount(2);
                }));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select types")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt("i")).isEqualTo(1);
      assertThat(rows.getLong("l")).isEqualTo(2);
      assertThat(rows.getDouble("d")).isEqualTo(0.5);
      assertThat(rows.getBigDecimal("m")).isEqualTo(new BigDecimal("12.34"));
      assertThat(rows.getString("s")).isEqualTo("漢字");
      assertThat(rows.getBoolean("b")).isTrue();
      assertThat(rows.getBytes("x")).containsExactly(1, 2);
      assertThat(rows.getString("t")).isEqualTo("1995-01-01");
      assertThat(rows.getTimestamp("z")).isNotNull();
      assertThat(rows.next()).isTrue();
      for (int column = 1; column <= 9; column++) {
        assertThat(rows.getString(column)).isNull();
        assertThat(rows.wasNull()).isTrue();
      }
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void anEmptyResultHasColumnsAndNoRows() throws SQLException {
    fixture.statements.query(
        "select nothing",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, 0, 0));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select nothing")) {
      assertThat(rows.getMetaData().getColumnName(1)).isEqualTo("n");
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void emptyBatchesInBetweenAreLeftOut() throws SQLException {
    fixture.statements.query(
        "select gaps",
        Batches.NUMBERS,
        List.of(),
        () ->
            new DemandPublisher<>(
                List.of(
                        ArrowEncoder.schema(Batches.NUMBERS),
                        Batches.numberBatch(fixture.allocator, 0, 0),
                        Batches.numberBatch(fixture.allocator, 0, 2),
                        Batches.numberBatch(fixture.allocator, 2, 0),
                        Batches.numberBatch(fixture.allocator, 2, 1))
                    .iterator()));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select gaps")) {
      int count = 0;
      while (rows.next()) {
        assertThat(rows.getLong(1)).isEqualTo(count++);
      }
      assertThat(count).isEqualTo(3);
    }
  }

  @Test
  void aResultsColumnsHaveTheirPrecisionAndScale() throws SQLException {
    Schema schema =
        new Schema(
            List.of(
                field("price", new ArrowType.Decimal(15, 2, 128), true),
                field("name", ArrowType.Utf8.INSTANCE, true)));
    fixture.statements.query(
        "select price",
        schema,
        List.of(),
        () -> Batches.single(fixture.allocator, schema, root -> root.setRowCount(0)));
    try (Connection connection = fixture.connect("admin");
        PreparedStatement prepared = connection.prepareStatement("select price");
        ResultSet rows = prepared.executeQuery()) {
      for (ResultSetMetaData columns : List.of(prepared.getMetaData(), rows.getMetaData())) {
        assertThat(columns.getPrecision(1)).isEqualTo(15);
        assertThat(columns.getScale(1)).isEqualTo(2);
        assertThat(columns.isCaseSensitive(1)).isFalse();
        assertThat(columns.isCaseSensitive(2)).isTrue();
        assertThat(columns.isSearchable(2)).isTrue();
      }
    }
  }

  @Test
  void useRunsAsAnUpdate() throws SQLException {
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement()) {
      assertThat(statement.execute("use tpch")).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.executeUpdate("use tpch")).isZero();
      assertThat(fixture.statements.last().sql).isEqualTo("use tpch");
      try (PreparedStatement prepared = connection.prepareStatement("use tpch")) {
        assertThat(prepared.executeUpdate()).isZero();
      }
    }
  }

  @Test
  void aRefusalComesAsItsTextWhereverItHappens() throws SQLException {
    String denial =
        "Permission denied: user [analyst] does not have [select] privilege on [tpch/orders]";
    fixture.statements.refusal(
        "select denied", new SluiceException(ErrorCode.PERMISSION_DENIED, denial));
    fixture.statements.query(
        "select failing",
        Batches.NUMBERS,
        List.of(),
        () ->
            FakeStatements.failing(
                SluiceException.ofSpark("DIVIDE_BY_ZERO", "22012", "Division by zero.")));
    fixture.statements.update(
        "use missing",
        List.of(),
        () ->
            FakeStatements.failing(
                new SluiceException(ErrorCode.SCHEMA_NOT_FOUND, "There is no schema missing")));
    try (Connection connection = fixture.connect("analyst");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("select denied"))
          .hasStackTraceContaining("[PERMISSION_DENIED] " + denial + " (SQLSTATE 42501)");
      assertThatThrownBy(
              () -> {
                try (ResultSet rows = statement.executeQuery("select failing")) {
                  rows.next();
                }
              })
          .hasStackTraceContaining("[DIVIDE_BY_ZERO] Division by zero. (SQLSTATE 22012, statement")
          .hasStackTraceContaining(fixture.statements.last().id().toString());
      assertThatThrownBy(() -> statement.executeUpdate("use missing"))
          .hasStackTraceContaining("[SCHEMA_NOT_FOUND] There is no schema missing");
      try (ResultSet rows = statement.executeQuery("select n")) {
        assertThat(rows.next()).isTrue();
      }
    }
  }

  @Test
  void aDefectIsNotShown() throws SQLException {
    fixture.statements.refusal("select defect", new IllegalStateException("secret inside"));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("select defect"))
          .hasStackTraceContaining("[INTERNAL_ERROR] Sluice failed")
          .satisfies(error -> assertThat(stackTrace(error)).doesNotContain("secret inside"));
    }
  }

  @Test
  void anOverlongErrorTextStillArrives() throws SQLException {
    fixture.statements.refusal(
        "select long", new SluiceException(ErrorCode.PARSE_SYNTAX_ERROR, "漢".repeat(100_000)));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("select long"))
          .hasStackTraceContaining("[PARSE_SYNTAX_ERROR] 漢")
          .hasStackTraceContaining("… (SQLSTATE 42601)");
    }
  }

  @Test
  void largeStatementsReachThePlanner() throws SQLException {
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement()) {
      String sql = "select '" + "x".repeat(3 << 20) + "'";
      assertThatThrownBy(() -> statement.executeQuery(sql))
          .hasStackTraceContaining(
              "[PARSE_SYNTAX_ERROR] Syntax error in a text of " + sql.length());
    }
  }

  @Test
  void cancelDuringAFetchCancelsTheStatement() throws Exception {
    fixture.statements.query(
        "select forever",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, Integer.MAX_VALUE, 1000));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select forever")) {
      assertThat(rows.next()).isTrue();
      statement.cancel();
      fixture.statements.last().resultCanceled.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void closingAResultEarlyCancelsTheStatement() throws Exception {
    fixture.statements.query(
        "select more",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, Integer.MAX_VALUE, 1000));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("select more")) {
        assertThat(rows.next()).isTrue();
      }
      fixture.statements.last().resultCanceled.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aSlowReaderHoldsTheStatementBackAndStillGetsAMillionRows() throws SQLException {
    int batches = 1000;
    fixture.statements.query(
        "select million",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, batches, 10_000));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select million")) {
      assertThat(rows.next()).isTrue();
      FakeStatements.FakeStatement running = fixture.statements.last();
      // The reader has stopped. What is asked for settles at what buffers hold: here 80 kB each.
      long settled = settled(running);
      assertThat(settled).isLessThan(batches / 2);
      long count = 1;
      while (rows.next()) {
        assertThat(rows.getLong(1)).isEqualTo(count++);
      }
      assertThat(count).isEqualTo(batches * 10_000L);
      assertThat(running.messagesRequested.get()).isLessThanOrEqualTo(batches + 2);
    }
  }

  @Test
  void parametersOfEveryTypeArriveAsLiterals() throws SQLException {
    List<Optional<String>> types =
        List.of(
            Optional.of("int"),
            Optional.of("bigint"),
            Optional.of("double"),
            Optional.of("decimal(15,2)"),
            Optional.of("decimal(38,10)"),
            Optional.of("string"),
            Optional.empty(),
            Optional.of("boolean"),
            Optional.of("date"),
            Optional.of("timestamp"),
            Optional.of("timestamp_ntz"),
            Optional.of("binary"),
            Optional.of("smallint"),
            Optional.of("tinyint"),
            Optional.of("float"));
    fixture.statements.query(
        "select parameters",
        Batches.NUMBERS,
        types,
        () -> Batches.numbers(fixture.allocator, 1, 1));
    try (Connection connection = fixture.connect("admin");
        PreparedStatement statement = connection.prepareStatement("select parameters")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(types.size());
      statement.setInt(1, 42);
      statement.setLong(2, 1L << 40);
      statement.setDouble(3, 0.25);
      statement.setBigDecimal(4, new BigDecimal("9.5"));
      statement.setBigDecimal(5, new BigDecimal("12345678901234567890.0123456789"));
      statement.setString(6, "it's");
      statement.setString(7, "5");
      statement.setBoolean(8, true);
      statement.setDate(9, Date.valueOf("1995-03-15"));
      statement.setTimestamp(10, Timestamp.valueOf("1995-03-15 01:02:03.456"));
      statement.setTimestamp(11, Timestamp.valueOf("1995-03-15 01:02:03.456"));
      statement.setBytes(12, new byte[] {1, 2, 3});
      statement.setShort(13, (short) 7);
      statement.setByte(14, (byte) 8);
      statement.setFloat(15, 1.5f);
      fetchOne(statement);
      List<Literal> sent = fixture.statements.last().parameters;
      assertThat(sent.get(0).getInteger()).isEqualTo(42);
      assertThat(sent.get(1).getLong()).isEqualTo(1L << 40);
      assertThat(sent.get(2).getDouble()).isEqualTo(0.25);
      assertThat(sent.get(3).getDecimal())
          .isEqualTo(
              Literal.Decimal.newBuilder().setValue("9.50").setPrecision(15).setScale(2).build());
      assertThat(sent.get(4).getDecimal().getValue()).isEqualTo("12345678901234567890.0123456789");
      assertThat(sent.get(5).getString()).isEqualTo("it's");
      assertThat(sent.get(6).getString()).isEqualTo("5");
      assertThat(sent.get(7).getBoolean()).isTrue();
      assertThat(sent.get(8).getDate()).isEqualTo(9204);
      long micros = 795_229_323_456_000L;
      assertThat(sent.get(9).getTimestamp()).isEqualTo(micros);
      assertThat(sent.get(10).getTimestampNtz()).isEqualTo(micros);
      assertThat(sent.get(11).getBinary().toByteArray()).containsExactly(1, 2, 3);
      assertThat(sent.get(12).getShort()).isEqualTo(7);
      assertThat(sent.get(13).getByte()).isEqualTo(8);
      assertThat(sent.get(14).getDouble()).isEqualTo(1.5);

      statement.setInt(4, 3);
      statement.setLong(3, 5);
      for (int index : List.of(1, 6, 9, 12)) {
        statement.setNull(index, Types.NULL);
      }
      fetchOne(statement);
      List<Literal> again = fixture.statements.last().parameters;
      assertThat(again.get(3).getDecimal().getValue()).isEqualTo("3.00");
      assertThat(again.get(2).getDouble()).isEqualTo(5);
      assertThat(again.get(0).getNull().hasInteger()).isTrue();
      assertThat(again.get(5).getNull().hasString()).isTrue();
      assertThat(again.get(8).getNull().hasDate()).isTrue();
      assertThat(again.get(11).getNull().hasBinary()).isTrue();
    }
  }

  @Test
  void aPreparedStatementRunsManyTimes() throws SQLException {
    fixture.statements.query(
        "select n > ?",
        Batches.NUMBERS,
        List.of(Optional.of("bigint")),
        () -> Batches.numbers(fixture.allocator, 1, 1));
    int prepared = Collections.frequency(fixture.statements.prepared, "select n > ?");
    try (Connection connection = fixture.connect("admin");
        PreparedStatement statement = connection.prepareStatement("select n > ?")) {
      for (long value = 0; value < 20; value++) {
        statement.setLong(1, value);
        fetchOne(statement);
        assertThat(fixture.statements.last().parameters)
            .containsExactly(Literal.newBuilder().setLong(value).build());
      }
    }
    assertThat(Collections.frequency(fixture.statements.prepared, "select n > ?"))
        .isEqualTo(prepared + 1);
  }

  @Test
  void anUpdateTakesParametersAndRunsOnceForEachRowOfABatch() throws SQLException {
    fixture.statements.update("set ?", List.of(Optional.of("string")), JdbcDriverTest::nothing);
    try (Connection connection = fixture.connect("admin");
        PreparedStatement statement = connection.prepareStatement("set ?")) {
      statement.setString(1, "a");
      assertThat(statement.executeUpdate()).isZero();
      assertThat(fixture.statements.last().parameters.get(0).getString()).isEqualTo("a");
      statement.setString(1, "b");
      statement.addBatch();
      statement.setString(1, "c");
      statement.addBatch();
      int before = fixture.statements.submitted.size();
      statement.executeBatch();
      assertThat(fixture.statements.submitted.subList(before, fixture.statements.submitted.size()))
          .extracting(run -> run.parameters.get(0).getString())
          .containsExactly("b", "c");
    }
  }

  @Test
  void theUrlChoosesACatalogThatMayBeSeen() throws SQLException {
    Connection connection =
        DriverManager.getConnection(fixture.url("&user=admin&password=admin&catalog=ops"));
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select n")) {
      assertThat(rows.next()).isTrue();
    }
    Session session = fixture.statements.last().session;
    assertThat(session.namespace()).isEqualTo(new Namespace("ops", "default"));
    // This driver (18.3.0) closes its session twice, the second time on a connection that is shut.
    assertThatThrownBy(connection::close).hasMessageContaining("Channel shutdown invoked");
    assertThat(fixture.sessions.find(session.id(), "admin")).isEmpty();
  }

  @Test
  void aCatalogThatMayNotBeSeenCannotBeChosen() {
    assertThatThrownBy(
            () ->
                DriverManager.getConnection(
                    fixture.url("&user=analyst&password=analyst&catalog=ops")))
        .hasStackTraceContaining("Cannot set session option for catalog");
  }

  @Test
  void aSessionThatHasExpiredSaysSo() throws SQLException {
    DoorFixture other = new DoorFixture();
    try (Connection connection = other.connect("admin");
        Statement statement = connection.createStatement()) {
      other.sessions.expireAll();
      assertThatThrownBy(() -> statement.executeQuery("select n"))
          .hasStackTraceContaining(
              "[SESSION_CLOSED] The session was closed or has expired; connect again");
    } finally {
      other.close();
    }
  }

  private static Flow.Publisher<ResultMessage> nothing() {
    return new DemandPublisher<>(Collections.emptyIterator());
  }

  private static void fetchOne(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isFalse();
    }
  }

  /** Waits until a statement is asked for nothing more during half a second. */
  private static long settled(FakeStatements.FakeStatement statement) {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .pollInterval(500, TimeUnit.MILLISECONDS)
        .until(
            new Callable<>() {
              private long last = -1;

              @Override
              public Boolean call() {
                long now = statement.messagesRequested.get();
                boolean still = now == last;
                last = now;
                return still;
              }
            });
    return statement.messagesRequested.get();
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
