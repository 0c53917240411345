package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.sluice.gateway.flight.SessionHandles.Prepared;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.spark.connect.proto.Expression.Literal;

/** What a DoPut does once all of it has arrived; its result goes into the one PutResult. */
final class UploadRun implements FlightCommand.Visitor<CompletableFuture<Message>> {

  private final StatementService statements;
  private final SessionHandles handles;
  private final Session session;
  private final ParameterReader parameters;
  private final Consumer<Statement> started;

  /**
   * Makes the run of one upload.
   *
   * @param started is given the statement that the upload runs, before anything of it is awaited
   */
  UploadRun(
      StatementService statements,
      SessionHandles handles,
      Session session,
      ParameterReader parameters,
      Consumer<Statement> started) {
    this.statements = statements;
    this.handles = handles;
    this.session = session;
    this.parameters = parameters;
    this.started = started;
  }

  /** Binds parameters for the executions to come. */
  @Override
  public CompletableFuture<Message> preparedQuery(FlightCommand.PreparedQuery command) {
    ByteString handle = command.handle();
    handles.bind(handle, read(handles.prepared(handle)));
    return CompletableFuture.completedFuture(
        DoPutPreparedStatementResult.newBuilder().setPreparedStatementHandle(handle).build());
  }

  @Override
  public CompletableFuture<Message> preparedUpdate(FlightCommand.PreparedUpdate command) {
    Prepared prepared = handles.prepared(command.handle());
    return update(prepared.statement().sql(), read(prepared));
  }

  @Override
  public CompletableFuture<Message> update(FlightCommand.Update command) {
    return update(command.sql(), List.of());
  }

  private List<Literal> read(Prepared prepared) {
    List<Optional<String>> types = prepared.statement().parameterTypes();
    // A client sends an empty row where a statement takes no parameters.
    return types.isEmpty() ? List.of() : parameters.read(types);
  }

  private CompletableFuture<Message> update(String sql, List<Literal> values) {
    Statement statement = statements.submit(session, sql, values);
    started.accept(statement);
    return UpdateRun.run(statement)
        .handle(
            (rows, failure) -> {
              if (failure != null) {
                throw FlightErrors.status(failure, statement.id());
              }
              return DoPutUpdateResult.newBuilder().setRecordCount(rows).build();
            });
  }
}
