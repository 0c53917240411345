package io.sluice.gateway.rest.spool;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One statement's result on disk, in parts that are read in any order.
 *
 * <p>It is written in blocks of {@value #BLOCK_BYTES} bytes, each encrypted and authenticated by
 * AES-256-GCM under a key of this file that lives in memory only. A block's number in the file is
 * its nonce, which is never used twice under one key, so blocks cannot be swapped either. Where a
 * part lies and how long it is stays in memory too, so a file that was cut is found out.
 *
 * <p>One thread at a time writes; many may read what was written; whoever closes may be any.
 */
public final class SpoolFile implements AutoCloseable {

  /** Of the content; on disk a block is longer by its tag. */
  static final int BLOCK_BYTES = 128 << 10;

  static final int KEY_BYTES = 32;
  static final int TAG_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final Logger log = LoggerFactory.getLogger(SpoolFile.class);

  /**
   * A part of the file.
   *
   * @param firstBlock its first block's number
   * @param position where that begins on disk
   * @param bytes of content
   */
  public record Part(long firstBlock, long position, long bytes) {

    /** Returns how many blocks it has. */
    public int blocks() {
      return Math.toIntExact((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    }
  }

  private final Spool spool;
  private final String user;
  private final Path path;

  private @Nullable SecretKeySpec key;
  private byte @Nullable [] buffer;
  private int buffered;
  private @Nullable FileChannel channel;
  private long position;
  private long block;
  private long partBlock;
  private long partPosition;
  private long partBytes;

  SpoolFile(Spool spool, String user, Path path, byte[] key) {
    this.spool = spool;
    this.user = user;
    this.path = path;
    this.key = new SecretKeySpec(key, "AES");
  }

  /**
   * Writes more of the part that is being written.
   *
   * @throws SluiceException {@code QUEUE_FULL} if there is no room; {@code INVALID_HANDLE} if the
   *     file was closed
   */
  public synchronized void write(byte[] bytes, int offset, int length) {
    key();
    int from = offset;
    int end = offset + length;
    while (from < end) {
      byte[] content = buffer == null ? new byte[BLOCK_BYTES] : buffer;
      buffer = content;
      int step = Math.min(end - from, BLOCK_BYTES - buffered);
      System.arraycopy(bytes, from, content, buffered, step);
      buffered += step;
      from += step;
      if (buffered == BLOCK_BYTES) {
        flush();
      }
    }
    partBytes += length;
  }

  /** Ends the part that is being written; another one begins. */
  public synchronized Part endPart() {
    flush();
    Part part = new Part(partBlock, partPosition, partBytes);
    partBlock = block;
    partPosition = position;
    partBytes = 0;
    return part;
  }

  /** Ends the writing. */
  public synchronized void finish() {
    flush();
    buffer = null;
    closeChannel();
  }

  /** Returns how many bytes of the part are written so far. */
  public synchronized long partBytes() {
    return partBytes;
  }

  private void flush() {
    byte[] content = buffer;
    if (buffered == 0 || content == null) {
      return;
    }
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key(), block, content, buffered);
    spool.reserve(user, sealed.length);
    try {
      FileChannel open = channel == null ? create() : channel;
      channel = open;
      ByteBuffer rest = ByteBuffer.wrap(sealed);
      while (rest.hasRemaining()) {
        open.write(rest);
      }
    } catch (IOException failure) {
      spool.release(user, sealed.length);
      log.warn("A result could not be written", failure);
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          "The disk for results that wait to be fetched takes no more, so the statement was ended."
              + " Try again later.");
    }
    position += sealed.length;
    block++;
    buffered = 0;
  }

  private FileChannel create() throws IOException {
    return FileChannel.open(
        path,
        Set.copyOf(EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /**
   * Reads a block of a part that has ended.
   *
   * @param index from 0, below {@link Part#blocks}
   * @throws SluiceException {@code INVALID_HANDLE} if the file was closed; {@code INTERNAL_ERROR}
   *     if it is not what was written
   */
  public byte[] read(Part part, int index) {
    SecretKeySpec reading;
    synchronized (this) {
      reading = key();
    }
    long before = (long) index * BLOCK_BYTES;
    int length = Math.toIntExact(Math.min(BLOCK_BYTES, part.bytes() - before)) + TAG_BYTES;
    ByteBuffer sealed = ByteBuffer.allocate(length);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      long at = part.position() + (long) index * (BLOCK_BYTES + TAG_BYTES);
      while (sealed.hasRemaining()) {
        if (file.read(sealed, at + sealed.position()) < 0) {
          throw damaged();
        }
      }
    } catch (IOException failure) {
      synchronized (this) {
        key();
      }
      log.warn("A result could not be read", failure);
      throw damaged();
    }
    return cipher(Cipher.DECRYPT_MODE, reading, part.firstBlock() + index, sealed.array(), length);
  }

  /** Deletes it, forgets its key and gives back its room. */
  @Override
  public synchronized void close() {
    if (key == null) {
      return;
    }
    key = null;
    buffer = null;
    closeChannel();
    try {
      Files.deleteIfExists(path);
    } catch (IOException failure) {
      log.warn("A result was left on disk, which nobody can read", failure);
    }
    spool.release(user, position);
  }

  private void closeChannel() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException failure) {
        log.warn("A result's file did not close", failure);
      }
    }
  }

  private SecretKeySpec key() {
    SecretKeySpec known = key;
    if (known == null) {
      throw gone();
    }
    return known;
  }

  /** Returns the one answer to whoever asks for a result that is not kept any more. */
  static SluiceException gone() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE, "The result is not kept any more. Run the statement again.");
  }

  private static SluiceException damaged() {
    return new SluiceException(
        ErrorCode.INTERNAL_ERROR,
        "The result was changed on disk after it was written, so it is not sent. Run the statement"
            + " again.");
  }

  private static byte[] cipher(
      int mode, SecretKeySpec key, long number, byte[] content, int length) {
    byte[] nonce =
        ByteBuffer.allocate(NONCE_BYTES).putLong(NONCE_BYTES - Long.BYTES, number).array();
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
      return cipher.doFinal(content, 0, length);
    } catch (AEADBadTagException altered) {
      throw damaged();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the JDK has no " + CIPHER, impossible);
    }
  }
}
