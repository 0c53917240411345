package io.sluice.gateway.hive;

import io.sluice.gateway.tls.TlsIdentity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What the Thrift door is opened with.
 *
 * @param address where it listens; loopback only without TLS; port 0 for any free one
 * @param tls the certificate that it shows; empty for plaintext
 * @param sparkVersion what clients are told, for example {@code 4.1.2}
 * @param limits what a client may hold up
 * @param mostHeldBytes how much one user's results that wait to be fetched may hold
 */
public record HiveDoorSettings(
    InetSocketAddress address,
    Optional<TlsIdentity> tls,
    String sparkVersion,
    ConnectionLimits limits,
    long mostHeldBytes) {

  private static final ConnectionLimits USUAL =
      new ConnectionLimits(
          8 << 20, Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofMinutes(5));

  private static final long MOST_HELD_BYTES = 128L << 20;

  /** A door in plaintext. */
  public HiveDoorSettings(
      InetSocketAddress address, String sparkVersion, ConnectionLimits limits, long mostHeldBytes) {
    this(address, Optional.empty(), sparkVersion, limits, mostHeldBytes);
  }

  /** Returns the usual settings for an address, in plaintext. */
  public static HiveDoorSettings at(InetSocketAddress address, String sparkVersion) {
    return at(address, Optional.empty(), sparkVersion);
  }

  /** Returns the usual settings for an address. */
  public static HiveDoorSettings at(
      InetSocketAddress address, Optional<TlsIdentity> tls, String sparkVersion) {
    return new HiveDoorSettings(address, tls, sparkVersion, USUAL, MOST_HELD_BYTES);
  }
}
