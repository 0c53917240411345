package io.sluice.gateway.avatica;

import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.avatica.AvaticaCalls.Call;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.Service;
import org.apache.calcite.avatica.remote.TypedValue;
import org.apache.spark.connect.proto.Expression.Literal;
import org.jspecify.annotations.Nullable;

/** The calls that prepare and run statements and fetch their rows. */
final class AvaticaRuns {

  /** As many rows of parameters as Flight's door takes. */
  static final int MOST_OF_A_BATCH = 1_000;

  private final AvaticaConnections connections;
  private final HeldStatements held;
  private final StatementService statements;
  private final BufferAllocator allocator;
  private final Executor work;

  /**
   * @param work runs short steps that never block
   */
  AvaticaRuns(
      AvaticaConnections connections,
      HeldStatements held,
      StatementService statements,
      BufferAllocator allocator,
      Executor work) {
    this.connections = connections;
    this.held = held;
    this.statements = statements;
    this.allocator = allocator;
    this.work = work;
  }

  CompletableFuture<? extends Service.Response> prepare(Call call, Service.PrepareRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    return statements
        .prepare(connection.session(), text(request.sql))
        .thenApply(
            prepared -> {
              if (!prepared.parameterNames().isEmpty()) {
                throw named();
              }
              AvaticaStatement statement =
                  new AvaticaStatement(connection.nextStatement(), prepared);
              connections.hold(connection, statement);
              return new Service.PrepareResponse(
                  new Meta.StatementHandle(
                      connection.id(), statement.id(), Signatures.of(prepared)),
                  null);
            });
  }

  CompletableFuture<? extends Service.Response> prepareAndExecute(
      Call call, Service.PrepareAndExecuteRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    Optional<AvaticaStatement> statement =
        held.find(connection.user(), connection.id(), request.statementId);
    if (statement.isEmpty()) {
      return missing();
    }
    String sql = text(request.sql);
    return run(
        call,
        connection,
        statement.get(),
        sql,
        List.of(),
        request.maxRowCount,
        request.maxRowsInFirstFrame);
  }

  CompletableFuture<? extends Service.Response> execute(Call call, Service.ExecuteRequest request) {
    Meta.StatementHandle handle = request.statementHandle;
    if (handle == null) {
      throw malformed("a statement");
    }
    AvaticaConnection connection = connections.find(call.caller(), handle.connectionId);
    Optional<AvaticaStatement> statement = held.find(connection.user(), connection.id(), handle.id);
    Optional<PreparedStatement> prepared = statement.flatMap(AvaticaStatement::prepared);
    if (statement.isEmpty() || prepared.isEmpty()) {
      return missing();
    }
    List<Literal> parameters =
        AvaticaParameters.literals(request.parameterValues, prepared.get().parameterTypes());
    return run(
        call,
        connection,
        statement.get(),
        prepared.get().sql(),
        parameters,
        -1,
        request.maxRowCount);
  }

  CompletableFuture<? extends Service.Response> fetch(Call call, Service.FetchRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    AvaticaStatement statement =
        held.find(connection.user(), connection.id(), request.statementId)
            .orElseThrow(AvaticaErrors::rowsAreGone);
    return statement
        .inTurn(
            () -> {
              AvaticaResult result = statement.result().orElseThrow(AvaticaErrors::rowsAreGone);
              // The statement stays: it may be run again, and the frame that is kept asked for.
              call.onGone(result::close);
              return result.frame(request.offset, request.fetchMaxRowCount);
            })
        .thenApply(
            frame -> {
              held.shrink(connection.user());
              return new Service.FetchResponse(frame, false, false, null);
            });
  }

  CompletableFuture<? extends Service.Response> executeBatch(
      Call call, Service.ExecuteBatchRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    Optional<PreparedStatement> prepared =
        held.find(connection.user(), connection.id(), request.statementId)
            .flatMap(AvaticaStatement::prepared);
    if (prepared.isEmpty()) {
      return missingBatch(connection, request.statementId);
    }
    List<List<Literal>> rows = new ArrayList<>();
    for (List<TypedValue> values : rows(request)) {
      rows.add(AvaticaParameters.literals(values, prepared.get().parameterTypes()));
    }
    return batch(
        connection,
        request.statementId,
        rows.size(),
        row -> update(call, connection, prepared.get().sql(), rows.get(row)));
  }

  /** Protobuf's rows come as they were sent. */
  private static List<List<TypedValue>> rows(Service.ExecuteBatchRequest request) {
    if (!request.hasProtoUpdateBatches()) {
      return request.parameterValues == null ? List.of() : request.parameterValues;
    }
    return request.getProtoUpdateBatches().stream()
        .map(row -> row.getParameterValuesList().stream().map(TypedValue::fromProto).toList())
        .toList();
  }

  CompletableFuture<? extends Service.Response> prepareAndExecuteBatch(
      Call call, Service.PrepareAndExecuteBatchRequest request) {
    AvaticaConnection connection = connections.find(call.caller(), request.connectionId);
    if (held.find(connection.user(), connection.id(), request.statementId).isEmpty()) {
      return missingBatch(connection, request.statementId);
    }
    List<String> texts = request.sqlCommands == null ? List.of() : request.sqlCommands;
    return batch(
        connection,
        request.statementId,
        texts.size(),
        row -> update(call, connection, text(texts.get(row)), List.of()));
  }

  /** Runs one after the other; the first that fails ends the batch. */
  private CompletableFuture<Service.Response> batch(
      AvaticaConnection connection,
      int statement,
      int size,
      Function<Integer, CompletableFuture<?>> run) {
    if (size > MOST_OF_A_BATCH) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A batch has at most " + MOST_OF_A_BATCH + " updates; send them in several batches.");
    }
    CompletableFuture<?> done = CompletableFuture.completedFuture(null);
    for (int index = 0; index < size; index++) {
      int row = index;
      done =
          done.thenComposeAsync(
              before ->
                  run.apply(row)
                      .exceptionallyCompose(
                          failure -> CompletableFuture.failedFuture(ofRow(failure, row, size))),
              work);
    }
    return done.thenApply(
        all ->
            new Service.ExecuteBatchResponse(
                connection.id(), statement, new long[size], false, null));
  }

  private static Throwable ofRow(Throwable failure, int row, int size) {
    if (Failures.cause(failure) instanceof SluiceException known) {
      return new SluiceException(
          known.code(),
          "Update "
              + (row + 1)
              + " of "
              + size
              + " failed; "
              + (row == 0 ? "none was run before it. " : "those before it were run. ")
              + known.getMessage(),
          known);
    }
    return failure;
  }

  /** Runs a statement for its effect alone. */
  CompletableFuture<?> update(
      Call call, AvaticaConnection connection, String sql, List<Literal> parameters) {
    RowFetcher rows =
        RowFetcher.start(statements.submit(connection.session(), sql, parameters), allocator);
    call.onGone(rows::close);
    return rows.schema()
        .thenCompose(
            schema -> {
              if (!schema.getFields().isEmpty()) {
                throw new SluiceException(
                    ErrorCode.NOT_SUPPORTED,
                    "The statement returns rows; run it as a query, not as an update.");
              }
              return rows.ready();
            })
        .whenComplete((done, failure) -> rows.close());
  }

  private CompletableFuture<Service.Response> run(
      Call call,
      AvaticaConnection connection,
      AvaticaStatement statement,
      String sql,
      List<Literal> parameters,
      long mostRows,
      int firstRows) {
    return statement.inTurn(
        () -> {
          if (statement.isClosed()) {
            return missing();
          }
          AvaticaResult result =
              statement.run(
                  new AvaticaResult(
                      RowFetcher.start(
                          statements.submit(connection.session(), sql, parameters), allocator),
                      mostRows <= 0 ? Long.MAX_VALUE : mostRows,
                      work));
          call.onGone(result::close);
          return result
              .schema()
              .thenCompose(
                  schema ->
                      schema.getFields().isEmpty()
                          ? result.ready().thenApply(done -> changed(connection, statement))
                          : result
                              .frame(0, firstRows)
                              .thenApply(frame -> rows(connection, statement, sql, schema, frame)))
              .thenApply(
                  response -> {
                    held.shrink(connection.user());
                    return new Service.ExecuteResponse(List.of(response), false, null);
                  });
        });
  }

  private static Service.ResultSetResponse rows(
      AvaticaConnection connection,
      AvaticaStatement statement,
      String sql,
      Schema schema,
      Meta.Frame frame) {
    Meta.Signature signature = Signatures.of(AvaticaColumns.of(schema), sql, List.of(), true);
    return new Service.ResultSetResponse(
        connection.id(), statement.id(), false, signature, frame, -1, null);
  }

  /** How many rows a statement has changed is not known; 0 says that there is no result. */
  private static Service.ResultSetResponse changed(
      AvaticaConnection connection, AvaticaStatement statement) {
    return new Service.ResultSetResponse(
        connection.id(), statement.id(), false, null, null, 0, null);
  }

  private static CompletableFuture<Service.Response> missing() {
    return CompletableFuture.completedFuture(new Service.ExecuteResponse(null, true, null));
  }

  private static CompletableFuture<Service.Response> missingBatch(
      AvaticaConnection connection, int statement) {
    return CompletableFuture.completedFuture(
        new Service.ExecuteBatchResponse(connection.id(), statement, null, true, null));
  }

  private static String text(@Nullable String sql) {
    if (sql == null) {
      throw malformed("a statement's text");
    }
    return sql;
  }

  private static SluiceException malformed(String missing) {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION, "The request does not say " + missing + ".");
  }

  private static SluiceException named() {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "Avatica's clients give parameters by position; write ? in place of their names.");
  }
}
