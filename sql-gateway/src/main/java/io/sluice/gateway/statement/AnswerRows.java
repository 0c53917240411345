package io.sluice.gateway.statement;

import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The place of one answer of the gateway's own, and its rows while they are made: each counts, from
 * when it is added until the answer is over, as about the bytes that it takes in memory. The first
 * {@value #UNCOUNTED} bytes of an answer are nobody's share, so that short ones are given whatever
 * others hold. Made by one thread; any may close it, and whoever still adds then is stopped.
 */
public final class AnswerRows implements AutoCloseable {

  static final int UNCOUNTED = 64 << 10;

  /** A list, the array in it, and its place in the list of all. */
  private static final int BYTES_OF_ROW = 48;

  private static final int BYTES_OF_CELL = 4;

  /** A text without its characters, which are mostly of one byte each. */
  private static final int BYTES_OF_TEXT = 40;

  /** How many texts are known again. */
  private static final int RECENT = 1024;

  private final String user;
  private final Shares bytes;
  private final long mostBytes;
  private final Runnable leave;
  private List<List<@Nullable Object>> rows = new ArrayList<>();

  /**
   * Texts of rows before, each at a place of its own: a schema's or a type's name takes room once.
   */
  private final @Nullable Object[] recent = new Object[RECENT];

  private long held;
  private boolean closed;

  /**
   * @param mostBytes of one answer
   * @param leave gives the place back
   */
  AnswerRows(String user, Shares bytes, long mostBytes, Runnable leave) {
    this.user = user;
    this.bytes = bytes;
    this.mostBytes = mostBytes;
    this.leave = leave;
  }

  /**
   * Adds a row.
   *
   * @throws SluiceException {@code RESULT_TOO_LARGE} if there is no room for such an answer, {@code
   *     QUEUE_FULL} if there is none now, {@code OPERATION_CANCELED} if nobody waits for it
   */
  public void add(List<@Nullable Object> row) {
    add(row, 0);
  }

  /** As {@link #add(List)}, with so many bytes more that a door holds for the row. */
  public synchronized void add(List<@Nullable Object> row, long more) {
    count(row, more);
    rows.add(row);
  }

  /** As {@link #add(List)}, for each of these. */
  public void addAll(List<? extends List<@Nullable Object>> all) {
    all.forEach(this::add);
  }

  /** Counts a row that is held elsewhere; fails as {@link #add(List)} does. */
  synchronized void count(List<@Nullable Object> row, long more) {
    check();
    long size = size(row) + more;
    if (held + size > mostBytes) {
      throw new SluiceException(
          ErrorCode.RESULT_TOO_LARGE,
          "The list takes more than the "
              + Shares.words(mostBytes)
              + " that one may take. Ask for less of it: name a catalog, a schema, or a pattern of"
              + " the tables that are meant.");
    }
    bytes.take(
        user,
        counted(held + size) - counted(held),
        "memory for lists of catalogs, tables and the like",
        "Fetch or cancel one first, or ask for less: name a catalog, a schema, or a pattern of the"
            + " tables that are meant.");
    held += size;
  }

  private static long counted(long bytes) {
    return Math.max(0, bytes - UNCOUNTED);
  }

  private long size(List<@Nullable Object> row) {
    long size = BYTES_OF_ROW;
    for (Object cell : row) {
      size += BYTES_OF_CELL;
      if (cell instanceof String text && isNew(cell)) {
        size += BYTES_OF_TEXT + text.length();
      }
    }
    return size;
  }

  private boolean isNew(Object text) {
    int place = System.identityHashCode(text) % RECENT;
    boolean isNew = recent[place] != text;
    recent[place] = text;
    return isNew;
  }

  /** Returns the same condition, which fails as {@link #add(List)} does once nobody waits. */
  public Predicate<String> whileWanted(Predicate<String> condition) {
    return name -> {
      check();
      return condition.test(name);
    };
  }

  private synchronized void check() {
    if (closed) {
      throw new SluiceException(ErrorCode.OPERATION_CANCELED, "The client ended the answer.");
    }
  }

  /** Returns what was added, in order. */
  public synchronized List<List<@Nullable Object>> all() {
    return rows;
  }

  /** Gives back the place and what the rows take, once. */
  @Override
  public void close() {
    long given;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      given = counted(held);
      held = 0;
      rows = new ArrayList<>();
      Arrays.fill(recent, null);
    }
    bytes.giveBack(user, given);
    leave.run();
  }
}
