package io.sluice.gateway.statement;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A bulk ingest: a statement whose rows its client sends. All of them are in the table when the
 * statement has finished, and none when it ends in any other way. Its futures fail when the
 * statement does; {@link Statement#result} has the error for the client.
 */
public interface Ingestion {

  /** Returns the statement; its result is empty. */
  Statement statement();

  /** Returns what completes when rows may come: authorised, permitted and with a Spark to go to. */
  CompletableFuture<Void> ready();

  /**
   * Takes rows; one call at a time, after {@link #ready}.
   *
   * @param arrowStream an Arrow IPC stream of types that Spark reads; the first gives the columns,
   *     and at least one must come
   * @return completes when Spark has them
   */
  CompletableFuture<Void> add(ByteString arrowStream);

  /**
   * Has the rows written, once all have come.
   *
   * @param columns the names that the rows' columns have, at least one
   */
  void finish(List<String> columns);

  /** Ends it without a row written. */
  void fail(Throwable failure);
}
