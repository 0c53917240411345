package io.sluice.gateway.arrow;

import io.sluice.gateway.statement.Statement;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one submitted statement, page by page, for a door that speaks rows. At most one
 * decoded batch and one undecoded message are held, never the result.
 *
 * <p>Three kinds of threads meet here: the publisher's, the caller of {@link #next} and whoever
 * closes. What they share is guarded by this object; vectors are touched by the one thread that set
 * {@code reading}, and freed by it if the fetcher was closed meanwhile.
 */
public final class RowFetcher implements AutoCloseable {

  /**
   * Some rows, for as long as they are being read.
   *
   * @param rows the vectors
   * @param first the first row of the page in them
   * @param count how many rows the page has, at least 1
   */
  public record Page(VectorSchemaRoot rows, int first, int count) {}

  private final Consumer<String> cancellation;
  private final BufferAllocator allocator;
  private final CompletableFuture<Schema> schema = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  private Flow.@Nullable Subscription subscription;
  private @Nullable BatchMessage received;
  private @Nullable Request<?> waiting;
  private @Nullable BatchDecoder decoder;
  private int position;
  private long decodedBytes;
  private boolean completed;
  private @Nullable Throwable failure;
  private boolean reading;
  private boolean closed;

  private RowFetcher(Consumer<String> cancellation, BufferAllocator allocator) {
    this.cancellation = cancellation;
    this.allocator = allocator;
  }

  /** Subscribes to a statement's result, so that the statement runs. */
  public static RowFetcher start(Statement statement, BufferAllocator allocator) {
    return new RowFetcher(statement::cancel, allocator).subscribedTo(statement.result());
  }

  /** Subscribes to an answer that is no statement's, such as a list of tables. */
  public static RowFetcher start(Flow.Publisher<ResultMessage> answer, BufferAllocator allocator) {
    return new RowFetcher(reason -> {}, allocator).subscribedTo(answer);
  }

  private RowFetcher subscribedTo(Flow.Publisher<ResultMessage> result) {
    result.subscribe(new Subscriber());
    return this;
  }

  /** Returns the columns, none for a statement without rows; fails as the statement does. */
  public CompletableFuture<Schema> schema() {
    return schema.copy();
  }

  /**
   * Returns what completes when there is something to fetch or the statement has ended: a statement
   * for its effect has then been carried out. Fails as the statement does.
   */
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  /** Returns whether {@link #ready} is done; may be asked any number of times, unlike that. */
  public boolean isReady() {
    return ready.isDone();
  }

  /** Returns why it ended before there was something to fetch; empty if it did not. */
  public Optional<Throwable> failure() {
    return ready.isCompletedExceptionally()
        ? Optional.of(ready.handle((done, failed) -> failed).join())
        : Optional.empty();
  }

  /**
   * Reads the next rows; one call at a time. Empty at the end of the result, again and again.
   *
   * @param mostRows at least 1; fewer come at the end of a batch
   * @param reading what is done with the page, on any thread, without waiting; the page is not
   *     valid afterwards
   */
  public <T> CompletableFuture<Optional<T>> next(
      int mostRows, Function<? super Page, ? extends T> reading) {
    return next(mostRows, Page::count, reading);
  }

  /**
   * Reads the next rows; one call at a time. Empty at the end of the result, again and again.
   *
   * @param mostRows at least 1; fewer come at the end of a batch
   * @param fitting how many rows of a page are read now; one at least is
   * @param reading what is done with the page, on any thread, without waiting; the page is not
   *     valid afterwards
   */
  public <T> CompletableFuture<Optional<T>> next(
      int mostRows,
      ToIntFunction<? super Page> fitting,
      Function<? super Page, ? extends T> reading) {
    if (mostRows < 1) {
      throw new IllegalArgumentException("a page has at least one row");
    }
    Request<T> request = new Request<>(mostRows, fitting, reading);
    synchronized (this) {
      if (waiting != null || this.reading) {
        throw new IllegalStateException("a result is fetched by one call at a time");
      }
      waiting = request;
    }
    serve();
    return request.answer;
  }

  /** Returns about how many bytes are held of the result. */
  public synchronized long heldBytes() {
    // Vectors have about the size of the batch that they were decoded from.
    return (received == null ? 0 : received.body().size()) + decodedBytes;
  }

  /** Cancels the statement if it has not ended, and frees what is held of its result. */
  @Override
  public void close() {
    String reason = "The client ended the statement.";
    end(new SluiceException(ErrorCode.OPERATION_CANCELED, reason), true);
    cancel(reason);
  }

  /** Answers the call that waits, if it can be answered now. */
  private void serve() {
    Request<?> request;
    BatchMessage batch = null;
    boolean atEnd = false;
    Throwable over;
    synchronized (this) {
      request = waiting;
      if (request == null || reading) {
        return;
      }
      over = failure;
      if (over == null && !hasRows()) {
        batch = received;
        atEnd = batch == null && completed;
        if (batch == null && !atEnd) {
          return;
        }
        received = null;
        if (atEnd) {
          free();
        }
      }
      waiting = null;
      reading = over == null && !atEnd;
    }
    if (over != null) {
      request.answer.completeExceptionally(over);
    } else if (atEnd) {
      request.answer.complete(Optional.empty());
    } else {
      read(request, batch);
    }
  }

  private <T> void read(Request<T> request, @Nullable BatchMessage batch) {
    T value = null;
    Throwable broken = null;
    try {
      BatchDecoder current = decoder(batch);
      int most = Math.min(request.mostRows, current.rows().getRowCount() - position);
      int fitting = request.fitting.applyAsInt(new Page(current.rows(), position, most));
      int count = Math.max(1, Math.min(most, fitting));
      value =
          Objects.requireNonNull(request.reading.apply(new Page(current.rows(), position, count)));
      position += count;
    } catch (RuntimeException | OutOfMemoryError defect) {
      broken = defect;
    }
    synchronized (this) {
      reading = false;
      if (failure != null) {
        free();
      }
    }
    if (broken == null) {
      request.answer.complete(Optional.of(Objects.requireNonNull(value)));
    } else {
      end(broken, false);
      cancel("The result could not be read.");
      request.answer.completeExceptionally(broken);
    }
  }

  private void cancel(String reason) {
    cancellation.accept(reason);
    Flow.Subscription upstream;
    synchronized (this) {
      upstream = subscription;
    }
    if (upstream != null) {
      upstream.cancel();
    }
  }

  private BatchDecoder decoder(@Nullable BatchMessage batch) {
    BatchDecoder current = decoder;
    if (current == null) {
      current = new BatchDecoder(schema.join(), allocator);
      decoder = current;
    }
    if (batch != null) {
      current.decode(batch);
      position = 0;
      synchronized (this) {
        decodedBytes = batch.body().size();
      }
      request();
    }
    return current;
  }

  private boolean hasRows() {
    return decoder != null && position < decoder.rows().getRowCount();
  }

  private void request() {
    Flow.Subscription upstream;
    synchronized (this) {
      upstream = closed ? null : subscription;
    }
    if (upstream != null) {
      upstream.request(1);
    }
  }

  /** Keeps how it ended, the first time, and frees what nobody reads. */
  private void end(@Nullable Throwable how, boolean closing) {
    synchronized (this) {
      closed |= closing;
      if (how == null) {
        completed = true;
      } else if (failure == null) {
        failure = how;
      }
      if (failure != null) {
        received = null;
        if (!reading) {
          free();
        }
      }
    }
    if (how == null) {
      schema.complete(new Schema(List.of()));
      ready.complete(null);
    } else {
      schema.completeExceptionally(how);
      ready.completeExceptionally(how);
    }
    serve();
  }

  private void free() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
      position = 0;
      decodedBytes = 0;
    }
  }

  private final class Subscriber implements Flow.Subscriber<ResultMessage> {

    /** A statement without columns is let run to its end. */
    private boolean withoutColumns;

    @Override
    public void onSubscribe(Flow.Subscription next) {
      boolean late;
      synchronized (RowFetcher.this) {
        subscription = next;
        late = closed;
      }
      if (late) {
        next.cancel();
      } else {
        request();
      }
    }

    @Override
    public void onNext(ResultMessage message) {
      if (message instanceof SchemaMessage columns) {
        Schema read = ArrowEncoder.read(columns);
        withoutColumns = read.getFields().isEmpty();
        schema.complete(read);
        request();
      } else if (message instanceof BatchMessage batch) {
        if (withoutColumns || batch.rows() == 0) {
          request();
          return;
        }
        synchronized (RowFetcher.this) {
          if (failure == null) {
            received = batch;
          }
        }
        ready.complete(null);
        serve();
      }
    }

    @Override
    public void onError(Throwable problem) {
      end(problem, false);
    }

    @Override
    public void onComplete() {
      end(null, false);
    }
  }

  /** A call of {@link #next} that has not been answered. */
  private static final class Request<T> {
    private final int mostRows;
    private final ToIntFunction<? super Page> fitting;
    private final Function<? super Page, ? extends T> reading;
    private final CompletableFuture<Optional<T>> answer = new CompletableFuture<>();

    Request(
        int mostRows,
        ToIntFunction<? super Page> fitting,
        Function<? super Page, ? extends T> reading) {
      this.mostRows = mostRows;
      this.fitting = fitting;
      this.reading = reading;
    }
  }
}
