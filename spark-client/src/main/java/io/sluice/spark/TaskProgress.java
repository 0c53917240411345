package io.sluice.spark;

import java.util.OptionalDouble;
import org.apache.spark.connect.proto.ExecutePlanResponse.ExecutionProgress;

/**
 * How far Spark has come with a run. Spark learns of stages as it goes, so that the plain share of
 * done tasks falls now and then; a client is never told less than before.
 */
final class TaskProgress {

  private static final double UNKNOWN = -1;

  private volatile double best = UNKNOWN;

  /** Takes Spark's latest word; one thread at a time. */
  void saw(ExecutionProgress progress) {
    long tasks = 0;
    long done = 0;
    for (ExecutionProgress.StageInfo stage : progress.getStagesList()) {
      tasks += stage.getNumTasks();
      done += stage.getNumCompletedTasks();
    }
    if (tasks > 0) {
      best = Math.max(best, Math.min(1, (double) done / tasks));
    }
  }

  OptionalDouble value() {
    double now = best;
    return now == UNKNOWN ? OptionalDouble.empty() : OptionalDouble.of(now);
  }
}
