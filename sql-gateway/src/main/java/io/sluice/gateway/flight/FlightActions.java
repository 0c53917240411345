package io.sluice.gateway.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoResult;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.CloseSessionResult;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCancelQueryRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCancelQueryResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.vector.types.pojo.Schema;

/** The actions of Flight and Flight SQL that Sluice serves. */
final class FlightActions {

  private static final String TRANSACTIONS =
      "Sluice has no transactions; each statement stands for itself";

  /** Actions of the protocol for what Sluice does not have. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "BeginTransaction", TRANSACTIONS,
          "EndTransaction", TRANSACTIONS,
          "BeginSavepoint", "Sluice has no savepoints; each statement stands for itself",
          "EndSavepoint", "Sluice has no savepoints; each statement stands for itself",
          "CreatePreparedSubstraitPlan", "Sluice does not take Substrait plans; send SQL");

  /** The number of {@code is_update} in FlightSql.proto, which the library's messages lack. */
  private static final int IS_UPDATE = 4;

  private final Map<String, Handler> handlers = new LinkedHashMap<>();
  private final StatementService statements;
  private final Sessions sessions;
  private final HandleRegistry handles;
  private final SessionOptions options;

  FlightActions(
      StatementService statements,
      Sessions sessions,
      HandleRegistry handles,
      SessionOptions options) {
    this.statements = statements;
    this.sessions = sessions;
    this.handles = handles;
    this.options = options;
    handlers.put("CreatePreparedStatement", this::prepare);
    handlers.put("ClosePreparedStatement", this::closePrepared);
    handlers.put("SetSessionOptions", this::setOptions);
    handlers.put("GetSessionOptions", this::options);
    handlers.put("CloseSession", this::closeSession);
    handlers.put("CancelFlightInfo", this::cancelFlightInfo);
    handlers.put("CancelQuery", this::cancelQuery);
    handlers.put("RenewFlightEndpoint", this::renewEndpoint);
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
          ErrorCode.NOT_SUPPORTED,
          REFUSED.getOrDefault(
              action.getType(), "This Flight action is not one that Sluice serves"));
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
        .thenApply(ResultColumns::described)
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
    return result
        .setParameterSchema(ArrowEncoder.encapsulated(parameters))
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    IS_UPDATE,
                    UnknownFieldSet.Field.newBuilder()
                        .addVarint(prepared.returnsRows() ? 0 : 1)
                        .build())
                .build())
        .build();
  }

  private CompletableFuture<Optional<ByteString>> closePrepared(Session session, ByteString body) {
    ActionClosePreparedStatementRequest request =
        FlightCommandDecoder.unpack(body, ActionClosePreparedStatementRequest.class);
    handles.of(session).close(request.getPreparedStatementHandle());
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private CompletableFuture<Optional<ByteString>> setOptions(Session session, ByteString body)
      throws InvalidProtocolBufferException {
    return options
        .set(session, SetSessionOptionsRequest.parseFrom(body).getSessionOptionsMap())
        .thenApply(FlightActions::plain);
  }

  private CompletableFuture<Optional<ByteString>> options(Session session, ByteString body) {
    return completed(plain(options.get(session)));
  }

  private CompletableFuture<Optional<ByteString>> closeSession(Session session, ByteString body) {
    sessions.close(session.id());
    return completed(
        plain(CloseSessionResult.newBuilder().setStatus(CloseSessionResult.Status.CLOSED).build()));
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

  private CompletableFuture<Optional<ByteString>> renewEndpoint(Session session, ByteString body)
      throws InvalidProtocolBufferException {
    FlightEndpoint endpoint = RenewFlightEndpointRequest.parseFrom(body).getEndpoint();
    FlightCommand command = FlightCommandDecoder.decode(endpoint.getTicket().getTicket());
    if (command instanceof FlightCommand.Result result) {
      return completed(
          plain(
              FlightInfos.endpoint(
                  FlightInfos.ticket(handles.of(session).renewed(result.handle()).ticket()))));
    }
    // What answers a metadata command does not end.
    return completed(plain(endpoint));
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
    if (info.getEndpointCount() == 0
        && info.getFlightDescriptor().getType() == FlightDescriptor.DescriptorType.CMD) {
      // Of a poll that had nothing to fetch yet.
      return FlightCommandDecoder.decode(info.getFlightDescriptor())
              instanceof FlightCommand.Result result
          && handles.of(session).cancel(result.handle());
    }
    boolean canceled = false;
    for (FlightEndpoint endpoint : info.getEndpointList()) {
      FlightCommand command = FlightCommandDecoder.decode(endpoint.getTicket().getTicket());
      if (command instanceof FlightCommand.Result result) {
        canceled |= handles.of(session).cancel(result.handle());
      }
    }
    return canceled;
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
