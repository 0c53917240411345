package io.sluice.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Appends an HMAC-SHA-256 to what a client is to hold, and checks it when it comes back. */
final class SigningKey {

  /** RFC 2104 discourages keys shorter than the hash. */
  static final int LEAST_KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 32;

  private final SecretKeySpec key;

  /** Derives the key of one purpose, so that a token of one kind never passes as another. */
  SigningKey(byte[] secret, String purpose) {
    if (secret.length < LEAST_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a signing key has at least " + LEAST_KEY_BYTES + " bytes");
    }
    byte[] derived =
        mac(new SecretKeySpec(secret, ALGORITHM), purpose.getBytes(StandardCharsets.UTF_8));
    this.key = new SecretKeySpec(derived, ALGORITHM);
  }

  byte[] sign(byte[] payload) {
    byte[] signed = Arrays.copyOf(payload, payload.length + MAC_BYTES);
    System.arraycopy(mac(key, payload), 0, signed, payload.length, MAC_BYTES);
    return signed;
  }

  /** Returns the HMAC alone. */
  byte[] code(byte[] payload) {
    return mac(key, payload);
  }

  /** Returns the payload, if this key signed it. */
  Optional<byte[]> verify(byte[] signed) {
    if (signed.length <= MAC_BYTES) {
      return Optional.empty();
    }
    byte[] payload = Arrays.copyOf(signed, signed.length - MAC_BYTES);
    byte[] given = Arrays.copyOfRange(signed, payload.length, signed.length);
    return MessageDigest.isEqual(given, mac(key, payload))
        ? Optional.of(payload)
        : Optional.empty();
  }

  private static byte[] mac(SecretKeySpec key, byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + ALGORITHM, e);
    }
  }
}
