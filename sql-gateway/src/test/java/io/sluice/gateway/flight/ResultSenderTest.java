package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.sluice.gateway.statement.ClientStall;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a result ends for a client that reads, and for one that does not. */
class ResultSenderTest {

  private final Client client = new Client();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

  {
    timer.setRemoveOnCancelPolicy(true);
  }

  @Test
  void theStreamOfAClientThatStalledIsReset() {
    fail(ClientStall.error("took nothing").ofStatement(StatementId.random()));
    assertThat(client.errors).isEmpty();
    assertThat(client.frames).hasSize(1).allMatch(frame -> frame.reset() != null);
  }

  @Test
  void aClientWhoseStreamHasRoomIsToldThatItStalled() {
    client.ready = true;
    fail(ClientStall.error("took nothing"));
    assertThat(client.frames).isEmpty();
    assertThat(client.errors).singleElement().asString().contains("took nothing");
  }

  @Test
  void aClientThatReadsIsToldOfEveryOtherEndHoweverFullItsStreamIs() {
    fail(new SluiceException(ErrorCode.STATEMENT_TIMEOUT, "ran for 24 h"));
    assertThat(client.errors).isEmpty();
    client.ready = true;
    client.whenReady.run();
    assertThat(client.frames).isEmpty();
    assertThat(client.errors)
        .singleElement()
        .satisfies(
            error ->
                assertThat(Status.fromThrowable(error).getCode())
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED))
        .asString()
        .contains("[STATEMENT_TIMEOUT] ran for 24 h");
  }

  @Test
  void theEndWaitsUntilTheClientHasTakenNearlyAllBeforeIt() {
    send(Flow.Subscriber::onComplete);
    assertThat(client.frames).hasSize(1);
    assertThat(client.completions).isZero();
    assertThat(client.threshold).isEqualTo(StreamEnd.MOST_LEFT);
    // gRPC says so now and then when it was so a while ago.
    client.whenReady.run();
    assertThat(client.completions).isZero();
    client.ready = true;
    client.whenReady.run();
    client.whenReady.run();
    assertThat(client.completions).isEqualTo(1);
    assertThat(timer.getQueue()).isEmpty();
    assertThat(client.frames).noneMatch(frame -> frame.reset() != null);
  }

  @Test
  void anEndThatNobodyComesForResetsTheStream() {
    for (SluiceException failure :
        List.of(
            new SluiceException(ErrorCode.STATEMENT_TIMEOUT, "ran for 24 h"),
            new SluiceException(ErrorCode.SESSION_CLOSED, "closed"))) {
      send(subscriber -> subscriber.onError(failure));
    }
    send(Flow.Subscriber::onComplete);
    assertThat(timer.getQueue()).hasSize(3);
    List.copyOf(timer.getQueue()).forEach(Runnable::run);
    assertThat(client.frames).filteredOn(frame -> frame.reset() != null).hasSize(3);
    client.ready = true;
    client.whenReady.run();
    assertThat(client.errors).isEmpty();
    assertThat(client.completions).isZero();
  }

  @Test
  void nothingWaitsForAClientThatHasGone() {
    send(Flow.Subscriber::onComplete);
    assertThat(timer.getQueue()).hasSize(1);
    client.canceled = true;
    client.whenCanceled.run();
    assertThat(timer.getQueue()).isEmpty();
    send(Flow.Subscriber::onComplete);
    assertThat(timer.getQueue()).isEmpty();
  }

  private void fail(SluiceException failure) {
    send(subscriber -> subscriber.onError(failure));
  }

  private void send(Consumer<Flow.Subscriber<? super ResultMessage>> result) {
    StreamEnd end =
        new StreamEnd(
            client,
            bytes -> client.threshold = bytes,
            new StallTimer(timer, Runnable::run, Duration.ofMinutes(5)),
            new UntakenResults(1 << 20));
    ResultSender sender = new ResultSender(client, end, 1 << 20);
    sender.send("ann", result::accept, new ResultSender.Advertised(Batches.NUMBERS, false, null));
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  /** Keeps what it is sent. */
  private static final class Client extends ServerCallStreamObserver<FlightFrame> {
    final List<FlightFrame> frames = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    Runnable whenReady = () -> {};
    Runnable whenCanceled = () -> {};
    int completions;
    int threshold;
    boolean ready;
    boolean canceled;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void onNext(FlightFrame frame) {
      frames.add(frame);
    }

    @Override
    public void onError(Throwable failure) {
      errors.add(failure);
    }

    @Override
    public void onCompleted() {
      completions++;
    }

    @Override
    public boolean isCancelled() {
      return canceled;
    }

    @Override
    public void setOnReadyThreshold(int bytes) {
      threshold = bytes;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      whenCanceled = handler;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      whenReady = handler;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}
  }
}
