package io.sluice.gateway.cli;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import org.apache.arrow.flight.Location;

/**
 * The address of a Flight SQL server.
 *
 * @param host a name or address, without brackets
 * @param port from 1 to 65535
 * @param tls whether the connection is encrypted
 */
record Endpoint(String host, int port, boolean tls) {

  private static final String FORM = "grpc://HOST:PORT or grpc+tls://HOST:PORT";

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException with one sentence for the user
   */
  static Endpoint parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("The URL " + url + " is not " + FORM + ".");
    }
    String scheme = uri.getScheme();
    boolean tls = "grpc+tls".equals(scheme);
    String path = uri.getPath();
    if (!(tls || "grpc".equals(scheme) || "grpc+tcp".equals(scheme))
        || uri.getHost() == null
        || uri.getPort() < 1
        || uri.getPort() > 65_535
        || uri.getUserInfo() != null
        || !(path == null || path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException("The URL " + url + " is not " + FORM + ".");
    }
    return new Endpoint(uri.getHost().replaceAll("^\\[|\\]$", ""), uri.getPort(), tls);
  }

  /** Returns whether the server is on this machine, by what the address says without a look-up. */
  boolean isLoopback() {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    if (!host.contains(":") && !host.matches("[0-9.]+")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  Location location() {
    return tls ? Location.forGrpcTls(host, port) : Location.forGrpcInsecure(host, port);
  }

  @Override
  public String toString() {
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return (tls ? "grpc+tls://" : "grpc://") + shown + ":" + port;
  }
}
