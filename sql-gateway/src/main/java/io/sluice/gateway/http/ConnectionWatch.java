package io.sluice.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose peer stalls: one that takes nothing of what waits for it, or that sends
 * and never comes to the end of a request's head. It stands first in the pipeline, where bytes are
 * those of the socket, and looks every so often; all on the channel's event loop.
 */
final class ConnectionWatch extends ChannelInboundHandlerAdapter {

  private static final AttributeKey<Requests> REQUESTS =
      AttributeKey.valueOf(ConnectionWatch.class, "requests");

  private static final int LOOKS_PER_LIMIT = 8;

  private final long lookMillis;
  private final int stallLooks;
  private final int headLooks;
  private @Nullable ScheduledFuture<?> looks;

  private @Nullable Object message;
  private long progress;
  private long waiting;
  private int looksAtSame;

  private boolean sends;
  private int begunAtLastLook;
  private int looksWithoutRequest;

  /**
   * @param stall how long a peer may take nothing of what waits for it
   * @param head how long a peer that sends may take until a request of it begins
   */
  ConnectionWatch(Duration stall, Duration head) {
    long shorter = Math.min(stall.toMillis(), head.toMillis());
    this.lookMillis = Math.max(1, shorter / LOOKS_PER_LIMIT);
    this.stallLooks = Math.toIntExact(stall.toMillis() / lookMillis);
    this.headLooks = Math.toIntExact(head.toMillis() / lookMillis);
  }

  /** A request's head has come. */
  static void begun(Channel channel) {
    Requests requests = requests(channel);
    if (requests != null) {
      requests.begun.incrementAndGet();
      requests.open.incrementAndGet();
    }
  }

  /** All of a request and of its answer has gone its way. */
  static void done(Channel channel) {
    Requests requests = requests(channel);
    if (requests != null) {
      requests.open.decrementAndGet();
    }
  }

  private static @Nullable Requests requests(Channel channel) {
    return channel.attr(REQUESTS).get();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().attr(REQUESTS).set(new Requests());
    looks =
        context
            .executor()
            .scheduleWithFixedDelay(
                () -> look(context), lookMillis, lookMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    ScheduledFuture<?> running = looks;
    if (running != null) {
      running.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
    sends = true;
    super.channelRead(context, bytes);
  }

  private void look(ChannelHandlerContext context) {
    Requests requests = requests(context.channel());
    if (requests != null) {
      int begun = requests.begun.get();
      if (requests.open.get() > 0 || begun != begunAtLastLook) {
        sends = false;
      }
      begunAtLastLook = begun;
    }
    looksWithoutRequest = sends ? looksWithoutRequest + 1 : 0;
    looksAtSame = takesNothing(context.channel()) ? looksAtSame + 1 : 0;
    if (looksAtSame >= stallLooks) {
      // Past what would first say goodbye to a peer that does not listen.
      context.close();
    } else if (looksWithoutRequest >= headLooks) {
      context.channel().close();
    }
  }

  /** How many have begun, and how many of them are not done. */
  private static final class Requests {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
  }

  private boolean takesNothing(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long waitingNow = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    Object messageNow = buffer == null ? null : buffer.current();
    long progressNow = buffer == null ? 0 : buffer.currentProgress();
    boolean same =
        waitingNow > 0
            && messageNow != null
            && messageNow == message
            && progressNow == progress
            && waitingNow >= waiting;
    message = messageNow;
    progress = progressNow;
    waiting = waitingNow;
    return same;
  }
}
