package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.statement.ClientStall;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Sends one result to one client at the client's pace. A message is requested only while gRPC's
 * buffers take more, and one at a time, so that what the gateway holds of a result is what waits in
 * those buffers and one batch. Two threads meet here: the publisher's, in the {@code on…} methods,
 * and gRPC's, in {@link #pump} and {@link #canceled}; they share the atomics alone.
 */
final class ResultSender implements Flow.Subscriber<ResultMessage> {

  private final ServerCallStreamObserver<FlightFrame> client;
  private final StreamEnd end;
  private final int readyBytes;

  /** Set while a message that was requested has not come. */
  private final AtomicBoolean requested = new AtomicBoolean();

  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean gone;

  // Written before subscribing, then used by the publisher's thread alone.
  private @Nullable Advertised advertised;
  private String user = "";
  private long sentBytes;
  private long lastBytes;
  private boolean schemaSent;
  private boolean ended;

  /** Takes over a call; to be made before the service method returns to gRPC. */
  ResultSender(ServerCallStreamObserver<FlightFrame> client, StreamEnd end, int readyBytes) {
    this.client = client;
    this.end = end;
    this.readyBytes = readyBytes;
    client.setOnReadyThreshold(readyBytes);
    client.setOnCancelHandler(this::canceled);
    client.setOnReadyHandler(this::ready);
  }

  /** Sends a user's result under the schema that was advertised for it. */
  void send(String of, Flow.Publisher<ResultMessage> result, Advertised schema) {
    this.user = of;
    this.advertised = schema;
    result.subscribe(this);
  }

  /** Ends the call with an error before any result. */
  void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      client.onError(FlightErrors.status(failure, null));
    }
  }

  /** Returns whether the client has gone away. */
  boolean isGone() {
    return gone;
  }

  @Override
  public void onSubscribe(Flow.Subscription next) {
    subscription = next;
    if (gone) {
      next.cancel();
    } else {
      pump();
    }
  }

  @Override
  public void onNext(ResultMessage message) {
    if (ended) {
      return;
    }
    try {
      if (message instanceof SchemaMessage schema) {
        sendSchema(schema);
      } else if (message instanceof BatchMessage batch) {
        sendBatch(batch);
      }
    } catch (RuntimeException e) {
      cancelUpstream();
      onError(e);
      return;
    }
    requested.set(false);
    pump();
  }

  /**
   * An error waits behind what was sent before it. A client that has long taken nothing would keep
   * that in memory for as long as its connection lasts, so its stream is reset.
   */
  @Override
  public void onError(Throwable failure) {
    if (!ended) {
      ended = true;
      StatusRuntimeException status = FlightErrors.status(failure, current().statement());
      if (ClientStall.isCauseOf(failure) && !client.isReady()) {
        end.reset(status.getStatus());
      } else {
        end.end(status, user, mostLeft());
      }
    }
  }

  @Override
  public void onComplete() {
    if (!ended) {
      ended = true;
      if (!schemaSent) {
        send(current().header(), ByteString.EMPTY);
      }
      end.end(null, user, mostLeft());
    }
  }

  /** The last message was asked for while less than that threshold waited. */
  private long mostLeft() {
    return Math.min(sentBytes, readyBytes + lastBytes);
  }

  private void send(ByteString header, ByteString body) {
    lastBytes = (long) header.size() + body.size();
    sentBytes += lastBytes;
    client.onNext(new FlightFrame(header, body));
  }

  private void ready() {
    end.ready();
    pump();
  }

  /** Asks for one more message, if the client takes one and none is on its way. */
  private void pump() {
    Flow.Subscription upstream = subscription;
    if (upstream != null
        && !gone
        && !end.hasBegun()
        && client.isReady()
        && requested.compareAndSet(false, true)) {
      upstream.request(1);
    }
  }

  private void canceled() {
    gone = true;
    end.ready();
    cancelUpstream();
  }

  private void cancelUpstream() {
    Flow.Subscription upstream = subscription;
    if (upstream != null) {
      upstream.cancel();
    }
  }

  private void sendSchema(SchemaMessage message) {
    if (!SchemaAgreement.agree(current().schema(), ArrowEncoder.read(message))) {
      throw current().disagreement();
    }
    if (!schemaSent) {
      schemaSent = true;
      send(current().header(), ByteString.EMPTY);
    }
  }

  private void sendBatch(BatchMessage batch) {
    if (!schemaSent) {
      throw new IllegalStateException("a batch came before the schema");
    }
    // Old clients take an empty batch for the end of the stream.
    if (batch.rows() > 0) {
      send(batch.header(), batch.body());
    }
  }

  private Advertised current() {
    Advertised schema = advertised;
    if (schema == null) {
      throw new IllegalStateException("nothing was sent yet");
    }
    return schema;
  }

  /**
   * What the client was told of a result.
   *
   * @param schema goes out in place of the stream's own, whose types must be the same
   * @param parameters whether values that the client chose could make the types differ
   * @param statement for error texts; null for an answer that is no statement's
   */
  record Advertised(Schema schema, boolean parameters, @Nullable StatementId statement) {

    ByteString header() {
      return ArrowEncoder.schema(schema).header();
    }

    RuntimeException disagreement() {
      return parameters
          ? new SluiceException(
              ErrorCode.INVALID_PARAMETER,
              "The types of the parameters change the types of the result; write CAST(? AS type)"
                  + " for each of them")
          : new SluiceException(
              ErrorCode.INVALID_HANDLE,
              "The result has other types than when the statement was prepared: a table or the"
                  + " session has changed since. Prepare the statement again");
    }
  }
}
