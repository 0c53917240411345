package io.sluice.gateway.hive;

import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.model.Principal;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.view.TemporaryViews;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TGetCatalogsReq;
import org.apache.hive.service.rpc.thrift.TGetColumnsReq;
import org.apache.hive.service.rpc.thrift.TGetCrossReferenceReq;
import org.apache.hive.service.rpc.thrift.TGetFunctionsReq;
import org.apache.hive.service.rpc.thrift.TGetPrimaryKeysReq;
import org.apache.hive.service.rpc.thrift.TGetSchemasReq;
import org.apache.hive.service.rpc.thrift.TGetTableTypesReq;
import org.apache.hive.service.rpc.thrift.TGetTablesReq;
import org.apache.hive.service.rpc.thrift.TGetTypeInfoReq;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TOperationType;
import org.apache.hive.service.rpc.thrift.TSessionHandle;

/**
 * The calls that ask about catalogs, schemas, tables, columns and types. Each becomes an operation
 * whose rows are fetched like a statement's; no Spark is needed.
 */
final class MetadataCalls {

  private final HiveSessions sessions;
  private final MetadataReader metadata;
  private final GatewayAnswers answers;
  private final BufferAllocator allocator;
  private final Executor blocking;
  private final InstantSource clock;

  /**
   * @param answers bounds the answers that are being fetched
   * @param blocking runs what waits for the catalog
   */
  MetadataCalls(
      HiveSessions sessions,
      MetadataReader metadata,
      GatewayAnswers answers,
      BufferAllocator allocator,
      Executor blocking,
      InstantSource clock) {
    this.sessions = sessions;
    this.metadata = metadata;
    this.answers = answers;
    this.allocator = allocator;
    this.blocking = blocking;
    this.clock = clock;
  }

  CompletableFuture<TOperationHandle> typeInfo(HiveClient client, TGetTypeInfoReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_TYPE_INFO,
        MetadataColumns.TYPES,
        rows -> rows.rows().addAll(JdbcType.rows()));
  }

  CompletableFuture<TOperationHandle> catalogs(HiveClient client, TGetCatalogsReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_CATALOGS,
        MetadataColumns.CATALOGS,
        MetadataRows::catalogs);
  }

  CompletableFuture<TOperationHandle> schemas(HiveClient client, TGetSchemasReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_SCHEMAS,
        MetadataColumns.SCHEMAS,
        rows -> rows.schemas(request.getCatalogName(), request.getSchemaName()));
  }

  CompletableFuture<TOperationHandle> tables(HiveClient client, TGetTablesReq request) {
    List<String> types = request.isSetTableTypes() ? request.getTableTypes() : List.of();
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_TABLES,
        MetadataColumns.TABLES,
        rows ->
            rows.tables(
                request.getCatalogName(), request.getSchemaName(), request.getTableName(), types));
  }

  CompletableFuture<TOperationHandle> tableTypes(HiveClient client, TGetTableTypesReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_TABLE_TYPES,
        MetadataColumns.TABLE_TYPES,
        MetadataRows::tableTypes);
  }

  CompletableFuture<TOperationHandle> columns(HiveClient client, TGetColumnsReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_COLUMNS,
        MetadataColumns.COLUMNS,
        rows ->
            rows.columns(
                request.getCatalogName(),
                request.getSchemaName(),
                request.getTableName(),
                request.getColumnName()));
  }

  CompletableFuture<TOperationHandle> functions(HiveClient client, TGetFunctionsReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.GET_FUNCTIONS,
        MetadataColumns.FUNCTIONS,
        rows -> rows.functions(request.getFunctionName()));
  }

  /** Iceberg has no keys. */
  CompletableFuture<TOperationHandle> primaryKeys(HiveClient client, TGetPrimaryKeysReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.UNKNOWN,
        MetadataColumns.PRIMARY_KEYS,
        rows -> {});
  }

  CompletableFuture<TOperationHandle> crossReference(
      HiveClient client, TGetCrossReferenceReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.UNKNOWN,
        MetadataColumns.CROSS_REFERENCE,
        rows -> {});
  }

  private CompletableFuture<TOperationHandle> answer(
      HiveClient client,
      TSessionHandle handle,
      TOperationType type,
      Schema columns,
      Consumer<MetadataRows> question) {
    HiveSession session = sessions.find(handle, client);
    Principal principal = session.session().principal();
    MetadataReader visible = metadata.from(session.session().clientAddress());
    TemporaryViews views = session.session().temporaryViews();
    RowFetcher fetcher =
        RowFetcher.start(
            answers.limited(
                principal,
                blocking,
                rows -> {
                  question.accept(new MetadataRows(visible, views, principal, rows));
                  return new RowEncoder(allocator).publisher(columns, rows.all());
                }),
            allocator);
    // Who leaves before the answer never learns the handle.
    client.onRequestGone(fetcher::close);
    HiveOperation operation =
        new HiveOperation(
            sessions.newHandle(), type, true, null, fetcher, ShownColumns.ALL, clock.instant());
    sessions.add(session, operation);
    return operation
        .ready()
        .thenApply(done -> operation.toThrift())
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                session.remove(operation);
                operation.close();
              }
            });
  }
}
