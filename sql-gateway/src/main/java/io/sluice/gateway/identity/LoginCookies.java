package io.sluice.gateway.identity;

import io.sluice.model.Principal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/**
 * Issues and checks the values of cookies that stand for a password which was right: an expiry, a
 * user's name and what tells the password from another, with an HMAC-SHA-256. They end with the
 * password, before they expire: those of a former user, or of one whose password was changed, are
 * refused by every gateway that knows.
 */
public final class LoginCookies {

  /** How long one stands for the password. */
  public static final Duration LIFE = Duration.ofHours(1);

  private final SigningKey key;
  private final SigningKey passwordKey;
  private final Function<String, Optional<UserStore.User>> users;
  private final InstantSource clock;

  /**
   * @param secret at least 32 bytes, the same for all gateways behind one address
   * @param users the user of a name, as of now
   */
  public LoginCookies(
      byte[] secret, Function<String, Optional<UserStore.User>> users, InstantSource clock) {
    this.key = new SigningKey(secret, "login cookie");
    this.passwordKey = new SigningKey(secret, "password of a login cookie");
    this.users = users;
    this.clock = clock;
  }

  /**
   * Returns a value for a principal who has just shown a password, in characters of a cookie; empty
   * for one whose password is not known here.
   */
  public Optional<String> issue(Principal principal) {
    return users.apply(principal.name()).map(this::issue);
  }

  private String issue(UserStore.User user) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(clock.instant().plus(LIFE).toEpochMilli());
      out.writeUTF(user.name());
      out.write(mark(user));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(bytes.toByteArray()));
  }

  /** With each password, and each time that it is set, another; a hash has salt. */
  private byte[] mark(UserStore.User user) {
    return passwordKey.code(user.password().text().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns whose a value is; empty if it is forged, damaged or expired, of no user, or was given
   * for another password than the user has.
   */
  public Optional<Principal> verify(String value) {
    try {
      Optional<byte[]> payload = key.verify(Base64.getUrlDecoder().decode(value));
      if (payload.isEmpty()) {
        return Optional.empty();
      }
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload.get()))) {
        Instant expiry = Instant.ofEpochMilli(in.readLong());
        String name = in.readUTF();
        byte[] mark = in.readAllBytes();
        return expiry.isAfter(clock.instant())
            ? users
                .apply(name)
                .filter(user -> MessageDigest.isEqual(mark, mark(user)))
                .map(UserStore.User::principal)
            : Optional.empty();
      }
    } catch (IllegalArgumentException | IOException damaged) {
      return Optional.empty();
    }
  }
}
