package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.sluice.gateway.flight.SessionHandles.Prepared;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.spark.connect.proto.Expression.Literal;

/** What a DoPut does once all of it has arrived; its result goes into the one PutResult. */
final class UploadRun implements FlightCommand.Visitor<CompletableFuture<Message>> {

  /** As the protocol has it of a number of rows. */
  private static final long UNKNOWN = -1;

  private final StatementService statements;
  private final SessionHandles handles;
  private final Session session;
  private final ParameterReader parameters;
  private final long unknownRows;
  private final Consumer<Statement> started;
  private final Executor executor;

  /**
   * Makes the run of one upload.
   *
   * @param unknownRows what a prepared update is answered with
   * @param started is given each statement that the upload runs, before anything of it is awaited
   * @param executor runs what follows the end of a statement
   */
  UploadRun(
      StatementService statements,
      SessionHandles handles,
      Session session,
      ParameterReader parameters,
      long unknownRows,
      Consumer<Statement> started,
      Executor executor) {
    this.statements = statements;
    this.handles = handles;
    this.session = session;
    this.parameters = parameters;
    this.unknownRows = unknownRows;
    this.started = started;
    this.executor = executor;
  }

  /** Binds parameters for the executions to come. */
  @Override
  public CompletableFuture<Message> preparedQuery(FlightCommand.PreparedQuery command) {
    ByteString handle = command.handle();
    List<Optional<String>> types = handles.prepared(handle).statement().parameterTypes();
    // A client sends an empty row where a statement takes no parameters.
    handles.bind(handle, types.isEmpty() ? List.of() : parameters.read(types));
    return CompletableFuture.completedFuture(
        DoPutPreparedStatementResult.newBuilder().setPreparedStatementHandle(handle).build());
  }

  /** Runs the statement once for each row of parameters, in their order. */
  @Override
  public CompletableFuture<Message> preparedUpdate(FlightCommand.PreparedUpdate command) {
    Prepared prepared = handles.prepared(command.handle());
    List<Optional<String>> types = prepared.statement().parameterTypes();
    List<List<Literal>> rows = types.isEmpty() ? List.of(List.of()) : parameters.rows(types);
    return run(prepared.statement().sql(), rows, 0).thenApply(done -> changed(unknownRows));
  }

  @Override
  public CompletableFuture<Message> update(FlightCommand.Update command) {
    return update(command.sql(), List.of()).thenApply(done -> changed(UNKNOWN));
  }

  private CompletableFuture<Void> run(String sql, List<List<Literal>> rows, int next) {
    if (next == rows.size()) {
      return CompletableFuture.completedFuture(null);
    }
    return update(sql, rows.get(next))
        .<Void>handle(
            (done, failure) -> {
              if (failure != null && rows.size() > 1) {
                throw FlightErrors.ofRow(failure, next, rows.size());
              }
              if (failure != null) {
                throw new CompletionException(Failures.cause(failure));
              }
              return null;
            })
        // Asynchronously, or the stack would grow with the rows.
        .thenComposeAsync(done -> run(sql, rows, next + 1), executor);
  }

  private CompletableFuture<Void> update(String sql, List<Literal> values) {
    Statement statement = statements.submit(session, sql, values);
    started.accept(statement);
    return UpdateRun.run(statement)
        .exceptionally(
            failure -> {
              throw FlightErrors.status(failure, statement.id());
            });
  }

  private static Message changed(long rows) {
    return DoPutUpdateResult.newBuilder().setRecordCount(rows).build();
  }
}
