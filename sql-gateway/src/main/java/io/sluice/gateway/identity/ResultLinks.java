package io.sluice.gateway.identity;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.UUID;

/**
 * Signs links to one chunk of one statement's result, which whoever holds one may fetch until it
 * expires: ids and an expiry with an HMAC-SHA-256, nothing of the statement or its sender.
 */
public final class ResultLinks {

  private static final int PAYLOAD_BYTES = 2 * Long.BYTES + Integer.BYTES + Long.BYTES;

  private final SigningKey key;
  private final InstantSource clock;

  /**
   * @param secret at least 32 bytes
   */
  public ResultLinks(byte[] secret, InstantSource clock) {
    this.key = new SigningKey(secret, "result link");
    this.clock = clock;
  }

  /** What a link leads to. */
  public record Link(UUID statement, int chunk) {}

  /** Returns a token in characters that a path may hold. */
  public String sign(Link link, Instant expiry) {
    byte[] payload =
        ByteBuffer.allocate(PAYLOAD_BYTES)
            .putLong(link.statement().getMostSignificantBits())
            .putLong(link.statement().getLeastSignificantBits())
            .putInt(link.chunk())
            .putLong(expiry.toEpochMilli())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(payload));
  }

  /**
   * Returns what a token leads to.
   *
   * @throws SluiceException {@code INVALID_HANDLE} if it is forged, damaged or expired
   */
  public Link verify(String token) {
    byte[] payload;
    try {
      payload = key.verify(Base64.getUrlDecoder().decode(token)).orElseThrow(ResultLinks::unknown);
    } catch (IllegalArgumentException notBase64) {
      throw unknown();
    }
    if (payload.length != PAYLOAD_BYTES) {
      throw unknown();
    }
    ByteBuffer in = ByteBuffer.wrap(payload);
    Link link = new Link(new UUID(in.getLong(), in.getLong()), in.getInt());
    if (in.getLong() <= clock.millis()) {
      throw unknown();
    }
    return link;
  }

  private static SluiceException unknown() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "The link is not valid or has expired. Fetch the chunk of the statement again for a new"
            + " one.");
  }
}
