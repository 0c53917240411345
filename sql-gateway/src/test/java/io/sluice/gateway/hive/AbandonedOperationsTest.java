package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TCloseSessionReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementResp;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TGetTablesReq;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TStatusCode;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TSaslClientTransport;
import org.apache.thrift.transport.TSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations that run, wait to be fetched or are half fetched when their client is gone. */
class AbandonedOperationsTest {

  /** Ten thousand when asked for. */
  private static final int OPERATIONS = Integer.getInteger("sluice.abandoned", 500);

  private static final int OF_ONE_CLIENT = 10;
  private static final List<String> TEXTS =
      List.of("select for ever", "select numbers", "select more numbers", "insert");

  private final HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void abandonedOperationsLeaveNothing() throws Exception {
    fixture.statements.endless("select for ever");
    fixture.numbers("select numbers", 3);
    fixture.numbers("select more numbers", 100);
    fixture.statements.effect("insert");
    for (int round = 0; round < OPERATIONS / OF_ONE_CLIENT; round++) {
      TCLIService.Client client = fixture.sasl("admin", "admin");
      TSessionHandle session =
          HiveDoorFixture.open(client, TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10)
              .getSessionHandle();
      for (int operation = 0; operation < OF_ONE_CLIENT; operation++) {
        begin(client, session, operation % (TEXTS.size() + 1));
      }
      leave(client, session, round % 3);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(fixture.door().connections()).isZero();
              assertThat(fixture.door().held()).isZero();
              assertThat(fixture.sessions.open()).isEmpty();
              assertThat(fixture.allocator.getAllocatedMemory()).isZero();
            });
    assertThat(fixture.statements.submitted)
        .hasSizeGreaterThanOrEqualTo(OPERATIONS / (TEXTS.size() + 1) * TEXTS.size())
        .filteredOn(statement -> statement.sql.equals("select for ever"))
        .allSatisfy(statement -> assertThat(statement.canceled).isCompleted());
  }

  private static void begin(TCLIService.Client client, TSessionHandle session, int kind)
      throws TException {
    if (kind == TEXTS.size()) {
      assertThat(client.GetTables(new TGetTablesReq(session)).getStatus().getStatusCode())
          .isEqualTo(TStatusCode.SUCCESS_STATUS);
      return;
    }
    TExecuteStatementReq request = new TExecuteStatementReq(session, TEXTS.get(kind));
    request.setRunAsync(true);
    TExecuteStatementResp begun = client.ExecuteStatement(request);
    assertThat(begun.getStatus().getStatusCode()).isEqualTo(TStatusCode.SUCCESS_STATUS);
    if (TEXTS.get(kind).contains("more")) {
      TFetchResultsReq some =
          new TFetchResultsReq(begun.getOperationHandle(), TFetchOrientation.FETCH_NEXT, 10);
      assertThat(client.FetchResults(some).getResults().getColumns()).hasSize(1);
    }
  }

  /** Closes the connection, breaks it, or closes the session with all that it has not closed. */
  private static void leave(TCLIService.Client client, TSessionHandle session, int how)
      throws TException, SocketException {
    TSaslClientTransport transport =
        (TSaslClientTransport) client.getInputProtocol().getTransport();
    if (how == 0) {
      client.CloseSession(new TCloseSessionReq(session));
    } else if (how == 1) {
      ((TSocket) transport.getUnderlyingTransport()).getSocket().setSoLinger(true, 0);
    }
    transport.close();
  }
}
