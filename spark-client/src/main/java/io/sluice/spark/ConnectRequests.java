package io.sluice.spark;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.spark.connect.proto.AddArtifactsRequest;
import org.apache.spark.connect.proto.AnalyzePlanRequest;
import org.apache.spark.connect.proto.ChunkedCachedLocalRelation;
import org.apache.spark.connect.proto.Command;
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
import org.apache.spark.connect.proto.WriteOperationV2;

/** The requests of Spark Connect, each in the session that it is for. */
final class ConnectRequests {

  private static final String CLIENT = "sluice";

  private ConnectRequests() {}

  static ExecutePlanRequest execute(ExecuteRequest request) {
    return execute(
        request.session(), request.operation(), plan(request.sql(), request.parameters()));
  }

  /** The writing of uploaded rows; names are quoted, for Spark parses them. */
  static ExecutePlanRequest write(TableWrite write) {
    WriteOperationV2.Mode mode =
        switch (write.mode()) {
          case CREATE -> WriteOperationV2.Mode.MODE_CREATE;
          case APPEND -> WriteOperationV2.Mode.MODE_APPEND;
          case REPLACE -> WriteOperationV2.Mode.MODE_REPLACE;
          case CREATE_OR_REPLACE -> WriteOperationV2.Mode.MODE_CREATE_OR_REPLACE;
        };
    Relation rows =
        Relation.newBuilder()
            .setChunkedCachedLocalRelation(
                ChunkedCachedLocalRelation.newBuilder().addAllDataHashes(write.chunks()))
            .build();
    WriteOperationV2.Builder operation =
        WriteOperationV2.newBuilder()
            .setInput(rows)
            .setTableName(
                write.table().stream()
                    .map(part -> '`' + part.replace("`", "``") + '`')
                    .collect(Collectors.joining(".")))
            .setMode(mode);
    if (write.mode() != TableWrite.Mode.APPEND) {
      operation.setProvider("iceberg");
    }
    return execute(
        write.session(),
        write.operation(),
        Plan.newBuilder().setCommand(Command.newBuilder().setWriteOperationV2(operation)).build());
  }

  private static ExecutePlanRequest execute(SparkSession session, UUID operation, Plan plan) {
    return ExecutePlanRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .setOperationId(operation.toString())
        .setPlan(plan)
        .addRequestOptions(
            ExecutePlanRequest.RequestOption.newBuilder()
                .setReattachOptions(ReattachOptions.newBuilder().setReattachable(true)))
        .build();
  }

  /** Bytes that Spark keeps under their hash, as long as the session lives. */
  static AddArtifactsRequest upload(SparkSession session, String hash, ByteString bytes) {
    CRC32 crc = new CRC32();
    bytes.asReadOnlyByteBufferList().forEach(crc::update);
    return AddArtifactsRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .setBatch(
            AddArtifactsRequest.Batch.newBuilder()
                .addArtifacts(
                    AddArtifactsRequest.SingleChunkArtifact.newBuilder()
                        .setName("cache/" + hash)
                        .setData(
                            AddArtifactsRequest.ArtifactChunk.newBuilder()
                                .setData(bytes)
                                .setCrc(crc.getValue()))))
        .build();
  }

  /** Returns the SHA-256 by which Spark knows cached bytes. */
  static String hash(ByteString bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      bytes.asReadOnlyByteBufferList().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
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
    return interrupt(session, InterruptRequest.InterruptType.INTERRUPT_TYPE_OPERATION_ID)
        .setOperationId(operation.toString())
        .build();
  }

  static InterruptRequest interruptAll(SparkSession session) {
    return interrupt(session, InterruptRequest.InterruptType.INTERRUPT_TYPE_ALL).build();
  }

  private static InterruptRequest.Builder interrupt(
      SparkSession session, InterruptRequest.InterruptType type) {
    return InterruptRequest.newBuilder()
        .setSessionId(session.id().toString())
        .setUserContext(user(session))
        .setClientType(CLIENT)
        .setInterruptType(type);
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
