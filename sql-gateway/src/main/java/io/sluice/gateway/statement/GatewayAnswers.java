package io.sluice.gateway.statement;

import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers of the gateway's own that clients are fetching: lists of catalogs and tables, SHOW,
 * DESCRIBE. They take no permit, but each holds its rows until its client has them. So there may be
 * only so many at once, and one whose client takes nothing of it ends as a result of Spark's does.
 */
public final class GatewayAnswers {

  /** More than clients fetch at once that read what they ask for. */
  private static final int MOST = 256;

  private static final int MOST_OF_ONE_USER = 64;

  private final Duration clientStall;
  private final Executor work;
  private final InstantSource clock;
  private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
  private final Shares places = new Shares(MOST, MOST_OF_ONE_USER);

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
   * Returns an answer under the limits, for one subscriber.
   *
   * @throws SluiceException {@code QUEUE_FULL} if there are too many
   */
  public Flow.Publisher<ResultMessage> limited(
      Principal principal, Flow.Publisher<ResultMessage> answer) {
    return limited(principal, () -> answer);
  }

  /**
   * Returns an answer under the limits, for one subscriber; it is made once there is room for it.
   *
   * @throws SluiceException {@code QUEUE_FULL} if there are too many
   */
  public Flow.Publisher<ResultMessage> limited(
      Principal principal, Supplier<Flow.Publisher<ResultMessage>> answer) {
    Runnable leave = enter(principal);
    Flow.Publisher<ResultMessage> made;
    try {
      made = answer.get();
    } catch (RuntimeException | Error failed) {
      leave.run();
      throw failed;
    }
    Delivery delivery = new Delivery(leave);
    deliveries.add(delivery);
    made.subscribe(delivery.relay.source());
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
   * Takes a place for an answer that is sent as a whole.
   *
   * @return gives it back; to be run once
   * @throws SluiceException {@code QUEUE_FULL}
   */
  public Runnable enter(Principal principal) {
    String user = principal.name();
    Optional<Shares.Full> full = places.take(user, 1);
    if (full.isPresent()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          full.get() == Shares.Full.OF_USER
              ? "User ["
                  + user
                  + "] has "
                  + MOST_OF_ONE_USER
                  + " lists of catalogs, tables and the like that were not fetched to their end,"
                  + " the most that are allowed. Fetch or cancel one first."
              : "The gateway sends as many lists of catalogs, tables and the like as it can. Try"
                  + " again later.");
    }
    return () -> places.giveBack(user, 1);
  }

  private final class Delivery implements ResultRelay.Listener {
    private final Runnable leave;
    private final ResultRelay relay = new ResultRelay(work, this, clock);
    private final AtomicBoolean ended = new AtomicBoolean();

    Delivery(Runnable leave) {
      this.leave = leave;
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
        leave.run();
        relay.end(failure);
      }
    }
  }
}
