package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.Ingestion;
import io.sluice.gateway.statement.Statement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;

/**
 * The rows of one ingest on their way to Spark. What is done with a message follows what was done
 * with the one before; the methods are called by one thread at a time.
 */
final class IngestUpload {

  private final CompletableFuture<Ingestion> ingestion;
  private final IngestReader reader;
  private final Runnable requestMore;
  private final Executor blocking;
  private final CompletableFuture<Message> result = new CompletableFuture<>();
  private CompletableFuture<Void> tail;
  private final AtomicBoolean reported = new AtomicBoolean();
  private boolean schemaSeen;

  /** Used by what follows the tail alone. */
  private boolean anySent;

  /**
   * @param begun the ingestion, when it is begun
   * @param requestMore asks the client for another message
   * @param started is given the statement, so that it can be canceled
   * @param blocking decodes
   */
  IngestUpload(
      CompletableFuture<Ingestion> begun,
      IngestReader reader,
      Runnable requestMore,
      Consumer<Statement> started,
      Executor blocking) {
    this.ingestion = begun;
    this.reader = reader;
    this.requestMore = requestMore;
    this.blocking = blocking;
    this.tail =
        begun.thenCompose(
            known -> {
              started.accept(known.statement());
              return known.ready();
            });
    watch(tail);
    begun.thenAccept(known -> known.statement().ending().thenRun(() -> report(known)));
  }

  /** Returns the answer to the client. */
  CompletableFuture<Message> result() {
    return result;
  }

  /** Takes the schema, and then batches. */
  void add(FlightData data) {
    if (data.getDataHeader().isEmpty()) {
      requestMore.run();
      return;
    }
    boolean schema = !schemaSeen;
    schemaSeen = true;
    tail =
        tail.thenComposeAsync(
            ready -> {
              if (schema) {
                reader.begin(data);
                return CompletableFuture.completedFuture(null);
              }
              Optional<ByteString> chunk = reader.chunk(data);
              return chunk.isPresent()
                  ? send(chunk.get())
                  : CompletableFuture.completedFuture(null);
            },
            blocking);
    watch(tail);
    tail.thenRun(requestMore);
  }

  private CompletableFuture<Void> send(ByteString chunk) {
    anySent = true;
    return ingestion.thenCompose(known -> known.add(chunk));
  }

  /** Has the rows written: all have come. */
  void end() {
    tail =
        tail.thenComposeAsync(
            ready ->
                // Spark takes the columns from the rows, so there must be some, if empty.
                anySent ? CompletableFuture.completedFuture(null) : send(reader.noRows()),
            blocking);
    watch(tail);
    tail.thenCompose(ready -> ingestion)
        .thenAccept(
            known -> {
              known.finish(reader.columnNames());
              report(known);
            });
  }

  /** A failure ends the statement, whose own error the client is told. */
  private void watch(CompletableFuture<Void> step) {
    step.exceptionally(
        failure -> {
          if (ingestion.isCompletedExceptionally()) {
            result.completeExceptionally(failure);
          } else {
            ingestion.join().fail(Failures.cause(failure));
          }
          return null;
        });
  }

  /** Tells the client, once, how the statement ends. */
  private void report(Ingestion known) {
    if (!reported.compareAndSet(false, true)) {
      return;
    }
    UpdateRun.run(known.statement())
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                result.completeExceptionally(FlightErrors.status(failure, known.statement().id()));
              } else {
                result.complete(
                    DoPutUpdateResult.newBuilder().setRecordCount(reader.rows()).build());
              }
            });
  }
}
