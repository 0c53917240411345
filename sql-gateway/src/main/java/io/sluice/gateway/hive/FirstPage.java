package io.sluice.gateway.hive;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of a result as its client got them, for one that begins again. They are kept until
 * the next ones are taken; many rows are not.
 */
final class FirstPage {

  /** About so many bytes are kept. */
  static final int MOST_BYTES = 1 << 20;

  private @Nullable ReplyBuffer kept;
  private int rows;
  private boolean over;

  /** Notes rows that were taken, in their order. */
  synchronized void taken(ReplyBuffer page, int count) {
    if (over || page.size() > MOST_BYTES) {
      letGo();
      return;
    }
    over = true;
    page.trim();
    kept = page;
    rows = count;
  }

  /** Returns the rows once more; empty if they are not kept, or are more than so many. */
  synchronized Optional<ReplyBuffer> again(int mostRows) {
    return rows > mostRows ? Optional.empty() : Optional.ofNullable(kept);
  }

  synchronized long heldBytes() {
    return kept == null ? 0 : kept.size();
  }

  /** Keeps nothing from now on. */
  synchronized void letGo() {
    over = true;
    kept = null;
  }
}
