package io.sluice.gateway.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.metadata.MetadataReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoResult;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.CloseSessionResult;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.GetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.SessionOptionValue;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCancelQueryRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCancelQueryResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.vector.types.pojo.Schema;

/** The actions of Flight and Flight SQL that Sluice serves. */
final class FlightActions {

  private static final String CATALOG = "catalog";
  private static final String SCHEMA = "schema";

  /** Where a session stands in a catalog that it has just changed to, as after USE in Spark. */
  private static final String DEFAULT_SCHEMA = "default";

  private final Map<String, Handler> handlers = new LinkedHashMap<>();
  private final StatementService statements;
  private final Sessions sessions;
  private final HandleRegistry handles;
  private final MetadataReader metadata;
  private final Executor blocking;

  FlightActions(
      StatementService statements,
      Sessions sessions,
      HandleRegistry handles,
      MetadataReader metadata,
      Executor blocking) {
    this.statements = statements;
    this.sessions = sessions;
    this.handles = handles;
    this.metadata = metadata;
    this.blocking = blocking;
    handlers.put("CreatePreparedStatement", this::prepare);
    handlers.put("ClosePreparedStatement", this::closePrepared);
    handlers.put("SetSessionOptions", this::setOptions);
    handlers.put("GetSessionOptions", this::options);
    handlers.put("CloseSession", this::closeSession);
    handlers.put("CancelFlightInfo", this::cancelFlightInfo);
    handlers.put("CancelQuery", this::cancelQuery);
  }

  /** Returns the actions that are served. */
  List<ActionType> types() {
    return handlers.keySet().stream()
        .map(name -> ActionType.newBuilder().setType(name).build())
        .toList();
  }

  /** Runs an action; empty when it has no result. */
  CompletableFuture<Optional<ByteString>> run(Session session, Action action) {
    Handler handler = handlers.get(action.getType());
    if (handler == null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "This Flight action is not one that Sluice serves");
    }
    try {
      return handler.run(session, action.getBody());
    } catch (InvalidProtocolBufferException e) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION, "The action's body is not the message it should be");
    }
  }

  private CompletableFuture<Optional<ByteString>> prepare(Session session, ByteString body) {
    ActionCreatePreparedStatementRequest request =
        FlightCommandDecoder.unpack(body, ActionCreatePreparedStatementRequest.class);
    if (request.hasTransactionId()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "Sluice has no transactions; leave the transaction id out");
    }
    return statements
        .prepare(session, request.getQuery())
        .thenApply(prepared -> packed(description(prepared, handles.of(session).add(prepared))));
  }

  private static ActionCreatePreparedStatementResult description(
      PreparedStatement prepared, ByteString handle) {
    ActionCreatePreparedStatementResult.Builder result =
        ActionCreatePreparedStatementResult.newBuilder().setPreparedStatementHandle(handle);
    // Without a schema the JDBC driver runs the statement as an update.
    if (prepared.returnsRows()) {
      result.setDatasetSchema(ArrowEncoder.encapsulated(prepared.schema()));
    }
    Schema parameters = ParameterTypes.schema(prepared.parameterTypes());
    return result.setParameterSchema(ArrowEncoder.encapsulated(parameters)).build();
  }

  private CompletableFuture<Optional<ByteString>> closePrepared(Session session, ByteString body) {
    ActionClosePreparedStatementRequest request =
        FlightCommandDecoder.unpack(body, ActionClosePreparedStatementRequest.class);
    handles.of(session).close(request.getPreparedStatementHandle());
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private CompletableFuture<Optional<ByteString>> setOptions(Session session, ByteString body)
      throws InvalidProtocolBufferException {
    SetSessionOptionsRequest request = SetSessionOptionsRequest.parseFrom(body);
    return CompletableFuture.supplyAsync(
        () -> plain(setOptions(session, request.getSessionOptionsMap())), blocking);
  }

  private SetSessionOptionsResult setOptions(
      Session session, Map<String, SessionOptionValue> options) {
    SetSessionOptionsResult.Builder result = SetSessionOptionsResult.newBuilder();
    options.keySet().stream()
        .filter(name -> !name.equals(CATALOG) && !name.equals(SCHEMA))
        .forEach(name -> refuse(result, name, SetSessionOptionsResult.ErrorValue.INVALID_NAME));
    MetadataReader visible = metadata.from(session.clientAddress());
    Namespace now = session.namespace();
    String catalog = now.catalog();
    String schema = now.schema();
    if (options.containsKey(CATALOG)) {
      String wanted = options.get(CATALOG).getStringValue();
      if (!visible.catalogs(session.principal()).contains(wanted)) {
        refuse(result, CATALOG, SetSessionOptionsResult.ErrorValue.INVALID_VALUE);
      } else if (!wanted.equals(catalog)) {
        catalog = wanted;
        schema = DEFAULT_SCHEMA;
      }
    }
    if (options.containsKey(SCHEMA)) {
      String wanted = options.get(SCHEMA).getStringValue();
      if (visible.schemas(session.principal(), catalog).contains(wanted)) {
        schema = wanted;
      } else {
        refuse(result, SCHEMA, SetSessionOptionsResult.ErrorValue.INVALID_VALUE);
      }
    }
    if (result.getErrorsCount() == 0) {
      session.use(new Namespace(catalog, schema));
    }
    return result.build();
  }

  private static void refuse(
      SetSessionOptionsResult.Builder result,
      String name,
      SetSessionOptionsResult.ErrorValue reason) {
    result.putErrors(name, SetSessionOptionsResult.Error.newBuilder().setValue(reason).build());
  }

  private CompletableFuture<Optional<ByteString>> options(Session session, ByteString body) {
    Namespace namespace = session.namespace();
    return completed(
        plain(
            GetSessionOptionsResult.newBuilder()
                .putSessionOptions(CATALOG, text(namespace.catalog()))
                .putSessionOptions(SCHEMA, text(namespace.schema()))
                .build()));
  }

  private CompletableFuture<Optional<ByteString>> closeSession(Session session, ByteString body) {
    return CompletableFuture.supplyAsync(
        () -> {
          sessions.close(session.id());
          return plain(
              CloseSessionResult.newBuilder().setStatus(CloseSessionResult.Status.CLOSED).build());
        },
        blocking);
  }

  private CompletableFuture<Optional<ByteString>> cancelFlightInfo(Session session, ByteString body)
      throws InvalidProtocolBufferException {
    boolean canceled = cancel(session, CancelFlightInfoRequest.parseFrom(body).getInfo());
    CancelStatus status =
        canceled
            ? CancelStatus.CANCEL_STATUS_CANCELLED
            : CancelStatus.CANCEL_STATUS_NOT_CANCELLABLE;
    return completed(plain(CancelFlightInfoResult.newBuilder().setStatus(status).build()));
  }

  private CompletableFuture<Optional<ByteString>> cancelQuery(Session session, ByteString body)
      throws InvalidProtocolBufferException {
    ActionCancelQueryRequest request =
        FlightCommandDecoder.unpack(body, ActionCancelQueryRequest.class);
    boolean canceled = cancel(session, FlightInfo.parseFrom(request.getInfo()));
    ActionCancelQueryResult.CancelResult status =
        canceled
            ? ActionCancelQueryResult.CancelResult.CANCEL_RESULT_CANCELLED
            : ActionCancelQueryResult.CancelResult.CANCEL_RESULT_NOT_CANCELLABLE;
    return completed(packed(ActionCancelQueryResult.newBuilder().setResult(status).build()));
  }

  private boolean cancel(Session session, FlightInfo info) {
    boolean canceled = false;
    for (FlightEndpoint endpoint : info.getEndpointList()) {
      FlightCommand command = FlightCommandDecoder.decode(endpoint.getTicket().getTicket());
      if (command instanceof FlightCommand.Result result) {
        canceled |= handles.of(session).cancel(result.handle());
      }
    }
    return canceled;
  }

  private static SessionOptionValue text(String value) {
    return SessionOptionValue.newBuilder().setStringValue(value).build();
  }

  /** Flight SQL's results stand in an envelope, Flight's own do not. */
  private static Optional<ByteString> packed(Message message) {
    return Optional.of(Any.pack(message).toByteString());
  }

  private static Optional<ByteString> plain(Message message) {
    return Optional.of(message.toByteString());
  }

  private static CompletableFuture<Optional<ByteString>> completed(Optional<ByteString> result) {
    return CompletableFuture.completedFuture(result);
  }

  private interface Handler {
    CompletableFuture<Optional<ByteString>> run(Session session, ByteString body)
        throws InvalidProtocolBufferException;
  }
}
