package io.sluice.spark;

import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.ExecutePlanResponse.ExecutionProgress;

/**
 * Tells from an operation's responses when Spark can be interrupted without a remnant.
 *
 * <p>Spark 4.1.2 answers an interrupt, once for each operation, by cancelling the jobs that carry
 * its tag at that moment. Adaptive execution submits the jobs of its stages from other threads, and
 * one that comes just after is never cancelled: it runs to its end, and nothing that a client can
 * say stops it. It is safe to interrupt while a stage runs and no new one has come between two
 * reports, or when rows arrive, which come from the last stage.
 */
final class InterruptMoment {

  private int stages;
  private boolean safe;

  void saw(ExecutePlanResponse response) {
    switch (response.getResponseTypeCase()) {
      case ARROW_BATCH, RESULT_COMPLETE -> safe = true;
      case EXECUTION_PROGRESS -> {
        ExecutionProgress progress = response.getExecutionProgress();
        safe =
            progress.getStagesCount() == stages
                && progress.getStagesList().stream().anyMatch(stage -> !stage.getDone());
        stages = progress.getStagesCount();
      }
      default -> {
        // Schema and metrics tell nothing about jobs.
      }
    }
  }

  boolean isSafe() {
    return safe;
  }
}
