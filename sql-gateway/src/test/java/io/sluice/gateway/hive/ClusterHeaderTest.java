package io.sluice.gateway.hive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.session.Session;
import io.sluice.planner.SessionSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TCloseOperationReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementResp;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TGetInfoReq;
import org.apache.hive.service.rpc.thrift.TGetInfoType;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TStatus;
import org.apache.hive.service.rpc.thrift.TStatusCode;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TMemoryBuffer;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The header {@code cluster} of HiveServer2's requests over HTTP. */
class ClusterHeaderTest {

  private final HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    // Over HTTP no connection takes its sessions along.
    fixture.sessions.expireAll();
    fixture.close();
  }

  @Test
  void aSessionHasTheClusterThatItWasOpenedWith() throws Exception {
    TSessionHandle session = open("bi");
    fixture.numbers("select n", 3);
    TOperationHandle rows = execute(session, "bi").getOperationHandle();
    for (String repeated : new String[] {"bi", "", " "}) {
      assertServed(fetch(rows, repeated));
      assertServed(info(session, repeated));
    }
    assertRefused(execute(session, "loads").getStatus());
    assertRefused(info(session, "loads"));
    assertRefused(fetch(rows, "loads"));
    assertRefused(client("loads").CloseOperation(new TCloseOperationReq(rows)).getStatus());
    assertServed(client("bi").CloseOperation(new TCloseOperationReq(rows)).getStatus());
    assertThat(only().configuration()).containsEntry(SessionSettings.CLUSTER, "bi");
    assertThat(fixture.statements.submitted).as("what was refused was not run").hasSize(1);
  }

  /** A driver repeats what it said when it connected, whatever was SET since. */
  @Test
  void aClusterThatWasSetSinceMayBeNamedToo() throws Exception {
    TSessionHandle session = open("bi");
    only().configure(values -> values.put(SessionSettings.CLUSTER, "loads"));
    assertServed(info(session, "bi"));
    assertServed(info(session, "loads"));
    assertRefused(info(session, "adhoc"));
  }

  @Test
  void aSessionThatNamedNoneIsNotGivenOneByALaterCall() throws Exception {
    TSessionHandle session = open("");
    assertRefused(info(session, "bi"));
    assertServed(info(session, ""));
  }

  @Test
  void aDriverNamesItInItsUrl() throws Exception {
    HttpDoor door =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> new HttpDoor.Readiness(true, List.of()),
            Runnable::run,
            List.of(new HttpDoor.Page(HiveHttpService.PATH, fixture.http())));
    door.start();
    fixture.statements.effect("USE `lake`.`tpch`");
    String options = "/;transportMode=http;httpPath=cliservice;http.header.cluster=bi";
    try (Connection connection = HiveDriver.HIVE_4.connect(door.port(), options, "admin")) {
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("Spark SQL");
      assertThat(only().configuration()).containsEntry(SessionSettings.CLUSTER, "bi");
    } finally {
      door.close();
    }
  }

  private TSessionHandle open(String cluster) throws Exception {
    TOpenSessionResp opened =
        HiveDoorFixture.open(client(cluster), TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10);
    assertServed(opened.getStatus());
    return opened.getSessionHandle();
  }

  private Session only() {
    return fixture.sessions.open().values().iterator().next();
  }

  private TExecuteStatementResp execute(TSessionHandle session, String cluster) throws Exception {
    return client(cluster).ExecuteStatement(new TExecuteStatementReq(session, "select n"));
  }

  private TStatus info(TSessionHandle session, String cluster) throws Exception {
    return client(cluster)
        .GetInfo(new TGetInfoReq(session, TGetInfoType.CLI_DBMS_NAME))
        .getStatus();
  }

  private TStatus fetch(TOperationHandle rows, String cluster) throws Exception {
    return client(cluster)
        .FetchResults(new TFetchResultsReq(rows, TFetchOrientation.FETCH_NEXT, 1))
        .getStatus();
  }

  /** Returns a client for one call. */
  private TCLIService.Client client(String cluster) throws Exception {
    TMemoryInputTransport answer = new TMemoryInputTransport();
    TMemoryBuffer call =
        new TMemoryBuffer(256) {
          @Override
          public void flush() {
            answer.reset(post(Arrays.copyOf(getArray(), length()), cluster));
          }
        };
    return new TCLIService.Client(new TBinaryProtocol(answer), new TBinaryProtocol(call));
  }

  private byte[] post(byte[] call, String cluster) {
    RequestHeadersBuilder head =
        RequestHeaders.builder(HttpMethod.POST, HiveHttpService.PATH)
            .add(
                HttpHeaderNames.AUTHORIZATION,
                "Basic " + Base64.getEncoder().encodeToString("admin:admin".getBytes(US_ASCII)));
    if (!cluster.isEmpty()) {
      head.add("cluster", cluster);
    }
    HttpRequest request = HttpRequest.of(head.build(), HttpData.wrap(call));
    ServiceRequestContext context =
        ServiceRequestContext.builder(request)
            .remoteAddress(new InetSocketAddress("127.0.0.1", 1024))
            .build();
    try {
      return fixture.http().serve(context, request).aggregate().join().content().array();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void assertServed(TStatus status) {
    assertThat(status.getStatusCode()).as(status.toString()).isEqualTo(TStatusCode.SUCCESS_STATUS);
  }

  private static void assertRefused(TStatus status) {
    assertThat(status.getStatusCode()).isEqualTo(TStatusCode.ERROR_STATUS);
    assertThat(status.getErrorMessage())
        .contains("[PROTOCOL_VIOLATION]")
        .contains("named at log-in, or by SET sluice.cluster");
  }
}
