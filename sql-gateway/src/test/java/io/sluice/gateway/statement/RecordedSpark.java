package io.sluice.gateway.statement;

import com.google.protobuf.ByteString;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import io.sluice.spark.TableWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/** A backend that records what it is asked and whose runs the test moves by hand. */
final class RecordedSpark implements SparkBackend {

  final List<Run> runs = new ArrayList<>();
  final List<SparkSession> released = new ArrayList<>();
  final List<Map<String, String>> configured = new ArrayList<>();
  final List<SparkSession> analyzed = new ArrayList<>();
  final List<SparkSession> uploads = new ArrayList<>();
  final List<TableWrite> writes = new ArrayList<>();
  CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
  CompletableFuture<Void> settingsTaken = CompletableFuture.completedFuture(null);
  CompletableFuture<Void> uploaded = CompletableFuture.completedFuture(null);
  CompletableFuture<Schema> schema = CompletableFuture.completedFuture(new Schema(List.of()));

  @Override
  public CompletableFuture<Schema> analyze(
      SparkSession session, String sql, List<Expression.Literal> parameters) {
    analyzed.add(session);
    return schema;
  }

  @Override
  public SparkRun execute(ExecuteRequest request) {
    Run run = new Run(request);
    runs.add(run);
    return run;
  }

  @Override
  public CompletableFuture<String> upload(SparkSession session, ByteString arrowStream) {
    uploads.add(session);
    return uploaded.thenApply(done -> arrowStream.toStringUtf8());
  }

  @Override
  public SparkRun write(TableWrite write) {
    writes.add(write);
    Run run = new Run(new ExecuteRequest(write.session(), write.operation(), "", List.of()));
    runs.add(run);
    return run;
  }

  @Override
  public CompletableFuture<Map<String, String>> configuration(
      SparkSession session, List<String> keys) {
    return CompletableFuture.completedFuture(Map.of());
  }

  @Override
  public CompletableFuture<Void> setConfiguration(
      SparkSession session, Map<String, String> values) {
    configured.add(values);
    return settingsTaken;
  }

  @Override
  public CompletableFuture<String> version(SparkSession session) {
    return CompletableFuture.completedFuture("4.1.2");
  }

  @Override
  public CompletableFuture<Void> releaseSession(SparkSession session) {
    released.add(session);
    return ended;
  }

  @Override
  public CompletableFuture<Void> endSession(SparkSession session) {
    return releaseSession(session);
  }

  @Override
  public void close() {}

  /** One execution. */
  static final class Run implements SparkRun, Flow.Subscription {
    final CompletableFuture<Void> freed = new CompletableFuture<>();
    final CompletableFuture<Schema> columns = new CompletableFuture<>();
    final ExecuteRequest request;
    long demand;
    boolean canceled;

    /** Whether Spark works on after it was cancelled, until {@link #freed} is completed. */
    boolean lingers;

    OptionalDouble progress = OptionalDouble.empty();
    private Flow.Subscriber<? super ResultMessage> subscriber;

    Run(ExecuteRequest request) {
      this.request = request;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ResultMessage> client) {
      subscriber = client;
      client.onSubscribe(this);
    }

    @Override
    public CompletableFuture<Void> freed() {
      return freed;
    }

    @Override
    public CompletableFuture<Schema> columns() {
      return columns;
    }

    @Override
    public OptionalDouble progress() {
      return progress;
    }

    @Override
    public void request(long n) {
      demand += n;
    }

    @Override
    public void cancel() {
      canceled = true;
      if (!lingers) {
        freed.complete(null);
      }
    }

    void schema(String header) {
      demand--;
      subscriber.onNext(new ResultMessage.SchemaMessage(ByteString.copyFromUtf8(header)));
    }

    void batch(int rows) {
      demand--;
      subscriber.onNext(
          new ResultMessage.BatchMessage(ByteString.EMPTY, ByteString.copyFromUtf8("body"), rows));
    }

    void complete() {
      freed.complete(null);
      subscriber.onComplete();
    }

    void fail(Throwable failure) {
      freed.complete(null);
      subscriber.onError(failure);
    }
  }
}
