package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.sluice.gateway.flight.SessionHandles.Promise;
import io.sluice.gateway.flight.SessionHandles.Renewed;
import io.sluice.gateway.session.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.PollInfo;

/**
 * PollFlightInfo: the first poll sets the statement running, for as long as it is polled, and each
 * further one waits a moment for its first rows. While there are none, the answer has no endpoint
 * but says how far Spark has come; then it has one, whose fetch carries on with the same run.
 */
final class ResultPolls {

  /** How long a poll waits for news. */
  private static final Duration WAIT = Duration.ofMillis(500);

  private final HandleRegistry handles;
  private final HeadStarts headStarts;
  private final ScheduledExecutorService timer;
  private final Executor calls;

  /**
   * @param timer ends a poll's wait
   * @param calls answers a poll that has waited long enough
   */
  ResultPolls(
      HandleRegistry handles,
      HeadStarts headStarts,
      ScheduledExecutorService timer,
      Executor calls) {
    this.handles = handles;
    this.headStarts = headStarts;
    this.timer = timer;
    this.calls = calls;
  }

  CompletableFuture<PollInfo> poll(Session session, FlightDescriptor descriptor) {
    return FlightCommandDecoder.decode(descriptor)
        .accept(
            new FlightCommand.Visitor<>() {
              @Override
              public CompletableFuture<PollInfo> query(FlightCommand.Query command) {
                return headStarts
                    .begin(session, command.sql())
                    .thenCompose(handle -> look(session, descriptor, handle));
              }

              @Override
              public CompletableFuture<PollInfo> preparedQuery(
                  FlightCommand.PreparedQuery command) {
                return look(
                    session,
                    descriptor,
                    headStarts.begin(session, handles.of(session).prepared(command.handle())));
              }

              /** The descriptor of a poll before. */
              @Override
              public CompletableFuture<PollInfo> result(FlightCommand.Result command) {
                return look(session, descriptor, command.handle());
              }

              /** Answered without running anything, so there is nothing to wait for. */
              @Override
              public CompletableFuture<PollInfo> metadata(FlightCommand.Metadata command) {
                FlightInfo info =
                    FlightInfos.fetchable(
                        descriptor, command.request().schema(), descriptor.getCmd());
                return CompletableFuture.completedFuture(done(info));
              }
            });
  }

  /**
   * Each answer has a ticket that ends later, so that a client can poll for as long as it likes. It
   * lasts longer when there is something to fetch.
   */
  private CompletableFuture<PollInfo> look(
      Session session, FlightDescriptor descriptor, ByteString before) {
    Promise promise = handles.of(session).promised(before);
    ByteString handle = handles.of(session).polled(before).ticket();
    StartedResult started = promise.started().orElse(null);
    if (started == null) {
      return CompletableFuture.completedFuture(done(fetchable(descriptor, promise, handle)));
    }
    return readyInTime(started)
        .handle(
            (ready, failure) -> {
              if (failure != null) {
                throw FlightErrors.status(failure, started.statement().id());
              }
              Renewed last = handles.of(session).polled(handle);
              return ready
                  ? done(fetchable(descriptor, promise, last.ticket()))
                  : pending(promise, started, last);
            });
  }

  /** Waits for a moment; false when there is nothing to fetch yet. */
  private CompletableFuture<Boolean> readyInTime(StartedResult started) {
    CompletableFuture<Boolean> ready = started.ready();
    if (!ready.isDone()) {
      ScheduledFuture<?> wait =
          timer.schedule(
              () -> calls.execute(() -> ready.complete(false)),
              WAIT.toMillis(),
              TimeUnit.MILLISECONDS);
      ready.whenComplete((there, failure) -> wait.cancel(false));
    }
    return ready;
  }

  private static FlightInfo fetchable(
      FlightDescriptor descriptor, Promise promise, ByteString handle) {
    return FlightInfos.fetchable(descriptor, promise.schema(), FlightInfos.ticket(handle));
  }

  private static PollInfo done(FlightInfo info) {
    return PollInfo.newBuilder().setInfo(info).setProgress(1).build();
  }

  /**
   * The descriptor of the next poll stands in the info too, which is all that a client sends who
   * cancels.
   */
  private static PollInfo pending(Promise promise, StartedResult started, Renewed last) {
    FlightDescriptor next =
        FlightDescriptor.newBuilder()
            .setType(FlightDescriptor.DescriptorType.CMD)
            .setCmd(FlightInfos.ticket(last.ticket()))
            .build();
    FlightInfo.Builder info = FlightInfos.pending(next, promise.schema()).toBuilder();
    started
        .statement()
        .place()
        .ifPresent(place -> info.setAppMetadata(ByteString.copyFromUtf8(place.words())));
    PollInfo.Builder poll =
        PollInfo.newBuilder()
            .setInfo(info)
            .setFlightDescriptor(next)
            .setExpirationTime(Timestamp.newBuilder().setSeconds(last.expiry().getEpochSecond()));
    started.statement().progress().ifPresent(poll::setProgress);
    return poll.build();
  }
}
