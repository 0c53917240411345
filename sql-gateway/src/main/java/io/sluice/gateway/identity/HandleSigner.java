package io.sluice.gateway.identity;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Signs the handles that clients hold of prepared statements and results: ids, owner, principal and
 * expiry with an HMAC-SHA-256, never SQL. Whatever is wrong with a handle, the answer is one and
 * the same, so that nobody learns whether another user's handle exists.
 */
public final class HandleSigner {

  private final SigningKey key;
  private final String owner;
  private final InstantSource clock;

  /**
   * Makes the handles of one gateway.
   *
   * @param secret at least 32 bytes, the same for all gateways behind one address
   * @param owner this gateway's name, which a handle carries
   */
  public HandleSigner(byte[] secret, String owner, InstantSource clock) {
    this.key = new SigningKey(secret, "handle");
    this.owner = owner;
    this.clock = clock;
  }

  /** What a handle stands for. */
  public enum Kind {
    PREPARED_STATEMENT,
    RESULT
  }

  /** Returns a handle that only this principal, in this session, can use until it expires. */
  public byte[] sign(Kind kind, UUID id, SessionId session, Principal principal, Instant expiry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(kind.ordinal());
      writeId(out, id);
      writeId(out, session.value());
      out.writeLong(expiry.toEpochMilli());
      out.writeUTF(principal.name());
      out.writeUTF(owner);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return key.sign(bytes.toByteArray());
  }

  /**
   * Returns the id in a handle.
   *
   * @throws SluiceException {@code INVALID_HANDLE} if it is forged, expired, of another kind or
   *     owner, or another session's or principal's
   */
  public UUID verify(byte[] handle, Kind kind, SessionId session, Principal principal) {
    Optional<byte[]> payload = key.verify(handle);
    if (payload.isEmpty()) {
      throw unknown();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload.get()))) {
      boolean right = in.readByte() == kind.ordinal();
      UUID id = readId(in);
      right &= readId(in).equals(session.value());
      right &= in.readLong() > clock.millis();
      right &= in.readUTF().equals(principal.name());
      right &= in.readUTF().equals(owner);
      if (right) {
        return id;
      }
    } catch (IOException e) {
      throw unknown();
    }
    throw unknown();
  }

  /** Returns the one answer to a handle that cannot be used. */
  public static SluiceException unknown() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "There is no such statement handle, or it has expired or been used; run the statement"
            + " again");
  }

  private static void writeId(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  private static UUID readId(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }
}
