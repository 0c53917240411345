package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.sluice.gateway.statement.ClientStall;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a result ends for a client that reads, and for one that does not. */
class ResultSenderTest {

  private final Client client = new Client();

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

  private void fail(SluiceException failure) {
    ResultSender sender = new ResultSender(client, 1);
    sender.send(
        subscriber -> subscriber.onError(failure),
        new ResultSender.Advertised(Batches.NUMBERS, false, null));
  }

  /** Keeps what it is sent. */
  private static final class Client extends ServerCallStreamObserver<FlightFrame> {
    final List<FlightFrame> frames = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    boolean ready;

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
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnReadyThreshold(int bytes) {}

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

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
