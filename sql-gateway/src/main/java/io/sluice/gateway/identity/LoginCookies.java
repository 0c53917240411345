package io.sluice.gateway.identity;

import io.sluice.model.Principal;
import io.sluice.planner.Principals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/**
 * Issues and checks the values of cookies that stand for a password which was right: a user's name
 * and an expiry with an HMAC-SHA-256. Whoever is no user any more is refused before it expires.
 */
public final class LoginCookies {

  /** How long one stands for the password. */
  public static final Duration LIFE = Duration.ofHours(1);

  private final SigningKey key;
  private final Principals principals;
  private final InstantSource clock;

  /**
   * @param secret at least 32 bytes, the same for all gateways behind one address
   */
  public LoginCookies(byte[] secret, Principals principals, InstantSource clock) {
    this.key = new SigningKey(secret, "login cookie");
    this.principals = principals;
    this.clock = clock;
  }

  /** Returns a value for a principal who has just shown a password, in characters of a cookie. */
  public String issue(Principal principal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(clock.instant().plus(LIFE).toEpochMilli());
      out.writeUTF(principal.name());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(bytes.toByteArray()));
  }

  /** Returns whose a value is; empty if it is forged, damaged, expired or of no user. */
  public Optional<Principal> verify(String value) {
    try {
      Optional<byte[]> payload = key.verify(Base64.getUrlDecoder().decode(value));
      if (payload.isEmpty()) {
        return Optional.empty();
      }
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload.get()))) {
        Instant expiry = Instant.ofEpochMilli(in.readLong());
        String user = in.readUTF();
        return expiry.isAfter(clock.instant()) ? principals.find(user) : Optional.empty();
      }
    } catch (IllegalArgumentException | IOException damaged) {
      return Optional.empty();
    }
  }
}
