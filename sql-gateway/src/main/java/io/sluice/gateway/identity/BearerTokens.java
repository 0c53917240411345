package io.sluice.gateway.identity;

import io.sluice.model.ErrorCode;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.UUID;

/**
 * Issues and checks bearer tokens. A token holds ids and an HMAC-SHA-256, nothing of a statement;
 * it has no expiry of its own, because it dies with its session, which expires when it is idle.
 */
public final class BearerTokens {

  private final SigningKey key;

  /**
   * @param secret at least 32 bytes, the same for all gateways behind one address
   */
  public BearerTokens(byte[] secret) {
    this.key = new SigningKey(secret, "bearer");
  }

  /** Returns a token for a session, in characters that fit a header. */
  public String issue(SessionId session, String principalName) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(session.value().getMostSignificantBits());
      out.writeLong(session.value().getLeastSignificantBits());
      out.writeUTF(principalName);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(bytes.toByteArray()));
  }

  /**
   * Checks a token.
   *
   * @throws SluiceException {@code UNAUTHENTICATED} if it is not one of ours
   */
  public Bearer verify(String token) {
    try {
      byte[] payload =
          key.verify(Base64.getUrlDecoder().decode(token)).orElseThrow(BearerTokens::refused);
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
        SessionId session = new SessionId(new UUID(in.readLong(), in.readLong()));
        return new Bearer(session, in.readUTF());
      }
    } catch (IllegalArgumentException | IOException e) {
      throw refused();
    }
  }

  private static SluiceException refused() {
    return new SluiceException(
        ErrorCode.UNAUTHENTICATED, "The bearer token is not valid; log in again");
  }

  /**
   * What a valid token says.
   *
   * @param session whose it is
   * @param principalName to whom the session belongs
   */
  public record Bearer(SessionId session, String principalName) {}
}
