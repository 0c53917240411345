package io.sluice.gateway.hive;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TColumnDesc;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TFetchResultsResp;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusReq;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusResp;
import org.apache.hive.service.rpc.thrift.TGetResultSetMetadataReq;
import org.apache.hive.service.rpc.thrift.TGetResultSetMetadataResp;
import org.apache.hive.service.rpc.thrift.TJobExecutionStatus;
import org.apache.hive.service.rpc.thrift.TOperationState;
import org.apache.hive.service.rpc.thrift.TProgressUpdateResp;
import org.apache.hive.service.rpc.thrift.TTableSchema;

/** What becomes of an operation: its state, its columns, its rows and its log. No call blocks. */
final class ResultCalls {

  /**
   * A client asks again as soon as it is answered, so an answer that nothing has changed waits a
   * while; not long, as a cancel on the same connection comes after it.
   */
  private static final long POLL_MILLIS = 1_000;

  private static final int ROWS = 0;
  private static final int LOG = 1;

  /** One fetch never gets more than what Spark sent in one batch anyway. */
  private static final int MOST_ROWS = 1 << 20;

  private final HiveSessions sessions;
  private final BufferAllocator allocator;
  private final ScheduledExecutorService timer;
  private final Patience patience;

  ResultCalls(
      HiveSessions sessions,
      BufferAllocator allocator,
      ScheduledExecutorService timer,
      Patience patience) {
    this.sessions = sessions;
    this.allocator = allocator;
    this.timer = timer;
    this.patience = patience;
  }

  /** Makes a call of an operation; one of a request's tells that its client is there. */
  private <T> CompletableFuture<T> attended(
      HiveClient client,
      HiveOperation operation,
      boolean poll,
      Supplier<CompletableFuture<T>> call) {
    return client.isOfOneRequest()
        ? operation.attendance().during(client, poll, patience, timer, call)
        : call.get();
  }

  CompletableFuture<TGetOperationStatusResp> getOperationStatus(
      HiveClient client, TGetOperationStatusReq request) {
    HiveSessions.Owned owned = sessions.find(request.getOperationHandle(), client);
    HiveOperation operation = owned.operation();
    boolean progress = request.isSetGetProgressUpdate() && request.isGetProgressUpdate();
    return attended(
        client,
        operation,
        true,
        () ->
            operation
                .waits()
                .next(timer, POLL_MILLIS)
                .thenApply(done -> status(operation, owned.session(), progress)));
  }

  private static TGetOperationStatusResp status(
      HiveOperation operation, HiveSession session, boolean progress) {
    TOperationState state = operation.state(session.knowsTimeOut());
    TGetOperationStatusResp reply = new TGetOperationStatusResp(HiveErrors.success());
    reply.setOperationState(state);
    reply.setHasResultSet(operation.hasRows());
    reply.setOperationStarted(operation.started().toEpochMilli());
    operation
        .failure()
        .map(HiveErrors::told)
        .ifPresent(
            told -> {
              reply.setSqlState(told.sqlState());
              reply.setErrorCode(0);
              reply.setErrorMessage(told.text());
            });
    if (progress) {
      reply.setProgressUpdateResponse(progress(operation, state));
    }
    return reply;
  }

  private static TProgressUpdateResp progress(HiveOperation operation, TOperationState state) {
    double part = operation.progress().orElse(0);
    boolean ended = state == TOperationState.FINISHED_STATE;
    return new TProgressUpdateResp(
        List.of("STATEMENT", "STATE", "PERCENT"),
        List.of(
            List.of(
                operation.statementId().orElse(""),
                state.name(),
                String.format(Locale.ROOT, "%.0f", 100 * (ended ? 1 : part)))),
        ended ? 1 : part,
        ended ? TJobExecutionStatus.COMPLETE : TJobExecutionStatus.IN_PROGRESS,
        operation.place(),
        operation.started().toEpochMilli());
  }

  CompletableFuture<TGetResultSetMetadataResp> getResultSetMetadata(
      HiveClient client, TGetResultSetMetadataReq request) {
    HiveOperation operation = sessions.find(request.getOperationHandle(), client).operation();
    return attended(
        client, operation, false, () -> operation.schema().thenApply(ResultCalls::described));
  }

  private static TGetResultSetMetadataResp described(Schema schema) {
    TGetResultSetMetadataResp reply = new TGetResultSetMetadataResp(HiveErrors.success());
    reply.setSchema(describe(schema));
    return reply;
  }

  private static TTableSchema describe(Schema schema) {
    List<TColumnDesc> columns = new ArrayList<>();
    for (Field field : schema.getFields()) {
      TColumnDesc column =
          new TColumnDesc(field.getName(), ColumnType.describe(field), columns.size() + 1);
      column.setComment("");
      columns.add(column);
    }
    return new TTableSchema(columns);
  }

  CompletableFuture<TFetchResultsResp> fetchResults(HiveClient client, TFetchResultsReq request) {
    HiveSessions.Owned owned = sessions.find(request.getOperationHandle(), client);
    HiveOperation operation = owned.operation();
    boolean columnar = owned.session().isColumnar();
    if (request.getFetchType() == LOG) {
      return attended(
          client,
          operation,
          false,
          () -> CompletableFuture.completedFuture(reply(log(operation.log(), columnar), false)));
    }
    if (request.getFetchType() != ROWS) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Fetch type " + request.getFetchType() + " is not served: 0 is for rows, 1 for the log.");
    }
    if (!operation.hasRows()) {
      throw HiveOperation.noRows();
    }
    TFetchOrientation orientation = request.getOrientation();
    boolean first = orientation == TFetchOrientation.FETCH_FIRST;
    if (!first && orientation != TFetchOrientation.FETCH_NEXT) {
      throw HiveOperation.isPast(orientation);
    }
    int rows = (int) Math.max(1, Math.min(MOST_ROWS, request.getMaxRows()));
    return attended(
        client,
        operation,
        false,
        () ->
            (first ? operation.fetchFirst(rows, columnar) : operation.fetch(rows, columnar))
                .whenComplete((encoded, failure) -> sessions.fetched(owned))
                .thenApply(encoded -> reply(encoded, !operation.isExhausted())));
  }

  private static TFetchResultsResp reply(ReplyBuffer rows, boolean more) {
    TFetchResultsResp reply = new TFetchResultsResp(HiveErrors.success());
    reply.setHasMoreRows(more);
    reply.setResults(new EncodedRowSet(rows));
    return reply;
  }

  private ReplyBuffer log(List<String> lines, boolean columnar) {
    try (VarCharVector vector =
        (VarCharVector) Field.notNullable("Log", ArrowType.Utf8.INSTANCE).createVector(allocator)) {
      vector.allocateNew();
      for (int line = 0; line < lines.size(); line++) {
        vector.setSafe(line, lines.get(line).getBytes(StandardCharsets.UTF_8));
      }
      vector.setValueCount(lines.size());
      List<FieldVector> columns = List.of(vector);
      return columnar
          ? RowSetEncoder.encode(columns, 0, lines.size(), 0)
          : RowWriter.encode(columns, 0, lines.size(), 0);
    }
  }
}
