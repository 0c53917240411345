package io.sluice.gateway.hive;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TCancelDelegationTokenResp;
import org.apache.hive.service.rpc.thrift.TCancelOperationResp;
import org.apache.hive.service.rpc.thrift.TCloseOperationResp;
import org.apache.hive.service.rpc.thrift.TCloseSessionResp;
import org.apache.hive.service.rpc.thrift.TExecuteStatementResp;
import org.apache.hive.service.rpc.thrift.TFetchResultsResp;
import org.apache.hive.service.rpc.thrift.TGetCatalogsResp;
import org.apache.hive.service.rpc.thrift.TGetColumnsResp;
import org.apache.hive.service.rpc.thrift.TGetCrossReferenceResp;
import org.apache.hive.service.rpc.thrift.TGetDelegationTokenResp;
import org.apache.hive.service.rpc.thrift.TGetFunctionsResp;
import org.apache.hive.service.rpc.thrift.TGetInfoResp;
import org.apache.hive.service.rpc.thrift.TGetInfoValue;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusResp;
import org.apache.hive.service.rpc.thrift.TGetPrimaryKeysResp;
import org.apache.hive.service.rpc.thrift.TGetResultSetMetadataResp;
import org.apache.hive.service.rpc.thrift.TGetSchemasResp;
import org.apache.hive.service.rpc.thrift.TGetTableTypesResp;
import org.apache.hive.service.rpc.thrift.TGetTablesResp;
import org.apache.hive.service.rpc.thrift.TGetTypeInfoResp;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TRenewDelegationTokenResp;
import org.apache.hive.service.rpc.thrift.TSetClientInfoResp;
import org.apache.hive.service.rpc.thrift.TStatus;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocol;
import org.jspecify.annotations.Nullable;

/** The calls of TCLIService that are answered, by their names. */
final class CallTable {

  private final Map<String, Call<?, ?, ?>> calls = new HashMap<>();

  CallTable(HiveService service, ResultCalls results, MetadataCalls metadata) {
    put(
        "OpenSession",
        TCLIService.OpenSession_args::new,
        TCLIService.OpenSession_args::getReq,
        service::openSession,
        status -> new TOpenSessionResp(status, HiveService.NEWEST));
    put(
        "CloseSession",
        TCLIService.CloseSession_args::new,
        TCLIService.CloseSession_args::getReq,
        service::closeSession,
        TCloseSessionResp::new);
    put(
        "GetInfo",
        TCLIService.GetInfo_args::new,
        TCLIService.GetInfo_args::getReq,
        service::getInfo,
        status -> new TGetInfoResp(status, TGetInfoValue.stringValue("")));
    put(
        "ExecuteStatement",
        TCLIService.ExecuteStatement_args::new,
        TCLIService.ExecuteStatement_args::getReq,
        service::executeStatement,
        TExecuteStatementResp::new);
    put(
        "GetOperationStatus",
        TCLIService.GetOperationStatus_args::new,
        TCLIService.GetOperationStatus_args::getReq,
        results::getOperationStatus,
        TGetOperationStatusResp::new);
    put(
        "CancelOperation",
        TCLIService.CancelOperation_args::new,
        TCLIService.CancelOperation_args::getReq,
        service::cancelOperation,
        TCancelOperationResp::new);
    put(
        "CloseOperation",
        TCLIService.CloseOperation_args::new,
        TCLIService.CloseOperation_args::getReq,
        service::closeOperation,
        TCloseOperationResp::new);
    put(
        "GetResultSetMetadata",
        TCLIService.GetResultSetMetadata_args::new,
        TCLIService.GetResultSetMetadata_args::getReq,
        results::getResultSetMetadata,
        TGetResultSetMetadataResp::new);
    put(
        "FetchResults",
        TCLIService.FetchResults_args::new,
        TCLIService.FetchResults_args::getReq,
        results::fetchResults,
        TFetchResultsResp::new);
    put(
        "SetClientInfo",
        TCLIService.SetClientInfo_args::new,
        TCLIService.SetClientInfo_args::getReq,
        service::setClientInfo,
        TSetClientInfoResp::new);
    put(
        "GetTypeInfo",
        TCLIService.GetTypeInfo_args::new,
        TCLIService.GetTypeInfo_args::getReq,
        (client, request) ->
            metadata
                .typeInfo(client, request)
                .thenApply(
                    handle -> {
                      TGetTypeInfoResp reply = new TGetTypeInfoResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetTypeInfoResp::new);
    put(
        "GetCatalogs",
        TCLIService.GetCatalogs_args::new,
        TCLIService.GetCatalogs_args::getReq,
        (client, request) ->
            metadata
                .catalogs(client, request)
                .thenApply(
                    handle -> {
                      TGetCatalogsResp reply = new TGetCatalogsResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetCatalogsResp::new);
    put(
        "GetSchemas",
        TCLIService.GetSchemas_args::new,
        TCLIService.GetSchemas_args::getReq,
        (client, request) ->
            metadata
                .schemas(client, request)
                .thenApply(
                    handle -> {
                      TGetSchemasResp reply = new TGetSchemasResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetSchemasResp::new);
    put(
        "GetTables",
        TCLIService.GetTables_args::new,
        TCLIService.GetTables_args::getReq,
        (client, request) ->
            metadata
                .tables(client, request)
                .thenApply(
                    handle -> {
                      TGetTablesResp reply = new TGetTablesResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetTablesResp::new);
    put(
        "GetTableTypes",
        TCLIService.GetTableTypes_args::new,
        TCLIService.GetTableTypes_args::getReq,
        (client, request) ->
            metadata
                .tableTypes(client, request)
                .thenApply(
                    handle -> {
                      TGetTableTypesResp reply = new TGetTableTypesResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetTableTypesResp::new);
    put(
        "GetColumns",
        TCLIService.GetColumns_args::new,
        TCLIService.GetColumns_args::getReq,
        (client, request) ->
            metadata
                .columns(client, request)
                .thenApply(
                    handle -> {
                      TGetColumnsResp reply = new TGetColumnsResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetColumnsResp::new);
    put(
        "GetFunctions",
        TCLIService.GetFunctions_args::new,
        TCLIService.GetFunctions_args::getReq,
        (client, request) ->
            metadata
                .functions(client, request)
                .thenApply(
                    handle -> {
                      TGetFunctionsResp reply = new TGetFunctionsResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetFunctionsResp::new);
    put(
        "GetPrimaryKeys",
        TCLIService.GetPrimaryKeys_args::new,
        TCLIService.GetPrimaryKeys_args::getReq,
        (client, request) ->
            metadata
                .primaryKeys(client, request)
                .thenApply(
                    handle -> {
                      TGetPrimaryKeysResp reply = new TGetPrimaryKeysResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetPrimaryKeysResp::new);
    put(
        "GetCrossReference",
        TCLIService.GetCrossReference_args::new,
        TCLIService.GetCrossReference_args::getReq,
        (client, request) ->
            metadata
                .crossReference(client, request)
                .thenApply(
                    handle -> {
                      TGetCrossReferenceResp reply =
                          new TGetCrossReferenceResp(HiveErrors.success());
                      reply.setOperationHandle(handle);
                      return reply;
                    }),
        TGetCrossReferenceResp::new);
    put(
        "GetDelegationToken",
        TCLIService.GetDelegationToken_args::new,
        TCLIService.GetDelegationToken_args::getReq,
        (client, request) -> noTokens(),
        TGetDelegationTokenResp::new);
    put(
        "CancelDelegationToken",
        TCLIService.CancelDelegationToken_args::new,
        TCLIService.CancelDelegationToken_args::getReq,
        (client, request) -> noTokens(),
        TCancelDelegationTokenResp::new);
    put(
        "RenewDelegationToken",
        TCLIService.RenewDelegationToken_args::new,
        TCLIService.RenewDelegationToken_args::getReq,
        (client, request) -> noTokens(),
        TRenewDelegationTokenResp::new);
  }

  Optional<Call<?, ?, ?>> find(String name) {
    return Optional.ofNullable(calls.get(name));
  }

  private <A extends TBase<?, ?>, Q, R extends TBase<?, ?>> void put(
      String name,
      Supplier<A> arguments,
      Function<A, Q> request,
      BiFunction<HiveClient, Q, CompletableFuture<R>> answer,
      Function<TStatus, R> refusal) {
    calls.put(name, new Call<>(arguments, request, answer, refusal));
  }

  /** Returns the argument of a call, which a client may have left out. */
  static <Q> Q given(@Nullable Q argument) {
    if (argument == null) {
      throw MessageScanner.malformed("it has no argument");
    }
    return argument;
  }

  private static <R> CompletableFuture<R> noTokens() {
    return CompletableFuture.failedFuture(
        new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "Delegation tokens are Kerberos', which this server does not use. Log in with a user"
                + " and a password."));
  }

  /**
   * One call.
   *
   * @param arguments makes an empty list of arguments
   * @param request takes the one argument out of the list
   * @param answer may throw a refusal
   * @param refusal makes the reply that carries a status alone
   */
  record Call<A extends TBase<?, ?>, Q, R extends TBase<?, ?>>(
      Supplier<A> arguments,
      Function<A, Q> request,
      BiFunction<HiveClient, Q, CompletableFuture<R>> answer,
      Function<TStatus, R> refusal) {

    /** Reads the arguments and returns what answers them, which never fails. */
    Supplier<CompletableFuture<? extends TBase<?, ?>>> read(HiveClient client, TProtocol protocol)
        throws TException {
      A list = arguments.get();
      list.read(protocol);
      Q argument = given(request.apply(list));
      return () -> run(client, argument);
    }

    private CompletableFuture<R> run(HiveClient client, Q argument) {
      CompletableFuture<R> reply;
      try {
        reply = answer.apply(client, argument);
      } catch (RuntimeException refused) {
        reply = CompletableFuture.failedFuture(refused);
      }
      return reply.exceptionally(failure -> refusal.apply(HiveErrors.status(failure)));
    }
  }
}
