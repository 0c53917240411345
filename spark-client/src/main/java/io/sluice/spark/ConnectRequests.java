package io.sluice.spark;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.connect.proto.AnalyzePlanRequest;
import org.apache.spark.connect.proto.ConfigRequest;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.Expression;
import org.apache.spark.connect.proto.InterruptRequest;
import org.apache.spark.connect.proto.KeyValue;
import org.apache.spark.connect.proto.Plan;
import org.apache.spark.connect.proto.ReattachExecuteRequest;
import org.apache.spark.connect.proto.ReattachOptions;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.connect.proto.ReleaseExecuteRequest;
import org.apache.spark.connect.proto.ReleaseSessionRequest;
import org.apache.spark.connect.proto.SQL;
import org.apache.spark.connect.proto.UserContext;

/** The requests of Spark Connect, each in the session that it is for. */
final class ConnectRequests {

  private static final String CLIENT = "sluice";

  private ConnectRequests() {}

  static ExecutePlanRequest execute(ExecuteRequest request) {
    return ExecutePlanRequest.newBuilder()
        .setSessionId(request.session().id().toString())
        .setUserContext(user(request.session()))
        .setClientType(CLIENT)
        .setOperationId(request.operation().toString())
        .setPlan(plan(request.sql(), request.parameters()))
        .addRequestOptions(
            ExecutePlanRequest.RequestOption.newBuilder()
                .setReattachOptions(ReattachOptions.newBuilder().setReattachable(true)))
        .build();
  }

  static ReattachExecuteRequest reattach(
      SparkSession session, UUID operation, String lastResponse) {
    ReattachExecuteRequest.Builder request =
        ReattachExecuteRequest.newBuilder()
            .setSessionId(session.id().toString())
            .setUserContext(user(session))
            .setClientType(CLIENT)
            .setOperationId(operation.toString());
    if (!lastResponse.isEmpty()) {
      request.setLastResponseId(lastResponse);
    }
    return request.build();
  }

  static ReleaseExecuteRequest releaseUntil(
      SparkSession session, UUID operation, String lastResponse) {
    return release(session, operation)
        .setReleaseUntil(
            ReleaseExecuteRequest.ReleaseUntil.newBuilder().setResponseId(lastResponse))
        .build();
  }

  static ReleaseExecuteRequest releaseAll(SparkSession session, UUID operation) {
    return release(session, operation)
        .setReleaseAll(ReleaseExecuteRequest.ReleaseAll.getDefaultInstance())
        .build();
  }

  private static ReleaseExecuteRequest.Builder release(SparkSession session, UUID operation) {
    return ReleaseExecuteRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .setOperationId(operation.toString());
  }

  static InterruptRequest interrupt(SparkSession session, UUID operation) {
    return InterruptRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .setInterruptType(InterruptRequest.InterruptType.INTERRUPT_TYPE_OPERATION_ID)
        .setOperationId(operation.toString())
        .build();
  }

  static AnalyzePlanRequest schema(
      SparkSession session, String sql, List<Expression.Literal> parameters) {
    return analyze(session)
        .setSchema(AnalyzePlanRequest.Schema.newBuilder().setPlan(plan(sql, parameters)))
        .build();
  }

  static AnalyzePlanRequest version(SparkSession session) {
    return analyze(session)
        .setSparkVersion(AnalyzePlanRequest.SparkVersion.getDefaultInstance())
        .build();
  }

  private static AnalyzePlanRequest.Builder analyze(SparkSession session) {
    return AnalyzePlanRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT);
  }

  static ConfigRequest configuration(SparkSession session, List<String> keys) {
    return config(
        session,
        ConfigRequest.Operation.newBuilder()
            .setGetOption(ConfigRequest.GetOption.newBuilder().addAllKeys(keys)));
  }

  static ConfigRequest setConfiguration(SparkSession session, Map<String, String> values) {
    ConfigRequest.Set.Builder set = ConfigRequest.Set.newBuilder();
    values.forEach((key, value) -> set.addPairs(KeyValue.newBuilder().setKey(key).setValue(value)));
    return config(session, ConfigRequest.Operation.newBuilder().setSet(set));
  }

  private static ConfigRequest config(
      SparkSession session, ConfigRequest.Operation.Builder operation) {
    return ConfigRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .setOperation(operation)
        .build();
  }

  static ReleaseSessionRequest releaseSession(SparkSession session) {
    return ReleaseSessionRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .build();
  }

  /**
   * One path for all SQL: as a relation Spark runs queries and commands alike. Parameters go in the
   * older of two fields: Spark 4.1.2 mixes up the order of more than four in {@code pos_arguments}.
   */
  @SuppressWarnings("deprecation")
  private static Plan plan(String sql, List<Expression.Literal> parameters) {
    SQL.Builder query = SQL.newBuilder().setQuery(sql).addAllPosArgs(parameters);
    return Plan.newBuilder().setRoot(Relation.newBuilder().setSql(query)).build();
  }

  private static UserContext user(SparkSession session) {
    return UserContext.newBuilder().setUserId(session.user()).setUserName(session.user()).build();
  }
}
