package io.sluice.gateway.hive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sluice.gateway.http.Newcomers;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.jspecify.annotations.Nullable;

/**
 * One connection: with SASL PLAIN, whose negotiation and frames are those of Thrift's
 * TSaslTransport (a status byte or none, four bytes of length, the content), or without, message
 * upon message. The first byte tells which.
 *
 * <p>One message is answered at a time, in order. An idle connection is a channel and this object.
 * What a client may hold up is bounded: so many bytes of a message and of all messages, so long for
 * the login and for a message once begun, so long to take a reply. Everything here runs on the
 * channel's event loop.
 */
final class ThriftConnection extends ByteToMessageDecoder {

  private static final int SASL_START = 1;
  private static final int SASL_OK = 2;
  private static final int SASL_BAD = 3;
  private static final int SASL_COMPLETE = 5;
  private static final int STRICT_BINARY = 0x80;
  private static final String MECHANISM = "PLAIN";

  private static final int LENGTH = 4;

  /** Mechanism, user and password. */
  private static final int LONGEST_LOGIN = 4096;

  /** What OpenSession never exceeds, and all that is read of whoever has not opened a session. */
  private static final int LONGEST_UNKNOWN = 1 << 16;

  /** How much is read ahead of the answers. Not nothing, as reading tells that a peer is gone. */
  private static final int MOST_AHEAD = 4 << 10;

  private enum Phase {
    FIRST_BYTE,
    MECHANISM,
    CREDENTIALS,
    FRAMES,
    MESSAGES,
    ENDED
  }

  private final ThriftCalls calls;
  private final HiveService service;
  private final Authenticator authenticator;
  private final Executor work;
  private final ConnectionLimits limits;
  private final IncomingMessages incoming;
  private Phase phase = Phase.FIRST_BYTE;
  private boolean busy;
  private HiveClient client = HiveClient.unknown("");

  /** For the login, or a session where there is none. */
  private @Nullable Future<?> loginDeadline;

  /** For a message once begun, or a reply. */
  private @Nullable Future<?> deadline;

  ThriftConnection(
      ThriftCalls calls,
      HiveService service,
      Authenticator authenticator,
      Executor work,
      ConnectionLimits limits,
      MessageMemory memory) {
    this.calls = calls;
    this.service = service;
    this.authenticator = authenticator;
    this.work = work;
    this.limits = limits;
    this.incoming = new IncomingMessages(memory.new Share());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    client = HiveClient.unknown(address(context));
    loginDeadline = closing(context, limits.login());
    super.channelActive(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    phase = Phase.ENDED;
    calm();
    known(context);
    if (!busy) {
      incoming.close();
    }
    service.disconnected(client);
    super.channelInactive(context);
  }

  /** Reads on only as far as auto-read does: the decoder of Netty would in any case. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    discardSomeReadBytes();
    context.fireChannelReadComplete();
  }

  /** A connection that breaks is no news; the channel is closed, and with it all that it opened. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    context.close();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    try {
      boolean understood = true;
      while (understood && !busy && phase != Phase.ENDED) {
        understood = step(context, in);
      }
    } catch (SluiceException refusal) {
      refuse(context, refusal);
    }
    if (phase == Phase.ENDED) {
      in.skipBytes(in.readableBytes());
    } else if (busy && in.readableBytes() > MOST_AHEAD) {
      // Whoever sends ahead of the answers waits; nothing is lost.
      context.channel().config().setAutoRead(false);
    }
  }

  private boolean step(ChannelHandlerContext context, ByteBuf in) {
    if (phase == Phase.FRAMES || phase == Phase.MESSAGES) {
      return message(context, in);
    }
    if (!in.isReadable()) {
      return false;
    }
    return switch (phase) {
      case FIRST_BYTE -> {
        int first = in.getUnsignedByte(in.readerIndex());
        if (first != SASL_START && first != STRICT_BINARY) {
          throw MessageScanner.malformed("it is neither a login by SASL nor a call");
        }
        phase = first == SASL_START ? Phase.MECHANISM : Phase.MESSAGES;
        yield true;
      }
      case MECHANISM -> mechanism(in);
      case CREDENTIALS -> credentials(context, in);
      case FRAMES, MESSAGES, ENDED -> false;
    };
  }

  private boolean mechanism(ByteBuf in) {
    ByteBuf content = negotiated(in, SASL_START);
    if (content == null) {
      return false;
    }
    String mechanism = content.toString(StandardCharsets.US_ASCII);
    if (!mechanism.equals(MECHANISM)) {
      throw new SluiceException(
          ErrorCode.UNAUTHENTICATED,
          "The server takes SASL PLAIN, a user and a password, and no other mechanism.");
    }
    phase = Phase.CREDENTIALS;
    return true;
  }

  /** RFC 4616: the name to act for, NUL, the user, NUL, the password. */
  private boolean credentials(ChannelHandlerContext context, ByteBuf in) {
    int status = in.getUnsignedByte(in.readerIndex());
    ByteBuf content = negotiated(in, status == SASL_OK ? SASL_OK : SASL_COMPLETE);
    if (content == null) {
      return false;
    }
    String[] parts = content.toString(StandardCharsets.UTF_8).split("\0", -1);
    if (parts.length != 3) {
      throw new SluiceException(
          ErrorCode.UNAUTHENTICATED, "The login is not a user and a password of SASL PLAIN.");
    }
    if (!parts[0].isEmpty() && !parts[0].equals(parts[1])) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "User [" + parts[1] + "] may not act for another user; log in as that user.");
    }
    busy = true;
    authenticator
        .authenticate(parts[1], parts[2], client.address())
        .whenComplete(
            (principal, failure) ->
                context.executor().execute(() -> loggedIn(context, principal, failure)));
    return true;
  }

  private void loggedIn(
      ChannelHandlerContext context, @Nullable Principal principal, @Nullable Throwable failure) {
    busy = false;
    if (phase == Phase.ENDED) {
      return;
    }
    if (principal == null || failure != null) {
      refuse(
          context,
          failure == null
              ? new SluiceException(ErrorCode.UNAUTHENTICATED, "The login failed.")
              : failure);
      return;
    }
    client = HiveClient.of(principal, client.address());
    phase = Phase.FRAMES;
    known(context);
    context.writeAndFlush(negotiation(SASL_COMPLETE, new byte[0]));
    goOn(context);
  }

  /** Returns one step of the negotiation; null until all of it is there. */
  private static @Nullable ByteBuf negotiated(ByteBuf in, int status) {
    if (in.getUnsignedByte(in.readerIndex()) != status) {
      throw MessageScanner.malformed("it is no step of a SASL login");
    }
    if (in.readableBytes() < 1 + LENGTH) {
      return null;
    }
    int length = in.getInt(in.readerIndex() + 1);
    if (length < 0 || length > LONGEST_LOGIN) {
      throw new SluiceException(
          ErrorCode.UNAUTHENTICATED,
          "A login has at most " + LONGEST_LOGIN + " bytes, user and password together.");
    }
    if (in.readableBytes() < 1 + LENGTH + length) {
      return null;
    }
    in.skipBytes(1 + LENGTH);
    return in.readSlice(length);
  }

  private boolean message(ChannelHandlerContext context, ByteBuf in) {
    int longest = limits.longestMessage();
    byte[] message =
        incoming.next(
            in,
            phase == Phase.FRAMES,
            client.principal().isPresent() ? longest : Math.min(longest, LONGEST_UNKNOWN),
            client,
            context.alloc());
    if (message == null) {
      if (in.isReadable() || incoming.isBegun()) {
        expectMessage(context);
      }
      return false;
    }
    answer(context, message);
    return true;
  }

  private void answer(ChannelHandlerContext context, byte[] message) {
    busy = true;
    calm();
    // Whatever it fails by, its memory is given back: an error of the JVM's, a full queue of work.
    CompletableFuture.completedFuture(message)
        .thenComposeAsync(come -> calls.answer(client, come), work)
        .whenComplete(
            (reply, failure) -> context.executor().execute(() -> send(context, reply, failure)));
  }

  private void send(
      ChannelHandlerContext context, @Nullable ByteBuf reply, @Nullable Throwable failure) {
    if (phase == Phase.ENDED || reply == null || failure != null) {
      incoming.close();
      context.close();
      return;
    }
    incoming.answered();
    if (client.principal().isPresent()) {
      known(context);
    }
    expect(context, limits.reply());
    context
        .writeAndFlush(phase == Phase.FRAMES ? framed(reply) : reply)
        .addListener(
            sent -> {
              busy = false;
              calm();
              goOn(context);
            });
  }

  /** Looks at what the client has sent meanwhile. */
  private void goOn(ChannelHandlerContext context) {
    if (phase == Phase.ENDED) {
      return;
    }
    context.channel().config().setAutoRead(true);
    try {
      if (internalBuffer().isReadable()) {
        channelRead(context, Unpooled.EMPTY_BUFFER);
      } else {
        // What was read may hold another message.
        decode(context, Unpooled.EMPTY_BUFFER, List.of());
      }
    } catch (Exception broken) {
      exceptionCaught(context, broken);
    }
  }

  /** Says what is wrong in the way that the client understands at this point, and hangs up. */
  private void refuse(ChannelHandlerContext context, Throwable failure) {
    String text = HiveErrors.told(failure).text();
    Phase told = phase;
    phase = Phase.ENDED;
    incoming.close();
    expect(context, limits.reply());
    ByteBuf exception =
        ThriftCalls.exception(
            new TMessage("", TMessageType.EXCEPTION, 0),
            new TApplicationException(TApplicationException.PROTOCOL_ERROR, text));
    ByteBuf answer =
        switch (told) {
          case MECHANISM, CREDENTIALS ->
              negotiation(SASL_BAD, text.getBytes(StandardCharsets.UTF_8));
          case FRAMES -> framed(exception);
          case FIRST_BYTE, MESSAGES, ENDED -> exception;
        };
    context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }

  private static ByteBuf negotiation(int status, byte[] content) {
    return Unpooled.buffer(1 + LENGTH + content.length)
        .writeByte(status)
        .writeInt(content.length)
        .writeBytes(content);
  }

  private static ByteBuf framed(ByteBuf message) {
    ByteBuf length = Unpooled.buffer(LENGTH).writeInt(message.readableBytes());
    return Unpooled.wrappedBuffer(length, message);
  }

  /** A message has begun. */
  private void expectMessage(ChannelHandlerContext context) {
    if (deadline == null) {
      expect(context, limits.message());
    }
  }

  private void expect(ChannelHandlerContext context, Duration longest) {
    calm();
    deadline = closing(context, longest);
  }

  private void calm() {
    cancel(deadline);
    deadline = null;
  }

  /** Who the peer is has become known, or does not matter any more. */
  private void known(ChannelHandlerContext context) {
    Newcomers.known(context.channel());
    cancel(loginDeadline);
    loginDeadline = null;
  }

  private static Future<?> closing(ChannelHandlerContext context, Duration longest) {
    return context
        .executor()
        .schedule((Runnable) context::close, longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void cancel(@Nullable Future<?> running) {
    if (running != null) {
      running.cancel(false);
    }
  }

  private static String address(ChannelHandlerContext context) {
    return context.channel().remoteAddress() instanceof InetSocketAddress remote
            && remote.getAddress() != null
        ? remote.getAddress().getHostAddress()
        : "";
  }
}
