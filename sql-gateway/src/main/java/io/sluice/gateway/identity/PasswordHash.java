package io.sluice.gateway.identity;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted PBKDF2 hash (HMAC-SHA-512) of a password, written as {@code
 * pbkdf2-sha512$iterations$salt$hash} with the last two in Base64.
 */
public final class PasswordHash {

  /** OWASP's advice for PBKDF2 with HMAC-SHA-512. */
  public static final int DEFAULT_ITERATIONS = 210_000;

  private static final String SCHEME = "pbkdf2-sha512";
  private static final int LEAST_ITERATIONS = 1_000;
  private static final int MOST_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /**
   * Hashes a password under a fresh salt.
   *
   * @param iterations at least 1,000
   */
  public static PasswordHash of(String password, int iterations, SecureRandom random) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("a password is not empty");
    }
    checkIterations(iterations);
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(iterations, salt, derive(password, iterations, salt));
  }

  /** Returns one that no password has. */
  static PasswordHash ofNobody(int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] hash = new byte[HASH_BYTES];
    random.nextBytes(hash);
    return new PasswordHash(iterations, salt, hash);
  }

  /**
   * Reads the written form.
   *
   * @throws IllegalArgumentException if it is not one; the message does not hold the text
   */
  public static PasswordHash parse(String text) {
    String[] parts = text.split("\\$", -1);
    if (parts.length != 4 || !parts[0].equals(SCHEME)) {
      throw new IllegalArgumentException(
          "a password hash has the form " + SCHEME + "$iterations$salt$hash");
    }
    int iterations;
    try {
      iterations = Integer.parseInt(parts[1]);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a password hash's iterations are a number", e);
    }
    checkIterations(iterations);
    byte[] salt = Base64.getDecoder().decode(parts[2]);
    byte[] hash = Base64.getDecoder().decode(parts[3]);
    if (salt.length < 8 || hash.length != HASH_BYTES) {
      throw new IllegalArgumentException("a password hash's salt or hash has a wrong length");
    }
    return new PasswordHash(iterations, salt, hash);
  }

  /** Returns whether this is the password's hash, in a time that does not tell how close it is. */
  public boolean matches(String password) {
    return matches(password, iterations, PasswordHash::derive);
  }

  /**
   * As {@link #matches(String)}, at a cost that does not tell which hash it is.
   *
   * @param cost how many iterations it takes in any case; not below this hash's own
   */
  boolean matches(String password, int cost, Derivation derivation) {
    if (password.isEmpty()) {
      return false;
    }
    byte[] derived = derivation.derive(password, iterations, salt);
    if (cost > iterations) {
      derivation.derive(password, cost - iterations, salt);
    }
    return MessageDigest.isEqual(hash, derived);
  }

  /** What iterates. */
  @FunctionalInterface
  interface Derivation {

    /** Returns the 32 bytes that come of a password. */
    byte[] derive(String password, int iterations, byte[] salt);
  }

  /** Returns the written form. */
  public String text() {
    Base64.Encoder encoder = Base64.getEncoder();
    return SCHEME
        + "$"
        + iterations
        + "$"
        + encoder.encodeToString(salt)
        + "$"
        + encoder.encodeToString(hash);
  }

  /** Returns how often the hash was iterated. */
  int iterations() {
    return iterations;
  }

  @Override
  public String toString() {
    return "PasswordHash[" + SCHEME + "]";
  }

  private static void checkIterations(int iterations) {
    if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
      throw new IllegalArgumentException(
          "a password hash has between "
              + LEAST_ITERATIONS
              + " and "
              + MOST_ITERATIONS
              + " iterations");
    }
  }

  static byte[] derive(String password, int iterations, byte[] salt) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BYTES * 8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no PBKDF2WithHmacSHA512", e);
    } finally {
      spec.clearPassword();
    }
  }
}
