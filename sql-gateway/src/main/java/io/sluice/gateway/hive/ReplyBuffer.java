package io.sluice.gateway.hive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TTransport;

/**
 * Where a reply is written: a growing array, in the byte order of Thrift's binary protocol. Rows
 * are written into it directly, everything else by Thrift's own classes.
 */
final class ReplyBuffer extends TTransport {

  private static final int SMALL = 512;

  private byte[] bytes;
  private int size;

  ReplyBuffer() {
    this(SMALL);
  }

  /**
   * @param expected about how many bytes will be written
   */
  ReplyBuffer(int expected) {
    bytes = new byte[Math.max(SMALL, expected)];
  }

  int size() {
    return size;
  }

  /** Returns what was written, without a copy; nothing is to be written afterwards. */
  ByteBuf toByteBuf() {
    return Unpooled.wrappedBuffer(bytes, 0, size);
  }

  void int8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void int16(int value) {
    room(2);
    bytes[size++] = (byte) (value >> 8);
    bytes[size++] = (byte) value;
  }

  void int32(int value) {
    room(4);
    put32(size, value);
    size += 4;
  }

  void int64(long value) {
    room(8);
    put32(size, (int) (value >> 32));
    put32(size + 4, (int) value);
    size += 8;
  }

  void float64(double value) {
    int64(Double.doubleToLongBits(value));
  }

  /** Writes a text or bytes with their length before them. */
  void binary(byte[] value) {
    int32(value.length);
    write(value, 0, value.length);
  }

  /** Makes room for so many bytes and returns where they begin in {@link #array}. */
  int claim(int count) {
    room(count);
    int start = size;
    size += count;
    return start;
  }

  byte[] array() {
    return bytes;
  }

  /** Overwrites four bytes that were written before. */
  void put32(int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }

  /** Holds no more than what was written, as is kept for long. */
  void trim() {
    bytes = Arrays.copyOf(bytes, size);
  }

  void append(ReplyBuffer other) {
    write(other.bytes, 0, other.size);
  }

  private void room(int more) {
    long needed = (long) size + more;
    if (needed > bytes.length) {
      long next = Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * bytes.length));
      if (next < needed) {
        throw new OutOfMemoryError("a reply of more than 2 GiB");
      }
      bytes = Arrays.copyOf(bytes, (int) next);
    }
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    room(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void open() {}

  @Override
  public void close() {}

  @Override
  public int read(byte[] target, int offset, int length) {
    throw new UnsupportedOperationException("replies are written");
  }

  @Override
  public TConfiguration getConfiguration() {
    return TConfiguration.DEFAULT;
  }

  @Override
  public void updateKnownMessageSize(long messageSize) {}

  @Override
  public void checkReadBytesAvailable(long count) {}
}
