package io.sluice.gateway.avatica;

import io.sluice.gateway.arrow.RowFetcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.avatica.Meta;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one run, frame by frame. The last frame is kept, for a client whose answer was lost
 * asks again from the same row. One call at a time.
 */
final class AvaticaResult {

  /** How many rows a frame has where the client does not say. */
  static final int USUAL_ROWS = 1_000;

  /** What a client may ask for at most. */
  static final int MOST_ROWS = 10_000;

  /** A frame ends with the row that passes this. */
  static final long MOST_BYTES = 8L << 20;

  /** Small, so that wide rows do not carry a frame far beyond {@link #MOST_BYTES}. */
  private static final int PAGE_ROWS = 64;

  private final RowFetcher rows;
  private final Executor work;
  private long left;
  private long next;
  private Meta.@Nullable Frame last;
  private volatile long lastWeight;

  /**
   * @param mostRows after which the result ends
   * @param work runs short steps that never block
   */
  AvaticaResult(RowFetcher rows, long mostRows, Executor work) {
    this.rows = rows;
    this.left = mostRows;
    this.work = work;
  }

  /** Returns the columns, none for a statement without rows; fails as the statement does. */
  CompletableFuture<Schema> schema() {
    return rows.schema();
  }

  /** Completes when a statement without rows has been carried out. */
  CompletableFuture<Void> ready() {
    return rows.ready();
  }

  /**
   * Returns the frame from a row on.
   *
   * @param offset the first row after the last frame, or that of the last frame again
   * @param mostRows 0 or less where the client does not say
   * @return fails with {@code INVALID_HANDLE} for another offset
   */
  CompletableFuture<Meta.Frame> frame(long offset, int mostRows) {
    Meta.Frame kept = last;
    if (kept != null && (kept.offset == offset || kept.done)) {
      return kept.offset == offset ? CompletableFuture.completedFuture(kept) : ended(offset);
    }
    if (offset != next) {
      return CompletableFuture.failedFuture(AvaticaErrors.rowsAreGone());
    }
    int wanted = mostRows <= 0 ? USUAL_ROWS : Math.min(mostRows, MOST_ROWS);
    Filling filling = new Filling((int) Math.min(wanted, left));
    return fill(filling).thenApply(this::keep);
  }

  /** After the end there is nothing more, as often as one asks. */
  private CompletableFuture<Meta.Frame> ended(long offset) {
    return offset == next
        ? CompletableFuture.completedFuture(new Meta.Frame(offset, true, List.of()))
        : CompletableFuture.failedFuture(AvaticaErrors.rowsAreGone());
  }

  private Meta.Frame keep(Filling filling) {
    left -= filling.rows.size();
    boolean done = filling.ended || left == 0;
    Meta.Frame frame = new Meta.Frame(next, done, filling.rows);
    next += filling.rows.size();
    last = frame;
    lastWeight = filling.weight;
    if (done) {
      rows.close();
    }
    return frame;
  }

  private CompletableFuture<Filling> fill(Filling filling) {
    int room = filling.mostRows - filling.rows.size();
    if (room <= 0 || filling.ended || filling.weight >= MOST_BYTES) {
      return CompletableFuture.completedFuture(filling);
    }
    return rows.next(Math.min(room, PAGE_ROWS), filling::add)
        .thenComposeAsync(
            more -> {
              filling.ended = more.isEmpty();
              return fill(filling);
            },
            work);
  }

  /**
   * Returns about how many bytes are held: the kept frame, and rows that have not been asked for.
   */
  long weight() {
    return lastWeight + rows.heldBytes();
  }

  /** Cancels the statement if it has not ended; calls that wait fail. */
  void close() {
    rows.close();
  }

  /** A frame that is being filled. */
  private static final class Filling {
    private final int mostRows;
    private final List<Object> rows = new ArrayList<>();
    private long weight;
    private boolean ended;

    Filling(int mostRows) {
      this.mostRows = mostRows;
    }

    int add(RowFetcher.Page page) {
      List<FieldVector> columns = page.rows().getFieldVectors();
      for (int row = page.first(); row < page.first() + page.count(); row++) {
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        for (int column = 0; column < values.length; column++) {
          values[column] = AvaticaColumns.value(columns.get(column), row);
          weight += AvaticaColumns.weight(values[column]);
        }
        rows.add(Arrays.asList(values));
      }
      return page.count();
    }
  }
}
