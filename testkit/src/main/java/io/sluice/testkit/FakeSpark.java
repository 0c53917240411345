package io.sluice.testkit;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ArrowSchemas;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import io.sluice.spark.TableWrite;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/**
 * A Spark in memory that knows the statements it was told of and nothing else. It signals on the
 * caller's thread. Several clients may share one.
 */
public final class FakeSpark {

  private record Script(Schema schema, List<ResultMessage> batches, Ending ending) {}

  private interface Ending {
    /** Ends the run, or leaves it running. */
    void apply(FakeRun run);
  }

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<String, String> defaults = new ConcurrentHashMap<>();
  private final Map<UUID, Map<String, String>> settings = new ConcurrentHashMap<>();
  private final Set<UUID> released = ConcurrentHashMap.newKeySet();
  private final Map<UUID, FakeRun> running = new ConcurrentHashMap<>();
  private final List<ExecuteRequest> requests = new CopyOnWriteArrayList<>();
  private volatile boolean gone;
  private volatile boolean silent;

  /** A Spark with these settings, and no statements. */
  public FakeSpark(Map<String, String> defaults) {
    this.defaults.putAll(defaults);
  }

  /** Teaches a statement that gives these batches. */
  public FakeSpark result(String sql, Schema schema, List<ResultMessage> batches) {
    scripts.put(sql, new Script(schema, List.copyOf(batches), FakeRun::complete));
    return this;
  }

  /** Teaches a statement that fails. */
  public FakeSpark failure(String sql, Schema schema, Supplier<SluiceException> failure) {
    scripts.put(sql, new Script(schema, List.of(), run -> run.fail(failure.get())));
    return this;
  }

  /** Teaches a statement that runs until it is cancelled. */
  public FakeSpark endless(String sql, Schema schema) {
    scripts.put(sql, new Script(schema, List.of(), run -> {}));
    return this;
  }

  /** Dies: what runs is lost, and every later call fails. */
  public void die() {
    gone = true;
    List.copyOf(running.values()).forEach(run -> run.fail(lost()));
  }

  /** Stops answering questions, or answers again. */
  public void silence(boolean on) {
    silent = on;
  }

  /** Returns what was asked to run, in order. */
  public List<ExecuteRequest> requests() {
    return List.copyOf(requests);
  }

  /** Returns the operations that run now. */
  public Set<UUID> running() {
    return Set.copyOf(running.keySet());
  }

  /** Returns a new client. */
  public SparkBackend connect() {
    return new Client();
  }

  private static SluiceException lost() {
    return new SluiceException(ErrorCode.REPLICA_LOST, "The Spark server went away");
  }

  private Script script(String sql) {
    Script script = scripts.get(sql);
    if (script == null) {
      throw SluiceException.ofSpark("PARSE_SYNTAX_ERROR", "42601", "not in the script: " + sql);
    }
    return script;
  }

  private final class Client implements SparkBackend {

    private final Set<UUID> own = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private <T> CompletableFuture<T> answer(SparkSession session, Supplier<T> supplier) {
      if (silent) {
        return new CompletableFuture<>();
      }
      try {
        if (gone || closed || released.contains(session.id())) {
          throw lost();
        }
        return CompletableFuture.completedFuture(supplier.get());
      } catch (SluiceException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public CompletableFuture<Schema> analyze(
        SparkSession session, String sql, List<Expression.Literal> parameters) {
      return answer(session, () -> script(sql).schema());
    }

    @Override
    public SparkRun execute(ExecuteRequest request) {
      return new FakeRun(
          run -> {
            requests.add(request);
            if (gone || closed) {
              run.fail(lost());
              return;
            }
            UUID operation = request.operation();
            running.put(operation, run);
            own.add(operation);
            run.onEnd(() -> running.remove(operation));
            try {
              Script script = script(request.sql());
              run.send(new SchemaMessage(ArrowSchemas.header(script.schema())));
              script.batches().forEach(run::send);
              run.atEnd(() -> script.ending().apply(run));
            } catch (SluiceException e) {
              run.fail(e);
            }
          });
    }

    @Override
    public CompletableFuture<String> upload(SparkSession session, ByteString arrowStream) {
      return answer(session, () -> Integer.toHexString(arrowStream.hashCode()));
    }

    @Override
    public SparkRun write(TableWrite write) {
      return new FakeRun(
          run -> run.fail(SluiceException.ofSpark("UNSUPPORTED_OPERATION", "0A000", "no tables")));
    }

    @Override
    public CompletableFuture<Map<String, String>> configuration(
        SparkSession session, List<String> keys) {
      return answer(
          session,
          () -> {
            Map<String, String> values = new HashMap<>(defaults);
            values.putAll(settings.getOrDefault(session.id(), Map.of()));
            values.keySet().retainAll(keys);
            return values;
          });
    }

    @Override
    public CompletableFuture<Void> setConfiguration(
        SparkSession session, Map<String, String> values) {
      return answer(
              session,
              () -> {
                settings
                    .computeIfAbsent(session.id(), id -> new ConcurrentHashMap<>())
                    .putAll(values);
                return true;
              })
          .thenApply(done -> null);
    }

    @Override
    public CompletableFuture<String> version(SparkSession session) {
      return answer(session, () -> SparkFixture.SPARK_VERSION);
    }

    @Override
    public CompletableFuture<Void> releaseSession(SparkSession session) {
      return answer(session, () -> released.add(session.id())).thenApply(done -> null);
    }

    @Override
    public CompletableFuture<Void> endSession(SparkSession session) {
      requests.stream()
          .filter(request -> request.session().equals(session))
          .map(request -> running.get(request.operation()))
          .filter(Objects::nonNull)
          .forEach(
              run ->
                  run.fail(SluiceException.ofSpark("OPERATION_CANCELED", "HY008", "was canceled")));
      return releaseSession(session);
    }

    @Override
    public void close() {
      closed = true;
      own.forEach(
          operation -> {
            FakeRun run = running.get(operation);
            if (run != null) {
              run.fail(lost());
            }
          });
    }
  }
}
