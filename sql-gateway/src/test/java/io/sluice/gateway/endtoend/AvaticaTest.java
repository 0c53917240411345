package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.calcite.avatica.AvaticaConnection;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Avatica's own thin client, in both encodings, against the door. */
class AvaticaTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final Map<String, Connection> CONNECTIONS = new ConcurrentHashMap<>();

  private static Connection connect(String encoding, String user) throws SQLException {
    return ThinClient.connect(GATEWAY.httpPort(), encoding, user, user);
  }

  private static Connection shared(String encoding, String user) {
    return CONNECTIONS.computeIfAbsent(
        encoding + user,
        name -> {
          try {
            return connect(encoding, user);
          } catch (SQLException failure) {
            throw new IllegalStateException(failure);
          }
        });
  }

  @AfterAll
  static void close() throws SQLException {
    for (Connection connection : CONNECTIONS.values()) {
      connection.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void manyRowsComeInFrames(String encoding) throws SQLException {
    for (int fetchSize : new int[] {100, 3_000, 10_000}) {
      try (Statement statement = shared(encoding, "admin").createStatement()) {
        statement.setFetchSize(fetchSize);
        try (ResultSet rows = statement.executeQuery("select id from range(10000) order by id")) {
          long expected = 0;
          while (rows.next()) {
            assertThat(rows.getLong(1)).isEqualTo(expected++);
          }
          assertThat(expected).isEqualTo(10_000);
        }
      }
    }
    assertThat(Rows.query(shared(encoding, "admin"), "select 1 where false")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void aResultEndsAtTheMostRows(String encoding) throws SQLException {
    try (Statement statement = shared(encoding, "admin").createStatement()) {
      statement.setMaxRows(1_500);
      try (ResultSet rows = statement.executeQuery("select id from range(10000)")) {
        assertThat(Rows.of(rows)).hasSize(1_500);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void parametersAreBound(String encoding) throws SQLException {
    try (PreparedStatement statement =
        shared(encoding, "admin")
            .prepareStatement(
                "select n_name from nation where n_regionkey = ? and n_name like ? order by 1")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(2);
      assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("n_name");
      for (int round = 0; round < 2; round++) {
        statement.setLong(1, round);
        statement.setString(2, round == 0 ? "E%" : "C%");
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(Rows.of(rows))
              .containsExactlyElementsOf(
                  round == 0 ? List.of(List.of("ETHIOPIA")) : List.of(List.of("CANADA")));
        }
      }
    }
    try (PreparedStatement statement =
        shared(encoding, "admin")
            .prepareStatement(
                "select cast(? as boolean), cast(? as double), cast(? as decimal(9,2)), cast(? as"
                    + " date), cast(? as timestamp), cast(? as binary), cast(? as string)")) {
      statement.setBoolean(1, true);
      statement.setDouble(2, 0.5);
      statement.setBigDecimal(3, new BigDecimal("12.34"));
      statement.setDate(4, new Date(0));
      statement.setTimestamp(5, new Timestamp(1577934245678L));
      statement.setBytes(6, new byte[] {1, -1});
      statement.setNull(7, Types.VARCHAR);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBoolean(1)).isTrue();
        assertThat(row.getDouble(2)).isEqualTo(0.5);
        assertThat(row.getBigDecimal(3)).isEqualTo(new BigDecimal("12.34"));
        assertThat(row.getDate(4)).isEqualTo(new Date(0));
        assertThat(row.getTimestamp(5)).isEqualTo(new Timestamp(1577934245678L));
        assertThat(row.getBytes(6)).containsExactly(1, 0xff);
        assertThat(row.getString(7)).isNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void updatesAndBatchesRun(String encoding) throws SQLException {
    String table = "lake.tpch.avatica_" + encoding;
    Connection connection = shared(encoding, "admin");
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("create table " + table + " (n bigint, t string)")).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      try {
        assertThat(statement.executeUpdate("insert into " + table + " values (1, 'a')")).isZero();
        try (PreparedStatement insert =
            connection.prepareStatement("insert into " + table + " values (?, ?)")) {
          insert.setLong(1, 2);
          insert.setString(2, "b");
          assertThat(insert.executeUpdate()).isZero();
          for (int row = 3; row < 5; row++) {
            insert.setLong(1, row);
            insert.setNull(2, Types.VARCHAR);
            insert.addBatch();
          }
          assertThat(insert.executeBatch()).containsExactly(0, 0);
        }
        statement.addBatch("insert into " + table + " values (5, 'e')");
        statement.addBatch("insert into nowhere values (6)");
        assertThatThrownBy(statement::executeBatch)
            .hasMessageContaining("Update 2 of 2 failed; those before it were run.");
        assertThat(Rows.query(connection, "select n, t from " + table + " order by n"))
            .containsExactly(
                List.of("1", "a"),
                List.of("2", "b"),
                List.of("3", "null"),
                List.of("4", "null"),
                List.of("5", "e"));
      } finally {
        statement.execute("drop table " + table);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void metadataIsTheCatalogs(String encoding) throws SQLException {
    Connection admin = shared(encoding, "admin");
    assertThat(Rows.of(admin.getMetaData().getCatalogs())).contains(List.of("lake"));
    assertThat(Rows.of(admin.getMetaData().getSchemas("lake", "t%")))
        .containsExactly(List.of("tpch", "lake"));
    assertThat(names(admin.getMetaData().getTables("lake", "tpch", "n%", null)))
        .containsExactly("nation");
    assertThat(names(admin.getMetaData().getTables("lake", "tpch", "%", new String[] {"VIEW"})))
        .isEmpty();
    assertThat(Rows.of(admin.getMetaData().getTableTypes()))
        .containsExactly(List.of("TABLE"), List.of("VIEW"));
    assertThat(Rows.of(admin.getMetaData().getTypeInfo()))
        .extracting(row -> row.get(0))
        .contains("decimal", "timestamp_ntz", "string");
    try (ResultSet columns =
        admin.getMetaData().getColumns("lake", "tpch", "orders", "o\\_totalprice")) {
      assertThat(columns.next()).isTrue();
      assertThat(columns.getInt("DATA_TYPE")).isEqualTo(Types.DECIMAL);
      assertThat(columns.getString("TYPE_NAME")).isEqualTo("decimal(15,2)");
      assertThat(columns.getInt("COLUMN_SIZE")).isEqualTo(15);
      assertThat(columns.getInt("DECIMAL_DIGITS")).isEqualTo(2);
      assertThat(columns.getInt("ORDINAL_POSITION")).isEqualTo(4);
      assertThat(columns.next()).isFalse();
    }
  }

  private static List<String> names(ResultSet tables) throws SQLException {
    return Rows.of(tables).stream().map(row -> row.get(2)).toList();
  }

  private static void assertRefused(
      Connection connection, String sql, String text, String sqlState) {
    assertThatThrownBy(() -> Rows.query(connection, sql))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(text)
        .hasMessageContaining("(SQLSTATE " + sqlState)
        .satisfies(
            thrown -> {
              assertThat(((SQLException) thrown).getSQLState()).isEqualTo(sqlState);
              assertThat(thrown.toString()).doesNotContain("at io.sluice").doesNotContain("\tat ");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void aConnectionStandsWhereItIsTold(String encoding) throws SQLException {
    try (Connection connection =
        ThinClient.connect(
            GATEWAY.httpPort(),
            encoding,
            "authentication=BASIC;avatica_user=admin;avatica_password=admin;schema=tpch")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create schema if not exists lake.avatica_elsewhere");
      }
      connection.setSchema("avatica_elsewhere");
      assertThat(Rows.query(connection, "select current_schema()"))
          .containsExactly(List.of("avatica_elsewhere"));
      try (Statement statement = connection.createStatement()) {
        statement.execute("use tpch");
        // The client repeats where it last knew that it stood.
        connection.setReadOnly(true);
        assertThat(Rows.query(connection, "select count(*) from nation"))
            .containsExactly(List.of("25"));
        statement.execute("drop schema lake.avatica_elsewhere");
      }
      connection.setSchema("nowhere");
      assertThatThrownBy(() -> Rows.query(connection, "select 1"))
          .hasMessageContaining("[SCHEMA_NOT_FOUND]");
    }
  }

  @Test
  void aTokenOfFlightsLogsIn() throws Exception {
    String token;
    try (RawFlight flight = RawFlight.login(GATEWAY.grpcPort(), "analyst")) {
      token = flight.authorization().substring("Bearer ".length());
    }
    try (Connection connection =
        ThinClient.connect(
            GATEWAY.httpPort(), "protobuf", "authentication=BEARER;bearer_token=" + token)) {
      assertThat(Rows.query(connection, "select count(*) from orders"))
          .containsExactly(List.of("6085"));
    }
  }

  @Test
  void whoIsNotLoggedInLearnsNothing() {
    String open = "{\"request\":\"openConnection\",\"connectionId\":\"x\",\"info\":{}}";
    ThinClient.Answered answered = ThinClient.post(GATEWAY.httpPort(), "", open);
    assertThat(answered.status()).isEqualTo(401);
    assertThat(answered.body()).contains("[UNAUTHENTICATED]");
    assertThatThrownBy(() -> ThinClient.connect(GATEWAY.httpPort(), "protobuf", "admin", "wrong"))
        .isInstanceOf(Exception.class)
        .hasStackTraceContaining("401");
  }

  @Test
  void aConnectionOfAnotherPrincipalsIsNone() throws SQLException {
    try (Connection mine = connect("json", "analyst")) {
      assertThat(Rows.query(mine, "select 1")).hasSize(1);
      String id = ((AvaticaConnection) mine).id;
      String create = "{\"request\":\"createStatement\",\"connectionId\":\"" + id + "\"}";
      assertThat(ThinClient.post(GATEWAY.httpPort(), "analyst", create).status()).isEqualTo(200);
      ThinClient.Answered foreign = ThinClient.post(GATEWAY.httpPort(), "admin", create);
      assertThat(foreign.status()).isEqualTo(500);
      assertThat(foreign.body()).contains("[SESSION_CLOSED]").contains("\"errorCode\":1");
      String close = "{\"request\":\"closeConnection\",\"connectionId\":\"" + id + "\"}";
      assertThat(ThinClient.post(GATEWAY.httpPort(), "admin", close).status()).isEqualTo(200);
      assertThat(Rows.query(mine, "select 2")).hasSize(1);
      // The same id is another connection in another's hands.
      String open = "{\"request\":\"openConnection\",\"connectionId\":\"" + id + "\",\"info\":{}}";
      assertThat(ThinClient.post(GATEWAY.httpPort(), "admin", open).status()).isEqualTo(200);
      assertThat(Rows.query(mine, "select current_user()")).containsExactly(List.of("analyst"));
      assertThat(ThinClient.post(GATEWAY.httpPort(), "admin", close).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void aClientWhoseConnectionIsGoneOpensItAgain(String encoding) throws SQLException {
    try (Connection connection =
        ThinClient.connect(
            GATEWAY.httpPort(),
            encoding,
            "authentication=BASIC;avatica_user=admin;avatica_password=admin;"
                + "transparent_reconnection=true")) {
      assertThat(Rows.query(connection, "select 1")).hasSize(1);
      closeOnServer(connection);
      assertThat(Rows.query(connection, "select 2")).containsExactly(List.of("2"));
      try (PreparedStatement prepared = connection.prepareStatement("select cast(? as int)")) {
        prepared.setInt(1, 3);
        closeOnServer(connection);
        assertThatThrownBy(prepared::executeQuery).isInstanceOf(SQLException.class);
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("select id from range(5000)")) {
        assertThat(rows.next()).isTrue();
        closeOnServer(connection);
        assertThatThrownBy(() -> Rows.of(rows))
            .hasStackTraceContaining("The rows of this statement are no longer here");
      }
    }
  }

  private static void closeOnServer(Connection connection) {
    String id = ((AvaticaConnection) connection).id;
    String close = "{\"request\":\"closeConnection\",\"connectionId\":\"" + id + "\"}";
    assertThat(ThinClient.post(GATEWAY.httpPort(), "admin", close).status()).isEqualTo(200);
  }

  @Test
  void aFrameCanBeFetchedAgainUntilTheNextOne() {
    String id = "frames";
    send("{\"request\":\"openConnection\",\"connectionId\":\"frames\",\"info\":{}}");
    String created = send("{\"request\":\"createStatement\",\"connectionId\":\"frames\"}");
    String statement = created.replaceAll(".*\"statementId\":(\\d+).*", "$1");
    send(
        ("{\"request\":\"prepareAndExecute\",\"connectionId\":\"frames\",\"statementId\":%s,"
                + "\"sql\":\"select id from range(10) order by id\",\"maxRowCount\":-1,"
                + "\"maxRowsInFirstFrame\":2}")
            .formatted(statement));
    String second = fetch(id, statement, 2, 3);
    assertThat(second).contains("\"rows\":[[2],[3],[4]]").contains("\"done\":false");
    assertThat(fetch(id, statement, 2, 3)).isEqualTo(second);
    assertThat(fetch(id, statement, 5, 100))
        .contains("\"rows\":[[5],[6],[7],[8],[9]]")
        .contains("\"done\":true");
    assertThat(fetch(id, statement, 10, 100)).contains("\"rows\":[]").contains("\"done\":true");
    assertThat(fetch(id, statement, 2, 3)).contains("[INVALID_HANDLE]");
    assertThat(fetch(id, statement, 7, 3)).contains("[INVALID_HANDLE]");
    send(
        "{\"request\":\"closeStatement\",\"connectionId\":\"frames\",\"statementId\":"
            + statement
            + "}");
    assertThat(fetch(id, statement, 5, 3)).contains("[INVALID_HANDLE]");
    send("{\"request\":\"closeConnection\",\"connectionId\":\"frames\"}");
  }

  private static String fetch(String id, String statement, long offset, int rows) {
    return send(
        ("{\"request\":\"fetch\",\"connectionId\":\"%s\",\"statementId\":%s,\"offset\":%d,"
                + "\"fetchMaxRowCount\":%d}")
            .formatted(id, statement, offset, rows));
  }

  private static String send(String json) {
    return ThinClient.post(GATEWAY.httpPort(), "admin", json).body();
  }

  @Test
  void malformedBodiesAreRefusedAndTheDoorLivesOn() throws Exception {
    Random random = new Random(7);
    byte[] whole =
        new ProtobufTranslationImpl()
            .serializeRequest(new Service.PrepareAndExecuteRequest("fuzz", 1, "select 1", -1));
    Set<String> texts = new HashSet<>();
    for (int round = 0; round < 300; round++) {
      byte[] body = Arrays.copyOf(whole, whole.length - random.nextInt(whole.length));
      for (int change = 0; change < 3; change++) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      ThinClient.Answered answered = ThinClient.post(GATEWAY.httpPort(), "admin", body);
      assertThat(answered.status()).isIn(200, 500);
      assertThat(answered.body()).doesNotContain("\tat ").doesNotContain("Exception");
      if (answered.status() == 500) {
        texts.add(answered.body().contains("[PROTOCOL_VIOLATION]") ? "violation" : "other");
      }
    }
    assertThat(texts).contains("violation");
    for (String json :
        List.of(
            "{",
            "{}",
            "{\"request\":\"nothing\"}",
            "{\"request\":\"fetch\"}",
            "{\"request\":\"execute\"}",
            "{\"request\":\"openConnection\"}",
            "{\"request\":" + "[".repeat(100_000),
            "",
            "\n\n",
            "{\"request\":\"fetch\",\"x\":")) {
      ThinClient.Answered answered = ThinClient.post(GATEWAY.httpPort(), "admin", json);
      assertThat(answered.status()).describedAs(json).isEqualTo(500);
      assertThat(answered.body()).contains("SQLSTATE").doesNotContain("Exception");
    }
    ThinClient.Answered tooLong =
        ThinClient.post(GATEWAY.httpPort(), "admin", new byte[(4 << 20) + 1]);
    assertThat(tooLong.status()).isEqualTo(413);
    String huge = "select '" + "x".repeat(3 << 20) + "'";
    assertRefused(shared("protobuf", "admin"), huge, "[STATEMENT_TOO_LARGE]", "54000");
    assertThat(Rows.query(shared("protobuf", "admin"), "select 1")).hasSize(1);
  }

  @Test
  void whatAClientLeavesIsClosedWithItsConnection() throws SQLException {
    await().atMost(Duration.ofSeconds(10)).until(() -> GATEWAY.runningStatements() == 0);
    Connection connection = connect("protobuf", "admin");
    for (int index = 0; index < 2; index++) {
      ResultSet rows =
          connection.createStatement().executeQuery("select id from range(0, 5000000, 1, 8)");
      assertThat(rows.next()).isTrue();
    }
    assertThat(GATEWAY.runningStatements()).isEqualTo(2);
    connection.close();
    await().atMost(Duration.ofSeconds(10)).until(() -> GATEWAY.runningStatements() == 0);
  }

  @Test
  void aClientThatGoesAwayEndsItsStatement() throws Exception {
    await().atMost(Duration.ofSeconds(10)).until(() -> GATEWAY.runningStatements() == 0);
    send("{\"request\":\"openConnection\",\"connectionId\":\"away\",\"info\":{}}");
    String created = send("{\"request\":\"createStatement\",\"connectionId\":\"away\"}");
    String statement = created.replaceAll(".*\"statementId\":(\\d+).*", "$1");
    String body =
        ("{\"request\":\"prepareAndExecute\",\"connectionId\":\"away\",\"statementId\":%s,"
                + "\"sql\":\"select count(*) from range(1000000000000)\",\"maxRowCount\":-1,"
                + "\"maxRowsInFirstFrame\":2}")
            .formatted(statement);
    byte[] login = "admin:admin".getBytes(StandardCharsets.UTF_8);
    try (java.net.Socket socket = new java.net.Socket("127.0.0.1", GATEWAY.httpPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /avatica HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
                      + java.util.Base64.getEncoder().encodeToString(login)
                      + "\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.UTF_8));
      GATEWAY.awaitBusySpark();
      assertThat(GATEWAY.runningStatements()).isEqualTo(1);
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> GATEWAY.runningStatements() == 0);
    GATEWAY.awaitIdleSpark();
    send("{\"request\":\"closeConnection\",\"connectionId\":\"away\"}");
  }

  /** No thread waits for a statement: there are fewer threads for what blocks than statements. */
  @Test
  void manyLongStatementsLeaveTheDoorOpenToOthers() throws Exception {
    List<Connection> connections = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(20);
    try {
      for (int index = 0; index < 20; index++) {
        Connection connection = connect("protobuf", "analyst");
        connections.add(connection);
        clients.submit(
            () -> Rows.query(connection, "select count(*) from range(1000000000000000)"));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> GATEWAY.runningStatements() == 20);
      assertThat(Rows.of(shared("protobuf", "intern").getMetaData().getCatalogs())).hasSize(1);
      assertThat(GATEWAY.runningStatements()).isEqualTo(20);
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
      clients.shutdown();
    }
    assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> GATEWAY.runningStatements() == 0);
  }
}
