package io.sluice.gateway.statement;

import io.sluice.gateway.session.Shares;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;

/**
 * The texts and values of the statements that have not ended, bounded together and for each user. A
 * statement may wait long for its turn, and its door has answered by then.
 */
final class StatementTexts {

  /** Together. */
  private static final long MOST_BYTES = 96L << 20;

  /** Of one user, so that nobody keeps the others out. */
  private static final long MOST_BYTES_OF_ONE_USER = 48L << 20;

  private final Shares shares = new Shares(MOST_BYTES, MOST_BYTES_OF_ONE_USER);

  /** Holds nothing yet, for a statement of a user. */
  Held of(String user) {
    return new Held(user);
  }

  /** Returns how many bytes all hold. */
  long held() {
    return shares.taken();
  }

  /** Java holds a character of most texts in one byte or two; two covers both. */
  private static long bytes(String text) {
    return 2L * text.length();
  }

  /** What one statement holds. */
  final class Held implements AutoCloseable {
    private final String user;
    private long bytes;
    private boolean closed;

    private Held(String user) {
      this.user = user;
    }

    /**
     * Adds what a client has sent.
     *
     * @throws SluiceException {@code QUEUE_FULL}
     */
    void add(String sql, Parameters values) {
      add(bytes(sql) + values.bytes());
    }

    /**
     * Adds what became of it, with all that views, functions and policies put into it.
     *
     * @throws SluiceException {@code QUEUE_FULL}
     */
    void add(Analysis analysis) {
      if (analysis instanceof Analysis.SparkQuery query) {
        add(bytes(query.sql()));
      }
    }

    private synchronized void add(long more) {
      if (closed) {
        return;
      }
      shares.take(
          user,
          more,
          "text in statements that have not ended",
          "Wait for one, or load long lists of values into a table.");
      bytes += more;
    }

    /** Gives everything back. */
    @Override
    public synchronized void close() {
      closed = true;
      shares.giveBack(user, bytes);
      bytes = 0;
    }
  }
}
