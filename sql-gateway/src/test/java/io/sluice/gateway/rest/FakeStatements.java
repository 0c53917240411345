package io.sluice.gateway.rest;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.gateway.statement.Ingestion;
import io.sluice.gateway.statement.Parameters;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis.RelationUse;
import io.sluice.planner.Namespace;
import io.sluice.spark.ResultMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Statements that give numbers, as {@code rows N in batches of M}, some types, none, or that wait
 * to be cancelled, as {@code wait}; any other text is refused.
 */
final class FakeStatements implements StatementService, AutoCloseable {

  static final Schema SCHEMA =
      new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));

  private static final Schema TYPES =
      new Schema(
          List.of(
              Field.nullable("price", new ArrowType.Decimal(15, 2, 128)),
              Field.nullable("time", new ArrowType.Interval(IntervalUnit.YEAR_MONTH))));

  final List<FakeStatement> submitted = new CopyOnWriteArrayList<>();
  final List<String> authorizedAnew = new CopyOnWriteArrayList<>();
  volatile Supplier<String> rewritten = () -> "as before";
  private final BufferAllocator allocator;

  FakeStatements(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  FakeStatement last() {
    return submitted.get(submitted.size() - 1);
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    return CompletableFuture.completedFuture(
        new PreparedStatement(
            sql,
            true,
            SCHEMA,
            List.of(Optional.of("bigint")),
            List.of("key"),
            List.of(
                new RelationUse(
                    new TableName("lake", "tpch", "customer"), "uuid", 0, true, List.of("7")))));
  }

  @Override
  public Statement submit(Session session, String sql, Parameters parameters) {
    FakeStatement statement = new FakeStatement(session, sql);
    submitted.add(statement);
    return statement;
  }

  @Override
  public CompletableFuture<Optional<String>> wouldRunAs(
      Principal principal, String clientAddress, Namespace namespace, String sql) {
    authorizedAnew.add(principal.name() + " in " + namespace + ": " + sql);
    try {
      return CompletableFuture.completedFuture(Optional.of(rewritten.get()));
    } catch (SluiceException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  @Override
  public Ingestion ingest(Session session, IngestTarget target) {
    throw new UnsupportedOperationException("this door does not ingest");
  }

  @Override
  public void close() {
    submitted.forEach(statement -> statement.cancel("closed"));
  }

  private List<ResultMessage> rows(int count, int batch) {
    List<ResultMessage> messages = new ArrayList<>();
    messages.add(ArrowEncoder.schema(SCHEMA));
    for (int first = 0; first < count; first += batch) {
      try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
        BigIntVector numbers = (BigIntVector) root.getVector(0);
        int rows = Math.min(batch, count - first);
        for (int row = 0; row < rows; row++) {
          numbers.setSafe(row, first + row);
        }
        root.setRowCount(rows);
        messages.add(ArrowEncoder.batch(root));
      }
    }
    return messages;
  }

  /** A submitted statement. */
  final class FakeStatement implements Statement {
    final Session session;
    final String sql;
    final CompletableFuture<String> canceled = new CompletableFuture<>();
    private final StatementId id = StatementId.random();
    private final String ranAs = rewritten.get();
    private final CompletableFuture<StatementState> ending = new CompletableFuture<>();
    volatile long requested;
    private volatile Flow.Subscriber<? super ResultMessage> waiting;

    FakeStatement(Session session, String sql) {
      this.session = session;
      this.sql = sql;
    }

    @Override
    public StatementId id() {
      return id;
    }

    @Override
    public StatementState state() {
      return ending.getNow(StatementState.RUNNING);
    }

    @Override
    public Flow.Publisher<ResultMessage> result() {
      if (sql.equals("wait")) {
        return subscriber -> {
          waiting = subscriber;
          subscriber.onSubscribe(subscription(() -> {}));
        };
      }
      if (sql.equals("types")) {
        return new DemandPublisher<>(List.<ResultMessage>of(ArrowEncoder.schema(TYPES)).iterator());
      }
      if (sql.equals("none")) {
        return new DemandPublisher<>(List.<ResultMessage>of().iterator());
      }
      if (!sql.startsWith("rows ")) {
        return subscriber -> {
          subscriber.onSubscribe(subscription(() -> {}));
          subscriber.onError(
              new SluiceException(ErrorCode.PARSE_SYNTAX_ERROR, "It is not Spark SQL."));
        };
      }
      String[] words = sql.split(" ");
      List<ResultMessage> messages =
          rows(Integer.parseInt(words[1]), Integer.parseInt(words[words.length - 1]));
      return subscriber ->
          new DemandPublisher<>(messages.iterator())
              .subscribe(
                  new Flow.Subscriber<ResultMessage>() {
                    @Override
                    public void onSubscribe(Flow.Subscription source) {
                      subscriber.onSubscribe(
                          new Flow.Subscription() {
                            @Override
                            public void request(long n) {
                              requested += n;
                              source.request(n);
                            }

                            @Override
                            public void cancel() {
                              source.cancel();
                              FakeStatement.this.cancel("the subscription");
                            }
                          });
                    }

                    @Override
                    public void onNext(ResultMessage message) {
                      subscriber.onNext(message);
                    }

                    @Override
                    public void onError(Throwable failure) {
                      subscriber.onError(failure);
                    }

                    @Override
                    public void onComplete() {
                      ending.complete(StatementState.FINISHED);
                      subscriber.onComplete();
                    }
                  });
    }

    private Flow.Subscription subscription(Runnable onCancel) {
      return new Flow.Subscription() {
        @Override
        public void request(long n) {
          requested += n;
        }

        @Override
        public void cancel() {
          onCancel.run();
          FakeStatement.this.cancel("the subscription");
        }
      };
    }

    @Override
    public CompletableFuture<StatementState> ending() {
      return ending;
    }

    @Override
    public boolean isCommand() {
      return false;
    }

    @Override
    public Optional<String> ranAs() {
      return Optional.of(ranAs);
    }

    @Override
    public OptionalDouble progress() {
      return OptionalDouble.of(0.25);
    }

    @Override
    public Map<StatementState, Instant> reached() {
      return Map.of(
          StatementState.RECEIVED,
          Instant.parse("2026-01-01T00:00:00Z"),
          StatementState.ANALYZED,
          Instant.parse("2026-01-01T00:00:00.250Z"),
          StatementState.QUEUED,
          Instant.parse("2026-01-01T00:00:00.250Z"),
          StatementState.ROUTED,
          Instant.parse("2026-01-01T00:00:00.500Z"),
          StatementState.RUNNING,
          Instant.parse("2026-01-01T00:00:00.750Z"));
    }

    @Override
    public void cancel(String reason) {
      if (canceled.complete(reason) && ending.complete(StatementState.CANCELED)) {
        Flow.Subscriber<? super ResultMessage> subscriber = waiting;
        if (subscriber != null) {
          subscriber.onError(new SluiceException(ErrorCode.OPERATION_CANCELED, reason));
        }
      }
    }
  }
}
