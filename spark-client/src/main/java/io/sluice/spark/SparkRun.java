package io.sluice.spark;

import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.arrow.vector.types.pojo.Schema;

/** One run of one statement on Spark, which starts when it is subscribed to, once. */
public interface SparkRun extends Flow.Publisher<ResultMessage> {

  /**
   * Returns what completes, never exceptionally, when Spark no longer works on the run: some time
   * after a cancellation, as Spark is not interrupted before its jobs are known to run. It does not
   * complete for a run that was never subscribed to.
   */
  CompletableFuture<Void> freed();

  /**
   * Returns what completes with the columns of the result as soon as Spark has analysed it, which
   * is before any row; the very ones that the {@linkplain ResultMessage.SchemaMessage schema
   * message} holds. To be asked before the run is subscribed to. It completes in no other way: not
   * when the run fails before that.
   */
  CompletableFuture<Schema> columns();

  /**
   * Returns which part of the tasks that Spark knows of are done, from 0 to 1; it never falls.
   * Empty while nothing is known.
   */
  default OptionalDouble progress() {
    return OptionalDouble.empty();
  }
}
