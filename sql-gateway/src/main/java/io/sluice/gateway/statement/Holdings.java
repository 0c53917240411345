package io.sluice.gateway.statement;

import io.sluice.model.StatementId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run of a statement holds. It is given back once, what was taken last first. The statement
 * guards it until then.
 */
final class Holdings {

  private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);

  private final StatementId statement;
  private final Deque<Runnable> untilEnd = new ArrayDeque<>();
  private final Deque<Runnable> untilFreed = new ArrayDeque<>();

  Holdings(StatementId statement) {
    this.statement = statement;
  }

  /** Adds what is given back as soon as the run has ended. */
  void untilEnd(Runnable release) {
    untilEnd.push(release);
  }

  /** Adds what is given back when Spark does not work on it any more. */
  void untilFreed(Runnable release) {
    untilFreed.push(release);
  }

  /**
   * Gives everything back.
   *
   * @param freed completes when Spark does not work on the run any more
   * @return completes, never exceptionally, when that is done
   */
  CompletableFuture<Void> giveBack(CompletableFuture<Void> freed) {
    giveBack(untilEnd);
    return freed.handle(
        (done, never) -> {
          giveBack(untilFreed);
          return null;
        });
  }

  private void giveBack(Deque<Runnable> held) {
    for (Runnable release : held) {
      try {
        release.run();
      } catch (RuntimeException defect) {
        LOG.error("statement {}: a resource was not released", statement, defect);
      }
    }
  }
}
