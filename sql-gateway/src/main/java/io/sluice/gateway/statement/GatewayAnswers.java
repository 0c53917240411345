package io.sluice.gateway.statement;

import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of the gateway's own that clients are fetching: lists of catalogs and tables, SHOW,
 * DESCRIBE. They take no permit, but each holds its rows until its client has them. So there may be
 * only so many at once, their rows may take only so much, and one whose client takes nothing of it
 * ends as a result of Spark's does.
 */
public final class GatewayAnswers {

  /** More than clients fetch at once that read what they ask for. */
  private static final int MOST = 256;

  private static final int MOST_OF_ONE_USER = 64;

  /** As {@link AnswerRows} counts them: the columns of 5,000 tables, some times. */
  private static final long MOST_BYTES = 256L << 20;

  /** A quarter, so that two or three users do not leave the others without. */
  private static final long MOST_BYTES_OF_ONE_USER = 64L << 20;

  private final Duration clientStall;
  private final Executor work;
  private final InstantSource clock;
  private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
  private final Shares places = new Shares(MOST, MOST_OF_ONE_USER);
  private final Shares bytes = new Shares(MOST_BYTES, MOST_BYTES_OF_ONE_USER);

  /**
   * @param clientStall how long a client may take nothing of an answer while there is more
   * @param work runs short steps that never block
   */
  public GatewayAnswers(Duration clientStall, Executor work, InstantSource clock) {
    this.clientStall = clientStall;
    this.work = work;
    this.clock = clock;
  }

  /**
   * Returns an answer under the limits, for one subscriber. It is made once there is room for it,
   * and no further once the subscriber has canceled it.
   *
   * @param blocking runs what waits for the catalog
   * @param answer is given where its rows go; what it throws, the subscriber gets
   * @throws SluiceException {@code QUEUE_FULL} if there are too many
   */
  public Flow.Publisher<ResultMessage> limited(
      Principal principal,
      Executor blocking,
      Function<AnswerRows, Flow.Publisher<ResultMessage>> answer) {
    Delivery delivery = new Delivery(enter(principal));
    deliveries.add(delivery);
    try {
      blocking.execute(() -> delivery.make(answer));
    } catch (RejectedExecutionException overloaded) {
      delivery.canceledByClient();
      throw overloaded;
    }
    return delivery.relay;
  }

  /** Ends the answers that have passed a limit; to be called every so often. */
  public void enforceLimits() {
    deliveries.forEach(Delivery::enforceLimit);
  }

  /** Returns how many answers are being fetched. */
  public int size() {
    return Math.toIntExact(places.taken());
  }

  /**
   * Takes a place for an answer that is sent as a whole, before its rows are made.
   *
   * @return is to be closed
   * @throws SluiceException {@code QUEUE_FULL}
   */
  public AnswerRows enter(Principal principal) {
    String user = principal.name();
    places.take(
        user,
        1,
        "lists of catalogs, tables and the like that were not fetched to their end",
        "Fetch or cancel one first.");
    return new AnswerRows(user, bytes, MOST_BYTES_OF_ONE_USER, () -> places.giveBack(user, 1));
  }

  /** Returns about how many bytes the rows take that are held. */
  public long heldBytes() {
    return bytes.taken();
  }

  private final class Delivery implements ResultRelay.Listener {
    private final AnswerRows rows;
    private final ResultRelay relay = new ResultRelay(work, this, clock);
    private final AtomicBoolean ended = new AtomicBoolean();

    Delivery(AnswerRows rows) {
      this.rows = rows;
    }

    void make(Function<AnswerRows, Flow.Publisher<ResultMessage>> answer) {
      try {
        answer.apply(rows).subscribe(relay.source());
      } catch (RuntimeException | Error failure) {
        failed(failure);
      }
    }

    void enforceLimit() {
      relay
          .stalledSince()
          .filter(since -> !since.plus(clientStall).isAfter(clock.instant()))
          .ifPresent(
              since ->
                  end(
                      ClientStall.error(
                          "Its client took nothing of the answer for "
                              + StatementLimits.words(clientStall)
                              + ", so it was ended. Ask again, and fetch it as soon as it is"
                              + " there.")));
    }

    @Override
    public void subscribed() {}

    /** Lists are as long as the catalog makes them. */
    @Override
    public boolean admits(long rows, long bytes) {
      return true;
    }

    @Override
    public void completed() {
      end(null);
    }

    @Override
    public void failed(Throwable failure) {
      end(Failures.refusal(failure, StatementId.random()));
    }

    @Override
    public void canceledByClient() {
      end(new SluiceException(ErrorCode.OPERATION_CANCELED, "The client ended the answer."));
    }

    private void end(@Nullable SluiceException failure) {
      if (ended.compareAndSet(false, true)) {
        deliveries.remove(this);
        rows.close();
        relay.end(failure);
      }
    }
  }
}
