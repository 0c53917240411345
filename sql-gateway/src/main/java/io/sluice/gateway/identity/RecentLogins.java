package io.sluice.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.model.Principal;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Remembers for a minute which passwords were right, because a client without a session sends its
 * password with every request and a check is slow on purpose. What is kept of a password is an HMAC
 * under a key that lives in this process only. A wrong password is checked every time, and so is
 * one whose login holds no longer.
 */
public final class RecentLogins implements Authenticator {

  /** How long a password counts as checked. */
  static final Duration REMEMBERED = Duration.ofMinutes(1);

  private static final int MOST = 10_000;

  private final Authenticator authenticator;
  private final Predicate<Principal> current;
  private final SigningKey key;
  private final Cache<ByteBuffer, Principal> logins;

  /**
   * @param authenticator checks what is not remembered
   * @param current whether the login that gave a principal still holds
   */
  public RecentLogins(
      Authenticator authenticator,
      Predicate<Principal> current,
      SecureRandom random,
      InstantSource clock) {
    this.authenticator = authenticator;
    this.current = current;
    byte[] secret = new byte[SigningKey.LEAST_KEY_BYTES];
    random.nextBytes(secret);
    this.key = new SigningKey(secret, "recent login");
    this.logins =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(REMEMBERED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .<ByteBuffer, Principal>build();
  }

  @Override
  public CompletableFuture<Principal> authenticate(
      String user, String password, String clientAddress) {
    ByteBuffer login = ByteBuffer.wrap(key.code(login(user, password, clientAddress)));
    Principal known = logins.getIfPresent(login);
    // Else whoever guesses from the same address would be told when a guess is right.
    if (known != null && current.test(known) && !authenticator.isBlocked(user, clientAddress)) {
      return CompletableFuture.completedFuture(known);
    }
    return authenticator
        .authenticate(user, password, clientAddress)
        .thenApply(
            principal -> {
              logins.put(login, principal);
              return principal;
            });
  }

  private static byte[] login(String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (String part : parts) {
        byte[] text = part.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
