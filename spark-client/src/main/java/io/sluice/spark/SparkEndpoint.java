package io.sluice.spark;

/**
 * Where a Spark Connect server listens.
 *
 * @param host name or address
 * @param port from 1 to 65535
 * @param token the pre-shared key that the server asks for; secret
 */
public record SparkEndpoint(String host, int port, String token) {

  public SparkEndpoint {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
    if (token.isEmpty()) {
      throw new IllegalArgumentException("a Spark Connect server without a token is not served");
    }
  }

  /** Returns host and port; never the token. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
