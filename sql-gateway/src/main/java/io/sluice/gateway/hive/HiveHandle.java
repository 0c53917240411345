package io.sluice.gateway.hive;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apache.hive.service.rpc.thrift.THandleIdentifier;

/**
 * What a client calls a session or an operation by: two random numbers of 128 bits, of which the
 * second is never compared in a time that tells anything.
 *
 * @param name the first, in hexadecimal digits
 * @param secret the second
 */
record HiveHandle(String name, byte[] secret) {

  private static final int BYTES = 16;

  static HiveHandle random(SecureRandom random) {
    byte[] name = new byte[BYTES];
    byte[] secret = new byte[BYTES];
    random.nextBytes(name);
    random.nextBytes(secret);
    return new HiveHandle(HexFormat.of().formatHex(name), secret);
  }

  /** Returns the name in a client's handle, whatever it holds. */
  static String nameIn(THandleIdentifier identifier) {
    return HexFormat.of().formatHex(identifier.getGuid());
  }

  boolean matches(THandleIdentifier identifier) {
    return MessageDigest.isEqual(secret, identifier.getSecret());
  }

  THandleIdentifier identifier() {
    THandleIdentifier identifier = new THandleIdentifier();
    identifier.setGuid(HexFormat.of().parseHex(name));
    identifier.setSecret(secret);
    return identifier;
  }
}
