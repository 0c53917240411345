package io.sluice.gateway.avatica;

import io.sluice.gateway.statement.PreparedStatement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A statement of a client's: what was prepared, and the result of its latest run. */
final class AvaticaStatement {

  private static final long WEIGHT = 512;
  private static final long COLUMN_WEIGHT = 256;

  private final int id;
  private final @Nullable PreparedStatement prepared;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
  private @Nullable AvaticaResult result;
  private boolean closed;

  /**
   * @param prepared null for one whose text comes when it is run
   */
  AvaticaStatement(int id, @Nullable PreparedStatement prepared) {
    this.id = id;
    this.prepared = prepared;
  }

  int id() {
    return id;
  }

  Optional<PreparedStatement> prepared() {
    return Optional.ofNullable(prepared);
  }

  /** Does something when what was asked of this statement before is done. */
  synchronized <T> CompletableFuture<T> inTurn(Supplier<CompletableFuture<T>> action) {
    CompletableFuture<T> done =
        last.handle((before, failure) -> null).thenCompose(nothing -> action.get());
    last = done;
    return done;
  }

  /** Puts the result of a new run in the place of that of the one before, which ends. */
  AvaticaResult run(AvaticaResult next) {
    AvaticaResult before;
    boolean late;
    synchronized (this) {
      before = result;
      late = closed;
      result = late ? null : next;
    }
    if (before != null) {
      before.close();
    }
    if (late) {
      next.close();
    }
    return next;
  }

  synchronized Optional<AvaticaResult> result() {
    return Optional.ofNullable(result);
  }

  /** Returns whether it was closed while a call waited for its turn. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** Returns about how many bytes it holds, its rows included. */
  synchronized long weight() {
    long text =
        prepared == null
            ? 0
            : 2L * prepared.sql().length() + COLUMN_WEIGHT * prepared.schema().getFields().size();
    return WEIGHT + text + (result == null ? 0 : result.weight());
  }

  /** Ends what runs, at once. */
  void close() {
    AvaticaResult running;
    synchronized (this) {
      closed = true;
      running = result;
      result = null;
    }
    if (running != null) {
      running.close();
    }
  }
}
