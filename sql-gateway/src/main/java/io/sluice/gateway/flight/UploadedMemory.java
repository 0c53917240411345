package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OwnershipTransferResult;
import org.apache.arrow.memory.ReferenceManager;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * A client's bytes as an Arrow buffer that nobody counts references to. Arrow's reader forgets
 * slices that it has made when it meets damaged bytes; here that loses nothing, because the memory
 * is the garbage collector's. Vectors over it must be closed before it is.
 */
final class UploadedMemory implements ReferenceManager, AutoCloseable {

  private final ByteBuffer memory;
  private final BufferAllocator allocator;
  private final ArrowBuf buffer;

  UploadedMemory(ByteString bytes, BufferAllocator allocator) {
    this.memory = ByteBuffer.allocateDirect(Math.max(1, bytes.size()));
    bytes.copyTo(memory);
    this.allocator = allocator;
    this.buffer = new ArrowBuf(this, null, bytes.size(), MemoryUtil.getByteBufferAddress(memory));
  }

  ArrowBuf buffer() {
    return buffer;
  }

  /** Ends the time for which the memory is kept. */
  @Override
  public void close() {
    Reference.reachabilityFence(memory);
  }

  @Override
  public int getRefCount() {
    return 1;
  }

  @Override
  public boolean release() {
    return false;
  }

  @Override
  public boolean release(int decrement) {
    return false;
  }

  @Override
  public void retain() {}

  @Override
  public void retain(int increment) {}

  @Override
  public ArrowBuf retain(ArrowBuf source, BufferAllocator target) {
    return source;
  }

  @Override
  public ArrowBuf deriveBuffer(ArrowBuf source, long index, long length) {
    return new ArrowBuf(this, null, length, source.memoryAddress() + index);
  }

  @Override
  public OwnershipTransferResult transferOwnership(ArrowBuf source, BufferAllocator target) {
    throw new UnsupportedOperationException("a client's bytes stay where they are");
  }

  @Override
  public BufferAllocator getAllocator() {
    return allocator;
  }

  @Override
  public long getSize() {
    return memory.capacity();
  }

  @Override
  public long getAccountedSize() {
    return 0;
  }
}
