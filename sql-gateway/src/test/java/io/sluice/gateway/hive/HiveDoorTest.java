package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.arrow.RowEncoder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TCancelOperationReq;
import org.apache.hive.service.rpc.thrift.TCloseOperationReq;
import org.apache.hive.service.rpc.thrift.TCloseSessionReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementResp;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TFetchResultsResp;
import org.apache.hive.service.rpc.thrift.TGetDelegationTokenReq;
import org.apache.hive.service.rpc.thrift.TGetInfoReq;
import org.apache.hive.service.rpc.thrift.TGetInfoType;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusReq;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusResp;
import org.apache.hive.service.rpc.thrift.TGetQueryIdReq;
import org.apache.hive.service.rpc.thrift.TGetTablesReq;
import org.apache.hive.service.rpc.thrift.TOpenSessionReq;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TOperationState;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TRowSet;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TStatusCode;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol itself, by Thrift's own client and by hand. */
class HiveDoorTest {

  private static final TProtocolVersion V10 = TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10;

  private HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource
  void theClientsProtocolIsSpokenUpToTheTenth(TProtocolVersion version) throws TException {
    TOpenSessionResp opened = HiveDoorFixture.open(fixture.sasl("admin", "admin"), version);
    assertThat(opened.getStatus().getStatusCode()).isEqualTo(TStatusCode.SUCCESS_STATUS);
    assertThat(opened.getServerProtocolVersion())
        .isEqualTo(version.compareTo(V10) > 0 ? V10 : version);
  }

  @ParameterizedTest
  @EnumSource
  void rowsArriveInEveryProtocol(TProtocolVersion version) throws TException {
    fixture.numbers("select numbers", 1234);
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = HiveDoorFixture.open(client, version).getSessionHandle();
    TOperationHandle operation = execute(client, session, "select numbers");
    List<Long> numbers = new ArrayList<>();
    while (true) {
      TFetchResultsResp page = fetch(client, operation, 100);
      List<Long> part = numbers(page.getResults());
      if (part.isEmpty()) {
        assertThat(page.isHasMoreRows()).isFalse();
        break;
      }
      assertThat(page.getResults().getStartRowOffset()).isEqualTo(numbers.size());
      numbers.addAll(part);
    }
    assertThat(numbers).hasSize(1234).startsWith(0L, 1L).endsWith(1233L).isSorted();
  }

  @Test
  void withoutSaslUserAndPasswordComeWithTheSession() throws TException {
    TCLIService.Client client = fixture.plain();
    TOpenSessionReq request = new TOpenSessionReq(V10);
    assertThat(client.OpenSession(request).getStatus().getErrorMessage())
        .startsWith("[UNAUTHENTICATED] Not logged in");
    request.setUsername("admin");
    request.setPassword("wrong");
    assertThat(client.OpenSession(request).getStatus().getSqlState()).isEqualTo("28000");
    request.setPassword("admin");
    TOpenSessionResp opened = client.OpenSession(request);
    assertThat(opened.getStatus().getStatusCode()).isEqualTo(TStatusCode.SUCCESS_STATUS);
    assertThat(fixture.sessions.open().values())
        .singleElement()
        .satisfies(session -> assertThat(session.principal().name()).isEqualTo("admin"));
  }

  @Test
  void aWrongPasswordIsToldAndHungUpOn() {
    assertThatThrownBy(() -> fixture.sasl("admin", "wrong"))
        .isInstanceOf(TTransportException.class)
        .hasMessageContaining("Wrong user or password.");
    await().until(() -> fixture.door().connections() == 0);
  }

  @Test
  void nobodyActsForAnother() throws TException {
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setConfiguration(Map.of("hive.server2.proxy.user", "admin"));
    assertThat(fixture.sasl("analyst", "analyst").OpenSession(request).getStatus())
        .satisfies(status -> assertThat(status.getSqlState()).isEqualTo("42501"));
    assertThat(fixture.sessions.open()).isEmpty();
  }

  @Test
  void settingsGoTheWayOfSetAndHivesOwnAreLeftOut() throws TException {
    fixture.statements.effect("USE `lake`.`tpch`");
    fixture.statements.effect("SET `spark.sql.ansi.enabled` = `true`");
    TOpenSessionReq request = new TOpenSessionReq(V10);
    Map<String, String> wishes = new HashMap<>();
    wishes.put("use:database", "default");
    wishes.put("set:hiveconf:spark.sql.ansi.enabled", "true");
    wishes.put("set:hiveconf:hive.exec.parallel", "true");
    request.setConfiguration(wishes);
    assertThat(fixture.sasl("admin", "admin").OpenSession(request).getStatus().getStatusCode())
        .isEqualTo(TStatusCode.SUCCESS_STATUS);
    assertThat(fixture.statements.texts())
        .containsExactly("USE `lake`.`tpch`", "SET `spark.sql.ansi.enabled` = `true`");
  }

  @Test
  void aRefusedDatabaseRefusesTheSession() throws TException {
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setConfiguration(Map.of("use:database", "no_such"));
    assertThat(fixture.sasl("admin", "admin").OpenSession(request).getStatus().getErrorMessage())
        .startsWith("[TABLE_OR_VIEW_NOT_FOUND] No such table.");
    assertThat(fixture.sessions.open()).isEmpty();
  }

  @Test
  void aRefusalComesWithTheExecution() throws TException {
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    TExecuteStatementReq request = new TExecuteStatementReq(session, "select unknown");
    request.setRunAsync(true);
    TExecuteStatementResp reply = client.ExecuteStatement(request);
    assertThat(reply.getStatus().getErrorMessage())
        .startsWith("[TABLE_OR_VIEW_NOT_FOUND] No such table. (SQLSTATE 42P01, statement ")
        .doesNotContain("\tat ");
    assertThat(reply.getStatus().getSqlState()).isEqualTo("42P01");
  }

  @Test
  void aStatementForItsEffectHasNoRows() throws TException {
    fixture.statements.effect("drop table t");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOperationHandle operation = execute(client, session(client), "drop table t");
    assertThat(operation.isHasResultSet()).isFalse();
    assertThat(status(client, operation).getOperationState())
        .isEqualTo(TOperationState.FINISHED_STATE);
    assertThat(fetch(client, operation, 1).getStatus().getErrorMessage())
        .contains("has no result to fetch");
  }

  @Test
  void aRunningStatementIsCanceled() throws TException {
    fixture.statements.endless("select for ever");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    TOperationHandle operation = execute(client, session, "select for ever");
    assertThat(status(client, operation).getOperationState())
        .isEqualTo(TOperationState.RUNNING_STATE);
    client.CancelOperation(new TCancelOperationReq(operation));
    TGetOperationStatusResp canceled = status(client, operation);
    assertThat(canceled.getOperationState()).isEqualTo(TOperationState.CANCELED_STATE);
    assertThat(canceled.getErrorMessage()).startsWith("[OPERATION_CANCELED]");
    assertThat(fixture.statements.last().canceled).isCompleted();
  }

  @ParameterizedTest
  @EnumSource(
      value = TProtocolVersion.class,
      names = {"HIVE_CLI_SERVICE_PROTOCOL_V8", "HIVE_CLI_SERVICE_PROTOCOL_V10"})
  void aQueryTimeOutIsToldToThoseWhoKnowOne(TProtocolVersion version) throws TException {
    fixture.statements.endless("select for ever");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = HiveDoorFixture.open(client, version).getSessionHandle();
    TExecuteStatementReq request = new TExecuteStatementReq(session, "select for ever");
    request.setRunAsync(true);
    request.setQueryTimeout(1);
    TOperationHandle operation = client.ExecuteStatement(request).getOperationHandle();
    await()
        .until(
            () -> status(client, operation).getOperationState(),
            state ->
                state
                    == (version == V10
                        ? TOperationState.TIMEDOUT_STATE
                        : TOperationState.CANCELED_STATE));
    assertThat(fixture.statements.last().canceled.join()).contains("longer than the 1 s");
  }

  @Test
  void handlesHoldOnOtherConnectionsOfTheirPrincipalAlone() throws TException {
    fixture.numbers("select numbers", 3);
    TCLIService.Client owner = fixture.sasl("admin", "admin");
    TSessionHandle session = session(owner);
    TOperationHandle operation = execute(owner, session, "select numbers");

    TCLIService.Client thief = fixture.sasl("analyst", "analyst");
    session(thief);
    assertThat(execution(thief, session, "select numbers").getStatus().getStatusCode())
        .isEqualTo(TStatusCode.INVALID_HANDLE_STATUS);
    assertThat(fetch(thief, operation, 1).getStatus().getStatusCode())
        .isEqualTo(TStatusCode.INVALID_HANDLE_STATUS);
    assertThat(thief.CloseOperation(new TCloseOperationReq(operation)).getStatus().getSqlState())
        .isEqualTo("26000");
    assertThat(fetch(fixture.plain(), operation, 1).getStatus().getStatusCode())
        .as("who has not logged in")
        .isEqualTo(TStatusCode.INVALID_HANDLE_STATUS);

    TOperationHandle guessed = operation.deepCopy();
    guessed.getOperationId().setSecret(new byte[16]);
    assertThat(fetch(owner, guessed, 1).getStatus().getStatusCode())
        .isEqualTo(TStatusCode.INVALID_HANDLE_STATUS);

    assertThat(numbers(fetch(fixture.sasl("admin", "admin"), operation, 10).getResults()))
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void aClientThatVanishesLeavesNothing() throws Exception {
    fixture.statements.endless("select for ever");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    execute(client, session(client), "select for ever");
    assertThat(fixture.door().held()).isEqualTo(2);
    client.getInputProtocol().getTransport().close();
    await().until(() -> fixture.door().held() == 0);
    assertThat(fixture.sessions.open()).isEmpty();
    assertThat(fixture.statements.last().canceled).isCompleted();
  }

  @Test
  void anExpiredSessionTakesItsOperationsAlong() throws TException {
    fixture.numbers("select numbers", 3);
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    TOperationHandle operation = execute(client, session, "select numbers");
    fixture.sessions.expireAll();
    assertThat(fixture.door().held()).isZero();
    assertThat(fetch(client, operation, 1).getStatus().getErrorMessage()).contains("not known");
    assertThat(client.CloseSession(new TCloseSessionReq(session)).getStatus().getErrorMessage())
        .startsWith("[SESSION_CLOSED]");
  }

  @Test
  void abandonedOperationsAreBounded() throws TException {
    fixture.numbers("select numbers", 3);
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    for (int count = 0; count < HiveSession.MOST_OPERATIONS; count++) {
      execute(client, session, "select numbers");
    }
    assertThat(execution(client, session, "select numbers").getStatus().getErrorMessage())
        .startsWith("[QUEUE_FULL] The session has 64 statements");
    assertThat(fixture.door().held()).isEqualTo(HiveSession.MOST_OPERATIONS + 1);
  }

  @Test
  void resultsThatWaitToBeFetchedHoldSoMuchAndTheEldestGo() throws TException {
    fixture.numbers("select numbers", 500);
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    TOperationHandle eldest = execute(client, session, "select numbers");
    for (int count = 0; count < 20; count++) {
      execute(client, session, "select numbers");
    }
    TOperationHandle last = execute(client, session, "select numbers");
    assertThat(fixture.door().held()).isLessThan(8);
    assertThat(fetch(client, eldest, 1000).getStatus().getErrorMessage())
        .startsWith("[INVALID_HANDLE]");
    assertThat(numbers(fetch(client, last, 1000).getResults())).hasSize(500);
  }

  @Test
  void anOperationWhoseRowsAreAllTakenMakesRoom() throws TException {
    fixture.numbers("select numbers", 3);
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    for (int count = 0; count < 3 * HiveSession.MOST_OPERATIONS; count++) {
      TOperationHandle operation = execute(client, session, "select numbers");
      fetch(client, operation, 10);
      fetch(client, operation, 10);
    }
    assertThat(fixture.door().held()).isEqualTo(HiveSession.MOST_OPERATIONS + 1);
  }

  @Test
  void metadataIsThePrincipals() throws TException {
    TCLIService.Client client = fixture.sasl("analyst", "analyst");
    TGetTablesReq request = new TGetTablesReq(session(client));
    request.setTableName("%\\_table");
    TOperationHandle operation = client.GetTables(request).getOperationHandle();
    TRowSet rows = fetch(client, operation, 10).getResults();
    assertThat(rows.getColumns()).hasSize(10);
    assertThat(rows.getColumns().get(2).getStringVal().getValues())
        .containsExactly("analyst_table");
    assertThat(rows.getColumns().get(5).getStringVal().getNulls()).containsExactly(1);
    TRowSet end = fetch(client, operation, 10).getResults();
    assertThat(end.getColumns()).as("each column is there").hasSize(10);
    assertThat(end.getColumns().get(2).getStringVal().getValues()).isEmpty();
  }

  @Test
  void factsAreSparks() throws TException {
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    assertThat(info(client, session, TGetInfoType.CLI_DBMS_NAME)).isEqualTo("Spark SQL");
    assertThat(info(client, session, TGetInfoType.CLI_DBMS_VER)).isEqualTo("4.1.2");
    assertThat(info(client, session, TGetInfoType.CLI_ODBC_KEYWORDS).split(","))
        .contains("SELECT", "TABLESAMPLE");
  }

  @Test
  void theLogTellsStatementAndStateOnce() throws TException {
    fixture.statements.endless("select for ever");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOperationHandle operation = execute(client, session(client), "select for ever");
    TFetchResultsReq request = new TFetchResultsReq(operation, TFetchOrientation.FETCH_NEXT, 10);
    request.setFetchType((short) 1);
    String id = fixture.statements.last().id().toString();
    assertThat(
            client.FetchResults(request)
                .getResults()
                .getColumns()
                .get(0)
                .getStringVal()
                .getValues())
        .containsExactly("Statement " + id + ": RUNNING, 25 % of Spark's tasks");
    assertThat(
            client.FetchResults(request)
                .getResults()
                .getColumns()
                .get(0)
                .getStringVal()
                .getValues())
        .isEmpty();
    assertThat(client.GetQueryId(new TGetQueryIdReq(operation)).getQueryId()).isEqualTo(id);
  }

  @Test
  void whatIsNotServedSaysSo() throws TException {
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    assertThat(
            client.GetDelegationToken(new TGetDelegationTokenReq(session, "a", "b"))
                .getStatus()
                .getErrorMessage())
        .startsWith("[NOT_SUPPORTED] Delegation tokens");
    fixture.numbers("select numbers", 3);
    TOperationHandle operation = execute(client, session, "select numbers");
    assertThat(
            client.FetchResults(new TFetchResultsReq(operation, TFetchOrientation.FETCH_PRIOR, 1))
                .getStatus()
                .getErrorMessage())
        .contains("from the first row to the last");
    assertThatThrownBy(() -> client.DownloadData(null))
        .isInstanceOf(TApplicationException.class)
        .hasMessageContaining("[DownloadData] is not served");
  }

  @Test
  void pyHivesListOfTablesHasTheNamesFirst() throws TException {
    Schema listed =
        new Schema(
            List.of(
                Field.notNullable("namespace", ArrowType.Utf8.INSTANCE),
                Field.notNullable("tableName", ArrowType.Utf8.INSTANCE)));
    for (String sql : List.of("SHOW TABLES IN `tpch`", "SHOW TABLES IN tpch")) {
      fixture.statements.result(
          sql,
          () ->
              new RowEncoder(fixture.allocator)
                  .publisher(listed, List.of(List.of("tpch", "nation"))));
    }
    TProtocolVersion pyHive = TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V6;
    assertThat(columns(pyHive, "SHOW TABLES IN `tpch`")).containsExactly(List.of("nation"));
    assertThat(columns(pyHive, "SHOW TABLES IN tpch"))
        .as("another text is not the dialect's")
        .containsExactly(List.of("tpch"), List.of("nation"));
    assertThat(columns(V10, "SHOW TABLES IN `tpch`")).hasSize(2);
  }

  /** Returns the one row of a result, column by column. */
  private List<List<String>> columns(TProtocolVersion version, String sql) throws TException {
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = HiveDoorFixture.open(client, version).getSessionHandle();
    TOperationHandle operation = execute(client, session, sql);
    return fetch(client, operation, 10).getResults().getColumns().stream()
        .map(column -> column.getStringVal().getValues())
        .toList();
  }

  @Test
  void aFrameHeaderOfAGigabyteIsRefusedAtOnce() throws IOException {
    try (Socket socket = fixture.socket()) {
      login(socket);
      new DataOutputStream(socket.getOutputStream()).writeInt(1 << 30);
      byte[] reply = frame(socket);
      assertThat(new String(reply, StandardCharsets.UTF_8))
          .contains("[STATEMENT_TOO_LARGE]", "more than 1 MiB");
      assertThat(socket.getInputStream().read()).as("hung up").isEqualTo(-1);
    }
  }

  @Test
  void otherProtocolsAreToldWhatThisIs() throws IOException {
    try (Socket socket = fixture.socket()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reply).contains("[PROTOCOL_VIOLATION]", "Connect with a HiveServer2 driver");
    }
  }

  @Test
  void garbageHarmsNobodyElse() throws Exception {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      byte[] garbage = new byte[1 + random.nextInt(200)];
      random.nextBytes(garbage);
      garbage[0] = (byte) (round % 2 == 0 ? 0x80 : 0x01);
      if (round % 4 == 0 && garbage.length > 4) {
        garbage[1] = 0x01;
        garbage[2] = 0x00;
        garbage[3] = 0x01;
      }
      try (Socket socket = fixture.socket()) {
        socket.getOutputStream().write(garbage);
      } catch (IOException hungUp) {
        // It may be refused before all of it is sent.
      }
    }
    await().until(() -> fixture.door().connections() == 0);
    assertThat(session(fixture.sasl("admin", "admin"))).isNotNull();
  }

  @Test
  void slowClientsAreHungUpOn() throws Exception {
    fixture.close();
    fixture =
        new HiveDoorFixture(
            new ConnectionLimits(
                1 << 20, Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofSeconds(20)));
    try (Socket silent = fixture.socket();
        Socket half = fixture.socket()) {
      half.getOutputStream().write(new byte[] {1, 0, 0});
      assertThat(silent.getInputStream().read()).as("no login").isEqualTo(-1);
      assertThat(half.getInputStream().read()).as("half a login").isEqualTo(-1);
    }
    try (Socket begun = fixture.socket()) {
      login(begun);
      begun.getOutputStream().write(new byte[] {0, 0});
      assertThat(begun.getInputStream().read()).as("half a frame").isEqualTo(-1);
    }
    TCLIService.Client idle = fixture.sasl("admin", "admin");
    TSessionHandle session = session(idle);
    await().pollDelay(Duration.ofMillis(700)).until(() -> fixture.door().connections() == 1);
    assertThat(info(idle, session, TGetInfoType.CLI_DBMS_NAME))
        .as("an idle session stays")
        .isEqualTo("Spark SQL");
  }

  @Test
  void aPeerThatSendsAheadOfItsAnswersIsNotReadOn() throws Exception {
    fixture.answersNothing();
    ByteBuffer calls = ByteBuffer.wrap(unknownCalls(20_000));
    try (SocketChannel flood = SocketChannel.open()) {
      flood.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
      flood.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
      flood.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.door().port()));
      flood.configureBlocking(false);
      AtomicLong sent = new AtomicLong();
      AtomicLong before = new AtomicLong(-1);
      await()
          .atMost(Duration.ofSeconds(15))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                before.set(sent.get());
                int wrote = 1;
                while (wrote > 0 && sent.get() < 512L << 20) {
                  if (!calls.hasRemaining()) {
                    calls.rewind();
                  }
                  wrote = flood.write(calls);
                  sent.addAndGet(wrote);
                }
                return before.get() == sent.get();
              });
      assertThat(sent.get()).isLessThan(64L << 20);
    }
  }

  private static byte[] unknownCalls(int count) {
    ByteArrayOutputStream calls = new ByteArrayOutputStream();
    byte[] call = {(byte) 0x80, 1, 0, 1, 0, 0, 0, 1, 'x', 0, 0, 0, 1, 0};
    for (int index = 0; index < count; index++) {
      calls.writeBytes(call);
    }
    return calls.toByteArray();
  }

  @Test
  void callsWithoutASessionDoNotEndTheTimeForTheLogin() throws Exception {
    fixture.close();
    fixture =
        new HiveDoorFixture(
            new ConnectionLimits(
                1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(60)));
    TCLIService.Client known = fixture.plain();
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setUsername("admin");
    request.setPassword("admin");
    TSessionHandle session = known.OpenSession(request).getSessionHandle();
    try (Socket socket = fixture.socket()) {
      socket.getOutputStream().write(unknownCalls(1));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .as("answered, and hung up after the time for the login")
          .contains("The call [x] is not served");
    }
    assertThat(info(known, session, TGetInfoType.CLI_DBMS_NAME))
        .as("whoever has opened a session stays")
        .isEqualTo("Spark SQL");
  }

  @Test
  void beforeASessionMessagesAreShort() throws Exception {
    try (Socket socket = fixture.socket()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write(unknownCalls(1), 0, 13);
      out.writeByte(11);
      out.writeShort(1);
      out.writeInt(1 << 17);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("[STATEMENT_TOO_LARGE]", "more than 64 KiB");
    }
  }

  @Test
  void theResultBeingFetchedStaysAndIdleOnesGo() throws TException {
    fixture.numbers("select numbers", 500);
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    TOperationHandle fetched = execute(client, session, "select numbers");
    List<Long> all = new ArrayList<>(numbers(fetch(client, fetched, 1).getResults()));
    TOperationHandle idle = execute(client, session, "select numbers");
    for (int count = 1; count < 20; count++) {
      all.addAll(numbers(fetch(client, fetched, 1).getResults()));
      execute(client, session, "select numbers");
    }
    all.addAll(numbers(fetch(client, fetched, 1000).getResults()));
    assertThat(all).hasSize(500);
    assertThat(fetch(client, idle, 1).getStatus().getErrorMessage()).startsWith("[INVALID_HANDLE]");
  }

  @Test
  void statementsForTheirEffectMakeRoom() throws TException {
    fixture.statements.effect("insert");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    for (int count = 0; count < 2 * HiveSession.MOST_OPERATIONS; count++) {
      assertThat(execution(client, session, "insert").getStatus().getStatusCode())
          .isEqualTo(TStatusCode.SUCCESS_STATUS);
    }
  }

  @Test
  void anIdleConnectionHasNoThread() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int count = 0; count < 200; count++) {
        Socket socket = fixture.socket();
        sockets.add(socket);
        login(socket);
      }
      assertThat(fixture.door().connections()).isEqualTo(200);
      assertThat(Thread.getAllStackTraces().keySet()).hasSizeLessThan(100);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void listensOnLoopbackAlone() {
    assertThatThrownBy(
            () ->
                new HiveDoor(
                    HiveDoorSettings.at(new InetSocketAddress("0.0.0.0", 0), "4.1.2"),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without TLS");
  }

  private static void login(Socket socket) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    step(out, 1, "PLAIN");
    step(out, 5, "\0admin\0admin");
    DataInputStream in = new DataInputStream(socket.getInputStream());
    assertThat(in.readByte()).as("the login is complete").isEqualTo((byte) 5);
    assertThat(in.readInt()).isZero();
  }

  private static void step(DataOutputStream out, int status, String content) throws IOException {
    out.writeByte(status);
    out.writeInt(content.length());
    out.writeBytes(content);
    out.flush();
  }

  private static byte[] frame(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] content = new byte[in.readInt()];
    in.readFully(content);
    if (content.length == 0) {
      throw new EOFException();
    }
    return content;
  }

  private static TSessionHandle session(TCLIService.Client client) throws TException {
    return HiveDoorFixture.open(client, V10).getSessionHandle();
  }

  private static TOperationHandle execute(
      TCLIService.Client client, TSessionHandle session, String sql) throws TException {
    return execution(client, session, sql).getOperationHandle();
  }

  private static TExecuteStatementResp execution(
      TCLIService.Client client, TSessionHandle session, String sql) throws TException {
    TExecuteStatementReq request = new TExecuteStatementReq(session, sql);
    request.setRunAsync(true);
    return client.ExecuteStatement(request);
  }

  private static TGetOperationStatusResp status(
      TCLIService.Client client, TOperationHandle operation) throws TException {
    return client.GetOperationStatus(new TGetOperationStatusReq(operation));
  }

  private static TFetchResultsResp fetch(
      TCLIService.Client client, TOperationHandle operation, int rows) throws TException {
    return client.FetchResults(new TFetchResultsReq(operation, TFetchOrientation.FETCH_NEXT, rows));
  }

  private static String info(TCLIService.Client client, TSessionHandle session, TGetInfoType type)
      throws TException {
    return client.GetInfo(new TGetInfoReq(session, type)).getInfoValue().getStringValue();
  }

  private static List<Long> numbers(TRowSet rows) {
    return rows.isSetColumns() && !rows.getColumns().isEmpty()
        ? rows.getColumns().get(0).getI64Val().getValues()
        : rows.getRows().stream()
            .map(row -> row.getColVals().get(0).getI64Val().getValue())
            .toList();
  }
}
