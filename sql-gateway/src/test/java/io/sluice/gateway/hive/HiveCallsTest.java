package io.sluice.gateway.hive;

import static io.sluice.gateway.hive.HiveCalls.V10;
import static io.sluice.gateway.hive.HiveCalls.execute;
import static io.sluice.gateway.hive.HiveCalls.execution;
import static io.sluice.gateway.hive.HiveCalls.fetch;
import static io.sluice.gateway.hive.HiveCalls.info;
import static io.sluice.gateway.hive.HiveCalls.numbers;
import static io.sluice.gateway.hive.HiveCalls.session;
import static io.sluice.gateway.hive.HiveCalls.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.statement.QueuePlace;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What TCLIService's calls are answered, by Thrift's own client. */
class HiveCallsTest {

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
  void bytesArriveInEveryProtocol(TProtocolVersion version) throws TException {
    byte[] bytes = {'a', 0, (byte) 0xc3, (byte) 0xa4};
    Schema binary = new Schema(List.of(Field.nullable("b", ArrowType.Binary.INSTANCE)));
    fixture.statements.result(
        "select bytes",
        () ->
            new RowEncoder(fixture.allocator)
                .publisher(binary, List.of(List.of(bytes), Collections.singletonList(null))));
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = HiveDoorFixture.open(client, version).getSessionHandle();
    TRowSet rows = fetch(client, execute(client, session, "select bytes"), 10).getResults();
    if (rows.isSetColumns()) {
      assertThat(rows.getColumns().get(0).getBinaryVal().getValues().get(0).array())
          .isEqualTo(bytes);
      assertThat(rows.getColumns().get(0).getBinaryVal().getNulls()).containsExactly(2);
    } else {
      assertThat(rows.getRows().get(0).getColVals().get(0).getStringVal().getValue())
          .as("as Thrift for Java reads any bytes of a string")
          .isEqualTo("a\0ä");
      assertThat(rows.getRows().get(1).getColVals().get(0).getStringVal().isSetValue()).isFalse();
    }
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
  void settingsThatMayNotBeSetAreLeftOutButForSluicesOwn() throws TException {
    SluiceException refusal = new SluiceException(ErrorCode.CONFIGURATION_NOT_ALLOWED, "Not here.");
    fixture.statements.refusal("SET `spark.x` = `1`", refusal);
    fixture.statements.refusal("SET `sluice.x` = `1`", refusal);
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setConfiguration(Map.of("set:hiveconf:spark.x", "1"));
    assertThat(fixture.sasl("admin", "admin").OpenSession(request).getStatus().getStatusCode())
        .isEqualTo(TStatusCode.SUCCESS_STATUS);
    request.setConfiguration(Map.of("set:hiveconf:sluice.x", "1"));
    assertThat(fixture.sasl("admin", "admin").OpenSession(request).getStatus().getErrorMessage())
        .startsWith("[CONFIGURATION_NOT_ALLOWED] Not here.");
  }

  @Test
  void aSessionIsOpenedWithSoManySettings() throws TException {
    Map<String, String> wishes = new HashMap<>();
    for (int key = 0; key <= 64; key++) {
      wishes.put("set:hiveconf:spark.x" + key, "1");
      wishes.put("set:hiveconf:hive.x" + key, "1");
    }
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setConfiguration(wishes);
    assertThat(fixture.sasl("admin", "admin").OpenSession(request).getStatus().getErrorMessage())
        .startsWith("[CONFIGURATION_NOT_ALLOWED] A session is opened with at most 64 settings");
    assertThat(fixture.statements.submitted).isEmpty();
    assertThat(fixture.sessions.open()).isEmpty();
  }

  @Test
  void aSessionThatIsRefusedAtOnceLeavesNothingBehind() throws TException {
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setConfiguration(Map.of("use:database", "default"));
    fixture.catalogIsBusy = true;
    assertThat(client.OpenSession(request).getStatus().getStatusCode())
        .isEqualTo(TStatusCode.ERROR_STATUS);
    assertThat(fixture.sessions.open()).isEmpty();
    assertThat(fixture.door().held()).isZero();
    assertThat(session(client)).as("the connection lives on").isNotNull();
  }

  @Test
  void aRefusedDatabaseRefusesTheSession() throws TException {
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setConfiguration(Map.of("use:database", "no_such"));
    assertThat(fixture.sasl("admin", "admin").OpenSession(request).getStatus().getErrorMessage())
        .startsWith("[PARSE_SYNTAX_ERROR] Syntax error");
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
        .startsWith("[PARSE_SYNTAX_ERROR] Syntax error in a text of 14 (SQLSTATE 42601, statement ")
        .doesNotContain("\tat ");
    assertThat(reply.getStatus().getSqlState()).isEqualTo("42601");
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
  void whoWaitsIsToldItsPlaceInTheLogAndBesideTheProgress() throws TException {
    fixture.statements.endless("select for ever");
    fixture.statements.place =
        Optional.of(new QueuePlace(3, Optional.of(Duration.ofSeconds(42)), ""));
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOperationHandle operation = execute(client, session(client), "select for ever");
    assertThat(log(client, operation))
        .singleElement()
        .asString()
        .endsWith(", number 3 in the queue, for about 50 s");
    TGetOperationStatusReq status = new TGetOperationStatusReq(operation);
    status.setGetProgressUpdate(true);
    assertThat(client.GetOperationStatus(status).getProgressUpdateResponse().getFooterSummary())
        .isEqualTo("number 3 in the queue, for about 50 s");
  }

  @Test
  void theLogTellsStatementAndStateOnce() throws TException {
    fixture.statements.endless("select for ever");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOperationHandle operation = execute(client, session(client), "select for ever");
    String id = fixture.statements.last().id().toString();
    assertThat(log(client, operation))
        .containsExactly("Statement " + id + ": RUNNING, 25 % of Spark's tasks");
    assertThat(log(client, operation)).isEmpty();
    assertThat(client.GetQueryId(new TGetQueryIdReq(operation)).getQueryId()).isEqualTo(id);
  }

  /** Returns the lines of a statement's log that were not fetched before. */
  private static List<String> log(TCLIService.Client client, TOperationHandle operation)
      throws TException {
    TFetchResultsReq request = new TFetchResultsReq(operation, TFetchOrientation.FETCH_NEXT, 10);
    request.setFetchType((short) 1);
    return client.FetchResults(request).getResults().getColumns().get(0).getStringVal().getValues();
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
    List<TCLIService.Client> clients = new ArrayList<>();
    try {
      int threads = 0;
      for (int count = 0; count < 2_000; count++) {
        TCLIService.Client client = fixture.sasl("admin", "admin");
        clients.add(client);
        session(client);
        if (count == 100) {
          threads = Thread.getAllStackTraces().size();
        }
      }
      assertThat(fixture.door().connections()).isEqualTo(2_000);
      assertThat(fixture.door().held()).isEqualTo(2_000);
      assertThat(Thread.getAllStackTraces()).hasSizeLessThan(threads + 10);
    } finally {
      clients.forEach(client -> client.getInputProtocol().getTransport().close());
    }
    await().until(() -> fixture.door().held() == 0);
  }
}
