package io.sluice.gateway.hive;

import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.planner.metadata.MetadataReader;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
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
import org.jspecify.annotations.Nullable;

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
        rows -> JdbcType.rows());
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
        rows -> MetadataRows.tableTypes());
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
        rows -> MetadataRows.functions(request.getFunctionName()));
  }

  /** Iceberg has no keys. */
  CompletableFuture<TOperationHandle> primaryKeys(HiveClient client, TGetPrimaryKeysReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.UNKNOWN,
        MetadataColumns.PRIMARY_KEYS,
        rows -> List.of());
  }

  CompletableFuture<TOperationHandle> crossReference(
      HiveClient client, TGetCrossReferenceReq request) {
    return answer(
        client,
        request.getSessionHandle(),
        TOperationType.UNKNOWN,
        MetadataColumns.CROSS_REFERENCE,
        rows -> List.of());
  }

  private CompletableFuture<TOperationHandle> answer(
      HiveClient client,
      TSessionHandle handle,
      TOperationType type,
      Schema columns,
      Function<MetadataRows, List<List<@Nullable Object>>> question) {
    HiveSession session = sessions.find(handle, client);
    return CompletableFuture.supplyAsync(
        () -> {
          MetadataRows rows =
              new MetadataRows(
                  metadata.from(session.session().clientAddress()), session.session().principal());
          RowFetcher fetcher =
              RowFetcher.start(
                  answers.limited(
                      session.session().principal(),
                      () -> new RowEncoder(allocator).publisher(columns, question.apply(rows))),
                  allocator);
          HiveOperation operation =
              new HiveOperation(
                  sessions.newHandle(),
                  type,
                  true,
                  null,
                  fetcher,
                  ShownColumns.ALL,
                  clock.instant());
          sessions.add(session, operation);
          return operation.toThrift();
        },
        blocking);
  }
}
