package io.sluice.gateway.hive;

import java.util.List;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TExecuteStatementResp;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TFetchResultsResp;
import org.apache.hive.service.rpc.thrift.TGetInfoReq;
import org.apache.hive.service.rpc.thrift.TGetInfoType;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusReq;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusResp;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TRowSet;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.thrift.TException;

/** The calls that the tests of the Thrift door make most. */
final class HiveCalls {

  static final TProtocolVersion V10 = TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10;

  private HiveCalls() {}

  static TSessionHandle session(TCLIService.Client client) throws TException {
    return HiveDoorFixture.open(client, V10).getSessionHandle();
  }

  static TOperationHandle execute(TCLIService.Client client, TSessionHandle session, String sql)
      throws TException {
    return execution(client, session, sql).getOperationHandle();
  }

  static TExecuteStatementResp execution(
      TCLIService.Client client, TSessionHandle session, String sql) throws TException {
    TExecuteStatementReq request = new TExecuteStatementReq(session, sql);
    request.setRunAsync(true);
    return client.ExecuteStatement(request);
  }

  static TGetOperationStatusResp status(TCLIService.Client client, TOperationHandle operation)
      throws TException {
    return client.GetOperationStatus(new TGetOperationStatusReq(operation));
  }

  static TFetchResultsResp fetch(TCLIService.Client client, TOperationHandle operation, int rows)
      throws TException {
    return client.FetchResults(new TFetchResultsReq(operation, TFetchOrientation.FETCH_NEXT, rows));
  }

  static String info(TCLIService.Client client, TSessionHandle session, TGetInfoType type)
      throws TException {
    return client.GetInfo(new TGetInfoReq(session, type)).getInfoValue().getStringValue();
  }

  static List<Long> numbers(TRowSet rows) {
    return rows.isSetColumns() && !rows.getColumns().isEmpty()
        ? rows.getColumns().get(0).getI64Val().getValues()
        : rows.getRows().stream()
            .map(row -> row.getColVals().get(0).getI64Val().getValue())
            .toList();
  }
}
