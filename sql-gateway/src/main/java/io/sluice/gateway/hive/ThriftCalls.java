package io.sluice.gateway.hive;

import io.netty.buffer.ByteBuf;
import io.sluice.model.SluiceException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TGetQueryIdReq;
import org.apache.hive.service.rpc.thrift.TGetQueryIdResp;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TType;

/** Messages in, messages out: a call is read, answered and its reply written. */
final class ThriftCalls {

  /** The field of a result that holds what a call returns. */
  private static final TField SUCCESS = new TField("success", TType.STRUCT, (short) 0);

  private static final String QUERY_ID = "GetQueryId";

  private final CallTable calls;
  private final HiveService service;
  private final int longestMessage;

  /**
   * @param longestMessage bytes; longer ones were refused before
   */
  ThriftCalls(CallTable calls, HiveService service, int longestMessage) {
    this.calls = calls;
    this.service = service;
    this.longestMessage = longestMessage;
  }

  /**
   * Answers one message; never blocks and never fails. What {@link MessageScanner} has not seen is
   * not to be given.
   */
  CompletableFuture<ByteBuf> answer(HiveClient client, byte[] message) {
    TMessage envelope = new TMessage("", TMessageType.EXCEPTION, 0);
    Supplier<CompletableFuture<? extends TBase<?, ?>>> call;
    try {
      TProtocol protocol = new RequestProtocol(message, longestMessage);
      envelope = protocol.readMessageBegin();
      call = read(client, envelope, protocol);
    } catch (TApplicationException unknown) {
      return CompletableFuture.completedFuture(exception(envelope, unknown));
    } catch (TException | RuntimeException | StackOverflowError malformed) {
      SluiceException refusal =
          malformed instanceof SluiceException known
              ? known
              : MessageScanner.malformed("its values are not those of the call");
      return CompletableFuture.completedFuture(
          exception(
              envelope,
              new TApplicationException(
                  TApplicationException.PROTOCOL_ERROR, refusal.clientText(null))));
    }
    TMessage named = envelope;
    return call.get()
        .<ByteBuf>thenApply(reply -> reply(named, reply))
        .exceptionally(
            failure ->
                exception(
                    named,
                    new TApplicationException(
                        TApplicationException.INTERNAL_ERROR, HiveErrors.told(failure).text())));
  }

  private Supplier<CompletableFuture<? extends TBase<?, ?>>> read(
      HiveClient client, TMessage envelope, TProtocol protocol) throws TException {
    if (envelope.name.equals(QUERY_ID)) {
      // Its reply has no status, so that a failure is an exception of Thrift's.
      TCLIService.GetQueryId_args arguments = new TCLIService.GetQueryId_args();
      arguments.read(protocol);
      TGetQueryIdReq request = CallTable.given(arguments.getReq());
      return () -> queryId(client, request);
    }
    Optional<CallTable.Call<?, ?, ?>> call = calls.find(envelope.name);
    if (call.isEmpty()) {
      throw new TApplicationException(
          TApplicationException.UNKNOWN_METHOD,
          "The call [" + shortened(envelope.name) + "] is not served.");
    }
    return call.get().read(client, protocol);
  }

  private CompletableFuture<TGetQueryIdResp> queryId(HiveClient client, TGetQueryIdReq request) {
    try {
      return service.getQueryId(client, request);
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private static String shortened(String name) {
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }

  private static ByteBuf reply(TMessage call, TBase<?, ?> value) {
    ReplyBuffer out = new ReplyBuffer();
    TBinaryProtocol protocol = new TBinaryProtocol(out);
    try {
      protocol.writeMessageBegin(new TMessage(call.name, TMessageType.REPLY, call.seqid));
      protocol.writeFieldBegin(SUCCESS);
      value.write(protocol);
      protocol.writeFieldStop();
      protocol.writeMessageEnd();
    } catch (TException incomplete) {
      throw new IllegalStateException("a reply lacks a value", incomplete);
    }
    return out.toByteBuf();
  }

  /** Returns a reply that says what is wrong where there is no call to answer. */
  static ByteBuf exception(TMessage call, TApplicationException failure) {
    ReplyBuffer out = new ReplyBuffer();
    TBinaryProtocol protocol = new TBinaryProtocol(out);
    try {
      protocol.writeMessageBegin(new TMessage(call.name, TMessageType.EXCEPTION, call.seqid));
      failure.write(protocol);
      protocol.writeMessageEnd();
    } catch (TException impossible) {
      throw new IllegalStateException("an exception is always complete", impossible);
    }
    return out.toByteBuf();
  }
}
