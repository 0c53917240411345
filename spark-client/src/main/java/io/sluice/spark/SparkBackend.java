package io.sluice.spark;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/**
 * One Spark Connect server. No method blocks; futures fail and publishers end with {@link
 * io.sluice.model.SluiceException}: {@code REPLICA_LOST} when the server went away, otherwise
 * Spark's own error class, SQLSTATE, message without its query context, and position in the text
 * that it was sent.
 */
public interface SparkBackend extends AutoCloseable {

  /** Returns the schema that the statement's result will have, without running it. */
  CompletableFuture<Schema> analyze(
      SparkSession session, String sql, List<Expression.Literal> parameters);

  /**
   * Prepares a run; Spark starts when the publisher is subscribed to, which may happen once.
   * Messages come as they are requested and Spark is held back meanwhile. Broken or ended streams
   * are reattached until Spark says that the result is complete. Cancelling the subscription
   * interrupts the operation and releases it on Spark; so does every other ending.
   */
  SparkRun execute(ExecuteRequest request);

  /**
   * Keeps rows in a session until it is released; for {@link #write}.
   *
   * @param arrowStream an Arrow IPC stream; all that are written together have one schema
   * @return their name
   */
  CompletableFuture<String> upload(SparkSession session, ByteString arrowStream);

  /** Prepares the writing of uploaded rows, which is run as {@link #execute} says. */
  SparkRun write(TableWrite write);

  /** Returns the values of configuration keys; a key that is not set is missing. */
  CompletableFuture<Map<String, String>> configuration(SparkSession session, List<String> keys);

  /** Sets configuration keys of one session. */
  CompletableFuture<Void> setConfiguration(SparkSession session, Map<String, String> values);

  /** Returns Spark's version, for example {@code 4.1.2}. */
  CompletableFuture<String> version(SparkSession session);

  /** Ends a session and frees what it holds. */
  CompletableFuture<Void> releaseSession(SparkSession session);

  /**
   * Interrupts whatever runs in a session, through any client, and ends the session: it is one that
   * a client left behind. Spark may not tell when it is safe to interrupt what another client
   * began, so that the job of a stage that is submitted at that very moment can go on to its end.
   */
  CompletableFuture<Void> endSession(SparkSession session);

  @Override
  void close();
}
