package io.sluice.gateway.hive;

import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.hive.service.rpc.thrift.TCancelOperationReq;
import org.apache.hive.service.rpc.thrift.TCancelOperationResp;
import org.apache.hive.service.rpc.thrift.TCloseOperationReq;
import org.apache.hive.service.rpc.thrift.TCloseOperationResp;
import org.apache.hive.service.rpc.thrift.TCloseSessionReq;
import org.apache.hive.service.rpc.thrift.TCloseSessionResp;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementResp;
import org.apache.hive.service.rpc.thrift.TGetInfoReq;
import org.apache.hive.service.rpc.thrift.TGetInfoResp;
import org.apache.hive.service.rpc.thrift.TGetQueryIdReq;
import org.apache.hive.service.rpc.thrift.TGetQueryIdResp;
import org.apache.hive.service.rpc.thrift.TOpenSessionReq;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TOperationType;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TSetClientInfoReq;
import org.apache.hive.service.rpc.thrift.TSetClientInfoResp;

/** Sessions and statements, as TCLIService has them. No call blocks. */
final class HiveService {

  static final TProtocolVersion NEWEST = TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10;

  /** What drivers fetch at a time if nobody says otherwise; a batch of Spark's may hold fewer. */
  private static final int FETCH_SIZE = 10_000;

  /** JDBC's name for it, Kyuubi's and Spark's. */
  private static final List<String> APPLICATION_NAMES =
      List.of("ApplicationName", "kyuubi.session.name", "spark.app.name");

  private final Authenticator authenticator;
  private final HiveSessions sessions;
  private final StatementService statements;
  private final ClientTexts texts;
  private final SessionConfiguration configuration;
  private final ServerInfo serverInfo;
  private final BufferAllocator allocator;
  private final ScheduledExecutorService timer;
  private final Patience patience;
  private final InstantSource clock;

  HiveService(
      Authenticator authenticator,
      HiveSessions sessions,
      StatementService statements,
      ClientTexts texts,
      ServerInfo serverInfo,
      BufferAllocator allocator,
      ScheduledExecutorService timer,
      Patience patience,
      InstantSource clock) {
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.statements = statements;
    this.texts = texts;
    this.configuration = new SessionConfiguration(statements, texts, allocator);
    this.serverInfo = serverInfo;
    this.allocator = allocator;
    this.timer = timer;
    this.patience = patience;
    this.clock = clock;
  }

  CompletableFuture<TOpenSessionResp> openSession(HiveClient client, TOpenSessionReq request) {
    TProtocolVersion asked = request.getClient_protocol();
    TProtocolVersion protocol = asked.compareTo(NEWEST) < 0 ? asked : NEWEST;
    Map<String, String> wishes =
        request.isSetConfiguration() ? request.getConfiguration() : Map.of();
    return principal(client, request)
        .thenCompose(
            principal -> {
              HiveSession session =
                  sessions.open(principal, client.address(), client.cluster(), protocol);
              if (!client.opened(session)) {
                sessions.close(session);
                throw HiveSessions.unknownSession();
              }
              client.onRequestGone(() -> sessions.close(session));
              session.session().callClient(clientName(wishes).orElse(client.name()));
              // It may be refused at once, and is then to be closed as later.
              return CompletableFuture.completedFuture(session)
                  .thenCompose(fresh -> configuration.apply(fresh, wishes))
                  .thenApply(done -> opened(session, protocol))
                  .whenComplete(
                      (reply, failure) -> {
                        if (failure != null) {
                          client.closed(session);
                          sessions.close(session);
                        }
                      });
            });
  }

  /** Hive's and Kyuubi's drivers name their application among the settings. */
  private static Optional<String> clientName(Map<String, String> wishes) {
    return APPLICATION_NAMES.stream()
        .flatMap(key -> Stream.of(key, "set:hiveconf:" + key))
        .flatMap(key -> Optional.ofNullable(wishes.get(key)).stream())
        .findFirst();
  }

  private CompletableFuture<Principal> principal(HiveClient client, TOpenSessionReq request) {
    if (client.isAuthenticated()) {
      return CompletableFuture.completedFuture(client.principal().orElseThrow());
    }
    if (!request.isSetUsername() || !request.isSetPassword()) {
      return CompletableFuture.failedFuture(
          new SluiceException(
              ErrorCode.UNAUTHENTICATED,
              "Not logged in: connect with SASL PLAIN, or send a user and a password with"
                  + " OpenSession."));
    }
    return authenticator.authenticate(
        request.getUsername(), request.getPassword(), client.address());
  }

  private static TOpenSessionResp opened(HiveSession session, TProtocolVersion protocol) {
    TOpenSessionResp reply = new TOpenSessionResp(HiveErrors.success(), protocol);
    reply.setSessionHandle(new TSessionHandle(session.handle().identifier()));
    reply.setConfiguration(
        new HashMap<>(
            Map.of(
                "hive.server2.thrift.resultset.default.fetch.size", String.valueOf(FETCH_SIZE))));
    return reply;
  }

  CompletableFuture<TCloseSessionResp> closeSession(HiveClient client, TCloseSessionReq request) {
    HiveSession session = sessions.find(request.getSessionHandle(), client);
    client.closed(session);
    sessions.close(session);
    return CompletableFuture.completedFuture(new TCloseSessionResp(HiveErrors.success()));
  }

  /** Closes what was opened on a connection that is gone. */
  void disconnected(HiveClient client) {
    client.leave().forEach(sessions::close);
  }

  CompletableFuture<TGetInfoResp> getInfo(HiveClient client, TGetInfoReq request) {
    HiveSession session = sessions.find(request.getSessionHandle(), client);
    return CompletableFuture.completedFuture(
        new TGetInfoResp(
            HiveErrors.success(),
            serverInfo.value(request.getInfoType(), session.session().principal())));
  }

  CompletableFuture<TExecuteStatementResp> executeStatement(
      HiveClient client, TExecuteStatementReq request) {
    HiveSession session = sessions.find(request.getSessionHandle(), client);
    return texts
        .served(session, request.getStatement())
        .thenCompose(text -> execute(client, session, request, text));
  }

  private CompletableFuture<TExecuteStatementResp> execute(
      HiveClient client, HiveSession session, TExecuteStatementReq request, String text) {
    Statement statement = statements.submit(session.session(), text, List.of());
    RowFetcher fetcher = RowFetcher.start(statement, allocator);
    // Who leaves before the answer never learns the handle.
    client.onRequestGone(fetcher::close);
    return statement
        .returnsRows()
        .thenCompose(
            rows -> {
              HiveOperation operation =
                  new HiveOperation(
                      sessions.newHandle(),
                      TOperationType.EXECUTE_STATEMENT,
                      rows,
                      statement,
                      fetcher,
                      CompatibilityProfile.of(session).shown(session, request.getStatement()),
                      clock.instant());
              sessions.add(session, operation);
              limit(operation, request.getQueryTimeout());
              return (request.isRunAsync()
                      ? CompletableFuture.<Void>completedFuture(null)
                      : operation.ready())
                  .thenApply(done -> executed(client, operation))
                  .whenComplete(
                      (reply, failure) -> {
                        if (failure != null) {
                          session.remove(operation);
                          operation.close();
                        }
                      });
            })
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                fetcher.close();
              }
            });
  }

  private void limit(HiveOperation operation, long seconds) {
    if (seconds > 0) {
      ScheduledFuture<?> end =
          timer.schedule(() -> operation.timeOut(seconds), seconds, TimeUnit.SECONDS);
      operation.ready().whenComplete((done, failure) -> end.cancel(false));
    }
  }

  private TExecuteStatementResp executed(HiveClient client, HiveOperation operation) {
    if (client.isOfOneRequest()) {
      operation.attendance().expect(patience, timer);
    }
    TExecuteStatementResp reply = new TExecuteStatementResp(HiveErrors.success());
    reply.setOperationHandle(operation.toThrift());
    return reply;
  }

  CompletableFuture<TCancelOperationResp> cancelOperation(
      HiveClient client, TCancelOperationReq request) {
    sessions.find(request.getOperationHandle(), client).operation().cancel();
    return CompletableFuture.completedFuture(new TCancelOperationResp(HiveErrors.success()));
  }

  CompletableFuture<TCloseOperationResp> closeOperation(
      HiveClient client, TCloseOperationReq request) {
    HiveSessions.Owned owned = sessions.find(request.getOperationHandle(), client);
    owned.session().remove(owned.operation());
    owned.operation().close();
    return CompletableFuture.completedFuture(new TCloseOperationResp(HiveErrors.success()));
  }

  CompletableFuture<TGetQueryIdResp> getQueryId(HiveClient client, TGetQueryIdReq request) {
    HiveSessions.Owned owned = sessions.find(request.getOperationHandle(), client);
    return CompletableFuture.completedFuture(
        new TGetQueryIdResp(
            owned.operation().statementId().orElse(owned.operation().handle().name())));
  }

  /** What the application is called is kept, for the journal; all else is heard and not kept. */
  CompletableFuture<TSetClientInfoResp> setClientInfo(
      HiveClient client, TSetClientInfoReq request) {
    HiveSession session = sessions.find(request.getSessionHandle(), client);
    Map<String, String> wishes =
        request.isSetConfiguration() ? request.getConfiguration() : Map.of();
    session.session().callClient(clientName(wishes).orElse(session.session().clientName()));
    return CompletableFuture.completedFuture(new TSetClientInfoResp(HiveErrors.success()));
  }
}
