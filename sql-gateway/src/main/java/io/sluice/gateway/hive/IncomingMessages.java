package io.sluice.gateway.hive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.model.SluiceException;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one connection, out of its bytes. SASL's frames cut these wherever they like: one
 * may hold a part of a message, or several. What has come of a message is held within the memory
 * that all connections share. Used on the channel's event loop.
 */
final class IncomingMessages {

  private static final int LENGTH = 4;

  private final MessageMemory.Share memory;
  private @Nullable ByteBuf come;
  private @Nullable MessageScanner scanner;

  /** How much of a frame has not come. */
  private int left;

  IncomingMessages(MessageMemory.Share memory) {
    this.memory = memory;
  }

  /**
   * Reads on to the end of a message, whose memory is held until {@link #answered}.
   *
   * @param in what has come since; read as far as it is needed
   * @param framed whether it comes in frames
   * @param longest bytes of a message, and of a frame
   * @return the message; null if more of it has to come
   * @throws SluiceException {@code STATEMENT_TOO_LARGE}, {@code PROTOCOL_VIOLATION}, {@code
   *     QUEUE_FULL}
   */
  byte @Nullable [] next(
      ByteBuf in, boolean framed, int longest, HiveClient client, ByteBufAllocator allocator) {
    while (true) {
      byte[] message = come == null ? null : message(come, longest);
      if (message != null || !in.isReadable()) {
        return message;
      }
      if (framed && left == 0) {
        if (in.readableBytes() < LENGTH) {
          return null;
        }
        left = frame(in.readInt(), longest);
        memory.atLeast(client, waiting());
      } else if (framed) {
        int count = Math.min(left, in.readableBytes());
        add(in, count, allocator);
        left -= count;
      } else {
        memory.atLeast(client, waiting() + in.readableBytes());
        add(in, in.readableBytes(), allocator);
      }
    }
  }

  private static int frame(int length, int longest) {
    if (length < 0 || length > longest) {
      throw MessageScanner.tooLong(longest);
    }
    return length;
  }

  private void add(ByteBuf in, int count, ByteBufAllocator allocator) {
    ByteBuf all = come;
    if (all == null) {
      all = allocator.buffer(count);
      come = all;
    }
    all.writeBytes(in, count);
  }

  private byte @Nullable [] message(ByteBuf all, int longest) {
    MessageScanner current = scanner;
    if (current == null) {
      current = new MessageScanner(longest);
      scanner = current;
    }
    if (!current.scan(all)) {
      return null;
    }
    byte[] message = ByteBufUtil.getBytes(all.readSlice(current.length()));
    scanner = null;
    if (all.isReadable()) {
      all.discardReadBytes();
    } else {
      release();
    }
    return message;
  }

  /** Returns whether some of a message, or of a frame, has come. */
  boolean isBegun() {
    return come != null || left > 0;
  }

  /** Returns how many bytes have come or been announced of what was not read as a message. */
  private long waiting() {
    return left + (come == null ? 0L : come.readableBytes());
  }

  /** The message is answered; what has come after it is still held. */
  void answered() {
    memory.atMost(waiting());
  }

  /** Forgets all. */
  void close() {
    release();
    left = 0;
    memory.atMost(0);
  }

  private void release() {
    if (come != null) {
      come.release();
      come = null;
    }
  }
}
