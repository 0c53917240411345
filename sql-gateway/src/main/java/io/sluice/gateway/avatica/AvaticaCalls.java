package io.sluice.gateway.avatica;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.calcite.avatica.ConnectionPropertiesImpl;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.Service;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Avatica's protocol. Avatica's own handlers answer a call on the thread that brings
 * it; here each is answered when its answer is there, and none holds a thread meanwhile.
 */
final class AvaticaCalls {

  /** A property of the driver's URL, which it passes on with all that it does not know. */
  private static final String CLIENT_NAME = "clientName";

  private static final String NO_TRANSACTIONS =
      "Sluice has no transactions; each statement stands for itself.";

  private final Map<Class<? extends Service.Request>, Handler<Service.Request>> handlers =
      new HashMap<>();
  private final AvaticaConnections connections;
  private final HeldStatements statements;
  private final AvaticaRuns runs;
  private final GatewayAnswers answers;
  private final Executor blocking;
  private final Map<Meta.DatabaseProperty, Object> properties;

  /**
   * @param answers bounds the lists that are made at once
   * @param blocking runs what waits for the catalog
   * @param version Sluice's own
   */
  AvaticaCalls(
      AvaticaConnections connections,
      HeldStatements statements,
      AvaticaRuns runs,
      AvaticaMetadata metadata,
      GatewayAnswers answers,
      Executor blocking,
      String version) {
    this.connections = connections;
    this.statements = statements;
    this.runs = runs;
    this.answers = answers;
    this.blocking = blocking;
    this.properties = properties(version);
    on(Service.OpenConnectionRequest.class, this::open);
    on(Service.CloseConnectionRequest.class, this::close);
    on(Service.ConnectionSyncRequest.class, this::sync);
    on(Service.DatabasePropertyRequest.class, this::properties);
    on(Service.CreateStatementRequest.class, this::create);
    on(Service.CloseStatementRequest.class, this::closeStatement);
    on(Service.PrepareRequest.class, runs::prepare);
    on(Service.PrepareAndExecuteRequest.class, runs::prepareAndExecute);
    on(Service.ExecuteRequest.class, runs::execute);
    on(Service.FetchRequest.class, runs::fetch);
    on(Service.ExecuteBatchRequest.class, runs::executeBatch);
    on(Service.PrepareAndExecuteBatchRequest.class, runs::prepareAndExecuteBatch);
    on(Service.SyncResultsRequest.class, (call, request) -> refused(AvaticaErrors.rowsAreGone()));
    // Whatever was run is committed.
    on(Service.CommitRequest.class, (call, request) -> done(committed()));
    on(
        Service.RollbackRequest.class,
        (call, request) -> refused(new SluiceException(ErrorCode.NOT_SUPPORTED, NO_TRANSACTIONS)));
    on(
        Service.CatalogsRequest.class,
        (call, request) ->
            list(
                call,
                request.connectionId,
                MetadataColumns.CATALOGS,
                (session, rows) -> metadata.catalogs(call.caller(), rows)));
    on(
        Service.SchemasRequest.class,
        (call, request) ->
            list(
                call,
                request.connectionId,
                MetadataColumns.SCHEMAS,
                (session, rows) -> metadata.schemas(call.caller(), request, rows)));
    on(
        Service.TablesRequest.class,
        (call, request) ->
            list(
                call,
                request.connectionId,
                MetadataColumns.TABLES,
                (session, rows) ->
                    metadata.tables(call.caller(), session.temporaryViews(), request, rows)));
    on(
        Service.ColumnsRequest.class,
        (call, request) ->
            list(
                call,
                request.connectionId,
                MetadataColumns.COLUMNS,
                (session, rows) ->
                    metadata.columns(call.caller(), session.temporaryViews(), request, rows)));
    on(
        Service.TableTypesRequest.class,
        (call, request) ->
            list(
                call,
                request.connectionId,
                MetadataColumns.TABLE_TYPES,
                (session, rows) ->
                    rows.addAll(
                        List.of(List.of(AvaticaMetadata.TABLE), List.of(AvaticaMetadata.VIEW)))));
    on(
        Service.TypeInfoRequest.class,
        (call, request) ->
            list(
                call,
                request.connectionId,
                MetadataColumns.TYPE_INFO,
                (session, rows) -> rows.addAll(SparkType.rows())));
  }

  /** One request of a client's. */
  interface Call {

    /** Returns who sends it. */
    Caller caller();

    /** Has something done if the client goes away before it is answered. */
    void onGone(Runnable action);

    /** Has something done once its answer is sent, or its client has gone away. */
    void onEnd(Runnable action);
  }

  @FunctionalInterface
  private interface Handler<T> {
    CompletableFuture<? extends Service.Response> answer(Call call, T request);
  }

  private <T extends Service.Request> void on(Class<T> kind, Handler<T> handler) {
    handlers.put(kind, (call, request) -> handler.answer(call, kind.cast(request)));
  }

  /** Answers a request; fails with what {@link AvaticaErrors} turns into an answer. */
  CompletableFuture<? extends Service.Response> answer(Call call, Service.Request request) {
    Handler<Service.Request> handler = handlers.get(request.getClass());
    if (handler == null) {
      return refused(
          new SluiceException(
              ErrorCode.NOT_SUPPORTED, "This call of Avatica's is not one that Sluice serves."));
    }
    try {
      return handler.answer(call, request);
    } catch (RuntimeException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  private CompletableFuture<? extends Service.Response> open(
      Call call, Service.OpenConnectionRequest request) {
    Map<String, String> info = request.info == null ? Map.of() : request.info;
    AvaticaConnection connection =
        connections.open(
            call.caller(),
            request.connectionId,
            Optional.ofNullable(info.get("cluster")).or(() -> call.caller().cluster()));
    connection.session().callClient(info.getOrDefault(CLIENT_NAME, call.caller().clientName()));
    return use(call, connection, info.get("catalog"), info.get("schema"))
        .thenApply(done -> new Service.OpenConnectionResponse());
  }

  private CompletableFuture<? extends Service.Response> close(
      Call call, Service.CloseConnectionRequest request) {
    connections.close(call.caller(), request.connectionId);
    return done(new Service.CloseConnectionResponse());
  }

  /**
   * Clients repeat all that they know of a connection. What they were told last is no wish of
   * theirs: statements may have gone elsewhere since.
   */
  private CompletableFuture<? extends Service.Response> sync(
      Call call, Service.ConnectionSyncRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    Meta.ConnectionProperties wanted = request.connProps;
    Namespace told = connection.told();
    String catalog = wanted == null ? null : changed(wanted.getCatalog(), told.catalog());
    String schema = wanted == null ? null : changed(wanted.getSchema(), told.schema());
    return use(call, connection, catalog, schema)
        .thenApply(
            done -> {
              Namespace now = connection.tell();
              ConnectionPropertiesImpl properties =
                  new ConnectionPropertiesImpl(
                      true, false, Connection.TRANSACTION_NONE, now.catalog(), now.schema());
              properties.setDirty(false);
              return new Service.ConnectionSyncResponse(properties, null);
            });
  }

  private static @Nullable String changed(@Nullable String wanted, String told) {
    return wanted == null || wanted.equals(told) ? null : wanted;
  }

  private CompletableFuture<?> use(
      Call call, AvaticaConnection connection, @Nullable String catalog, @Nullable String schema) {
    String sql;
    if (schema != null) {
      String in = catalog == null ? connection.session().namespace().catalog() : catalog;
      sql = "USE " + quoted(in) + "." + quoted(schema);
    } else if (catalog != null) {
      sql = "SET CATALOG " + quoted(catalog);
    } else {
      return CompletableFuture.completedFuture(null);
    }
    return runs.update(call, connection, sql, List.of());
  }

  private static String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  private CompletableFuture<? extends Service.Response> properties(
      Call call, Service.DatabasePropertyRequest request) {
    connections.find(call.caller(), request.connectionId);
    return done(new Service.DatabasePropertyResponse(properties, null));
  }

  private static Map<Meta.DatabaseProperty, Object> properties(String version) {
    String[] numbers = version.split("[.-]");
    return Map.of(
        Meta.DatabaseProperty.GET_DATABASE_PRODUCT_NAME,
        "Sluice",
        Meta.DatabaseProperty.GET_DATABASE_PRODUCT_VERSION,
        version,
        Meta.DatabaseProperty.GET_DATABASE_MAJOR_VERSION,
        number(numbers, 0),
        Meta.DatabaseProperty.GET_DATABASE_MINOR_VERSION,
        number(numbers, 1),
        Meta.DatabaseProperty.GET_DEFAULT_TRANSACTION_ISOLATION,
        Connection.TRANSACTION_NONE);
  }

  private static int number(String[] numbers, int index) {
    return index < numbers.length && numbers[index].matches("[0-9]{1,6}")
        ? Integer.parseInt(numbers[index])
        : 0;
  }

  private CompletableFuture<? extends Service.Response> create(
      Call call, Service.CreateStatementRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    AvaticaStatement statement = new AvaticaStatement(connection.nextStatement(), null);
    connections.hold(connection, statement);
    return done(new Service.CreateStatementResponse(connection.id(), statement.id(), null));
  }

  private CompletableFuture<? extends Service.Response> closeStatement(
      Call call, Service.CloseStatementRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    statements.close(connection.user(), connection.id(), request.statementId);
    return done(new Service.CloseStatementResponse());
  }

  private CompletableFuture<? extends Service.Response> list(
      Call call,
      String connectionId,
      MetadataColumns columns,
      BiConsumer<Session, AnswerRows> question) {
    AvaticaConnection connection = connections.find(call.caller(), connectionId);
    AnswerRows rows = answers.enter(call.caller().principal());
    call.onEnd(rows::close);
    return supplied(
            () -> {
              question.accept(connection.session(), rows);
              return List.<Object>copyOf(rows.all());
            })
        .thenApply(
            found ->
                new Service.ResultSetResponse(
                    connection.id(),
                    connection.nextStatement(),
                    true,
                    columns.signature(),
                    new Meta.Frame(0, true, found),
                    -1,
                    null));
  }

  private <T> CompletableFuture<T> supplied(Supplier<T> rows) {
    try {
      return CompletableFuture.supplyAsync(rows, blocking);
    } catch (RejectedExecutionException overloaded) {
      return CompletableFuture.failedFuture(overloaded);
    }
  }

  /** Its constructor is Avatica's own. */
  private static Service.Response committed() {
    try {
      return JsonService.MAPPER.readValue("{\"response\":\"commit\"}", Service.Response.class);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static <T> CompletableFuture<T> done(T response) {
    return CompletableFuture.completedFuture(response);
  }

  private static CompletableFuture<Service.Response> refused(SluiceException refusal) {
    return CompletableFuture.failedFuture(refusal);
  }
}
