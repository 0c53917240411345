package io.sluice.gateway.hive;

import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.statement.QueuePlace;
import io.sluice.gateway.statement.Statement;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TOperationState;
import org.apache.hive.service.rpc.thrift.TOperationType;
import org.jspecify.annotations.Nullable;

/** A statement or metadata call whose rows a client fetches. */
final class HiveOperation implements AutoCloseable {

  private final HiveHandle handle;
  private final TOperationType type;
  private final boolean rows;
  private final @Nullable Statement statement;
  private final RowFetcher fetcher;
  private final Instant started;
  private final ShownColumns shown;
  private final StatusWaits waits;
  private final Attendance attendance = new Attendance(this);
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final List<String> unreadLog = new ArrayList<>();
  private String lastLogged = "";
  private final AtomicLong offset = new AtomicLong();
  private final FirstPage firstPage = new FirstPage();
  private final AtomicBoolean fetching = new AtomicBoolean();
  private volatile long lastUse;
  private volatile boolean canceled;
  private volatile boolean timedOut;
  private volatile boolean exhausted;

  /**
   * @param rows whether it has a result
   * @param statement null for a metadata call
   * @param shown which columns of the result the client gets
   */
  HiveOperation(
      HiveHandle handle,
      TOperationType type,
      boolean rows,
      @Nullable Statement statement,
      RowFetcher fetcher,
      ShownColumns shown,
      Instant started) {
    this.handle = handle;
    this.type = type;
    this.rows = rows;
    this.statement = statement;
    this.fetcher = fetcher;
    this.shown = shown;
    this.started = started;
    this.waits = new StatusWaits(fetcher.ready());
    fetcher.ready().whenComplete((done, failure) -> attendance.calm());
  }

  HiveHandle handle() {
    return handle;
  }

  TOperationHandle toThrift() {
    return new TOperationHandle(handle.identifier(), type, rows);
  }

  boolean hasRows() {
    return rows;
  }

  Instant started() {
    return started;
  }

  /** Returns the id of the statement; empty for a metadata call. */
  Optional<String> statementId() {
    return Optional.ofNullable(statement).map(known -> known.id().toString());
  }

  /** Returns which part of the work is done, as far as that is known. */
  OptionalDouble progress() {
    return statement == null ? OptionalDouble.empty() : statement.progress();
  }

  /** Returns where it stands in the queue, for people; empty when it does not wait. */
  String place() {
    return statement == null ? "" : statement.place().map(QueuePlace::words).orElse("");
  }

  /** Completes when there is something to fetch or it has been carried out; fails as it does. */
  CompletableFuture<Void> ready() {
    return fetcher.ready();
  }

  /** Returns whether {@link #ready} is done. */
  boolean isReady() {
    return fetcher.isReady();
  }

  /** Returns why it ended before there was something to fetch; empty if it did not. */
  Optional<Throwable> failure() {
    return fetcher.failure();
  }

  /** Returns the calls that wait for it to be ready. */
  StatusWaits waits() {
    return waits;
  }

  /** Returns whether its client still asks for it. */
  Attendance attendance() {
    return attendance;
  }

  /** Completes when it was closed. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** Returns the columns as the client gets them. */
  CompletableFuture<Schema> schema() {
    return fetcher.schema().thenApply(shown::schema);
  }

  /** Returns whether its client has taken all, so that it may be forgotten for another's sake. */
  boolean isExhausted() {
    return exhausted || fetcher.failure().isPresent() || !rows && fetcher.isReady();
  }

  /** Returns where it stands, as clients of protocol V8 and earlier know no time-out. */
  TOperationState state(boolean knowsTimeOut) {
    if (canceled) {
      return TOperationState.CANCELED_STATE;
    }
    if (fetcher.failure().isPresent()) {
      return timedOut
          ? (knowsTimeOut ? TOperationState.TIMEDOUT_STATE : TOperationState.CANCELED_STATE)
          : TOperationState.ERROR_STATE;
    }
    if (fetcher.isReady()) {
      return TOperationState.FINISHED_STATE;
    }
    return statement == null || statement.state() == StatementState.RUNNING
        ? TOperationState.RUNNING_STATE
        : TOperationState.PENDING_STATE;
  }

  /**
   * Reads the first rows, again while they are kept; {@link #fetch} goes on behind them. At most
   * one call at a time.
   */
  CompletableFuture<ReplyBuffer> fetchFirst(int mostRows, boolean columnar) {
    if (!fetching.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(isBeingFetched());
    }
    if (offset.get() == 0) {
      return next(mostRows, columnar);
    }
    Optional<ReplyBuffer> again = firstPage.again(mostRows);
    fetching.set(false);
    return again
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> CompletableFuture.failedFuture(isPast(TFetchOrientation.FETCH_FIRST)));
  }

  /** Reads the next rows; at most one call at a time. */
  CompletableFuture<ReplyBuffer> fetch(int mostRows, boolean columnar) {
    if (!fetching.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(isBeingFetched());
    }
    return next(mostRows, columnar);
  }

  /** For whoever has set {@link #fetching}. */
  private CompletableFuture<ReplyBuffer> next(int mostRows, boolean columnar) {
    return fetcher
        .next(
            mostRows,
            page ->
                PageSize.fitting(
                    shown.of(page.rows().getFieldVectors()), page.first(), page.count()),
            page -> encode(page, columnar))
        .whenComplete(
            (page, failure) -> {
              if (failure != null) {
                firstPage.letGo();
              }
              fetching.set(false);
            })
        .thenCompose(
            page -> {
              if (page.isPresent()) {
                return CompletableFuture.completedFuture(page.get());
              }
              exhausted = true;
              return schema()
                  .thenApply(
                      columns ->
                          RowSetEncoder.empty(
                              columnar
                                  ? columns.getFields().stream().map(ColumnType::of).toList()
                                  : List.of(),
                              offset.get()));
            });
  }

  private ReplyBuffer encode(RowFetcher.Page page, boolean columnar) {
    List<FieldVector> columns = shown.of(page.rows().getFieldVectors());
    long start = offset.getAndAdd(page.count());
    ReplyBuffer encoded =
        columnar
            ? RowSetEncoder.encode(columns, page.first(), page.count(), start)
            : RowWriter.encode(columns, page.first(), page.count(), start);
    firstPage.taken(encoded, page.count());
    return encoded;
  }

  /** Returns about how many bytes are held of its result. */
  long heldBytes() {
    return fetcher.heldBytes() + firstPage.heldBytes();
  }

  /** Keeps none of what was fetched. */
  void letGoOfFirstPage() {
    firstPage.letGo();
  }

  /** Returns whether a call waits for some of its rows. */
  boolean isFetching() {
    return fetching.get();
  }

  /** Notes that it was used as the so-manieth of its door's operations. */
  void use(long ordinal) {
    lastUse = ordinal;
  }

  long lastUse() {
    return lastUse;
  }

  /** Returns what is new of its log. */
  synchronized List<String> log() {
    if (statement != null) {
      String line =
          "Statement "
              + statement.id()
              + ": "
              + statement.state()
              + (statement.progress().isPresent()
                  ? String.format(
                      Locale.ROOT,
                      ", %.0f %% of Spark's tasks",
                      100 * statement.progress().getAsDouble())
                  : "")
              + statement.place().map(place -> ", " + place.words()).orElse("");
      if (!line.equals(lastLogged)) {
        lastLogged = line;
        unreadLog.add(line);
      }
    }
    List<String> lines = List.copyOf(unreadLog);
    unreadLog.clear();
    return lines;
  }

  /** Ends it at its client's wish; it can still be asked for its state. */
  void cancel() {
    if (!isReady()) {
      canceled = true;
    }
    fetcher.close();
    firstPage.letGo();
  }

  /**
   * Ends it because its client has gone; one whose rows wait to be fetched, or that is over, stays.
   */
  void abandon(String reason) {
    if (!isReady()) {
      canceled = true;
      if (statement != null) {
        statement.cancel(reason);
      }
      fetcher.close();
    }
  }

  /** Ends it because its client's time-out has passed. */
  void timeOut(long seconds) {
    if (!isReady() && statement != null) {
      timedOut = true;
      statement.cancel(
          "The statement ran longer than the "
              + seconds
              + " s that its client set as the query timeout.");
    }
  }

  @Override
  public void close() {
    fetcher.close();
    firstPage.letGo();
    over.complete(null);
  }

  private static SluiceException isBeingFetched() {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION,
        "The result is being fetched by another call; fetch by one call at a time.");
  }

  /** What a fetch is refused with that would go back. */
  static SluiceException isPast(TFetchOrientation orientation) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "Results are fetched once, from the first row to the last; the first rows alone are given"
            + " again, before others were taken, if they had at most 1 MiB, no fewer are asked for"
            + " and the user's results do not hold too much: "
            + orientation
            + " is not served here. Run the statement again.");
  }

  static SluiceException noRows() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "The statement has no result to fetch; it was run for its effect.");
  }
}
