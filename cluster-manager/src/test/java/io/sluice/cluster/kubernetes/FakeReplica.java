package io.sluice.cluster.kubernetes;

import com.google.protobuf.ByteString;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import io.sluice.spark.TableWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/** A replica that keeps settings by session, and takes them whatever it answers. */
final class FakeReplica implements SparkBackend {

  final List<Map<String, String>> writes = new ArrayList<>();
  final List<SparkSession> released = new ArrayList<>();
  final List<SparkSession> ended = new ArrayList<>();
  final Map<SparkSession, Map<String, String>> values = new HashMap<>();
  CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);

  @Override
  public CompletableFuture<Void> setConfiguration(
      SparkSession session, Map<String, String> written) {
    writes.add(written);
    values.computeIfAbsent(session, first -> new HashMap<>()).putAll(written);
    return answer;
  }

  @Override
  public CompletableFuture<Map<String, String>> configuration(
      SparkSession session, List<String> keys) {
    Map<String, String> found = new HashMap<>(values.getOrDefault(session, Map.of()));
    found.keySet().retainAll(keys);
    return CompletableFuture.completedFuture(found);
  }

  @Override
  public CompletableFuture<Void> releaseSession(SparkSession session) {
    released.add(session);
    return answer;
  }

  @Override
  public CompletableFuture<Schema> analyze(
      SparkSession session, String sql, List<Expression.Literal> parameters) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SparkRun execute(ExecuteRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> upload(SparkSession session, ByteString arrowStream) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SparkRun write(TableWrite write) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> version(SparkSession session) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Void> endSession(SparkSession session) {
    ended.add(session);
    return answer;
  }

  @Override
  public void close() {}
}
