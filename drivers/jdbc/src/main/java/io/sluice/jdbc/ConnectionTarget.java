package io.sluice.jdbc;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Where a connection goes and what it says there: {@code
 * jdbc:sluice://host[:port][/catalog[/schema]][?name=value&…]}, names and values percent-encoded
 * where they need to be. What the URL says holds before what the properties beside it say.
 *
 * @param host a name or an address; an IPv6 address in brackets
 * @param port the gRPC port
 * @param values by property, none of them empty
 */
record ConnectionTarget(String host, int port, Map<DriverProperty, String> values) {

  static final String PREFIX = "jdbc:sluice://";
  static final int DEFAULT_PORT = 32010;

  private static final String FORM = PREFIX + "host[:port][/catalog[/schema]][?name=value&…]";

  ConnectionTarget {
    values = Map.copyOf(values);
  }

  /**
   * Reads a URL and the properties beside it. Properties of other names than the driver's are not
   * looked at, for tools leave there what is their own; in the URL they are an error.
   *
   * @throws SQLException with SQLSTATE 08001 if it cannot be understood, 28000 if there are a token
   *     and a password
   */
  static ConnectionTarget of(String url, Properties properties) throws SQLException {
    URI uri = uri(url);
    Map<DriverProperty, String> values = new EnumMap<>(DriverProperty.class);
    for (DriverProperty property : DriverProperty.values()) {
      put(values, property, properties.getProperty(property.key(), ""));
    }
    readPath(uri, values);
    readQuery(uri, values);
    if (values.containsKey(DriverProperty.TOKEN)
        && (values.containsKey(DriverProperty.USER)
            || values.containsKey(DriverProperty.PASSWORD))) {
      throw new SQLInvalidAuthorizationSpecException(
          "Give either a token or a user and a password, not both", "28000");
    }
    String tls = values.getOrDefault(DriverProperty.TLS, "true");
    if (!tls.equals("true") && !tls.equals("false")) {
      throw invalid("The property tls is true or false, not " + tls);
    }
    String timeout = values.getOrDefault(DriverProperty.CONNECT_TIMEOUT, "1");
    if (!timeout.matches("[0-9]{1,9}")) {
      throw invalid("The property connectTimeoutMs is a number of milliseconds, not " + timeout);
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new ConnectionTarget(uri.getHost(), port, values);
  }

  /** Returns whether the connection is encrypted: always, unless it stays on this host. */
  boolean tls() {
    return value(DriverProperty.TLS).map(Boolean::parseBoolean).orElse(!isLoopback());
  }

  /** Returns the URL for the Flight SQL driver, which takes all else from its properties. */
  String flightUrl() {
    return "jdbc:arrow-flight-sql://" + host + ":" + port;
  }

  /** Returns the properties for the Flight SQL driver. */
  Properties flightProperties() {
    Properties flight = new Properties();
    flight.setProperty("useEncryption", String.valueOf(tls()));
    for (DriverProperty property : values.keySet()) {
      switch (property) {
        // Told a catalog, the Flight SQL driver (18.3) cannot be closed without an error.
        case TLS, CATALOG, SCHEMA -> {}
        case CLUSTER -> flight.setProperty("cluster", header(values.get(property)));
        case CLIENT_NAME -> flight.setProperty("sluice-client-name", header(values.get(property)));
        case TRUST_STORE -> {
          flight.setProperty(property.key(), values.get(property));
          // Otherwise the driver does not look at the store that it is given.
          flight.setProperty("useSystemTrustStore", "false");
        }
        default -> flight.setProperty(property.key(), values.get(property));
      }
    }
    return flight;
  }

  /** Returns the statement that goes to the catalog and the schema, if one is named. */
  Optional<String> use() {
    Optional<String> catalog = value(DriverProperty.CATALOG).map(SluiceConnection::quoted);
    Optional<String> schema = value(DriverProperty.SCHEMA).map(SluiceConnection::quoted);
    if (schema.isPresent()) {
      return Optional.of(
          catalog.map(name -> "USE " + name + ".").orElse("USE SCHEMA ") + schema.get());
    }
    return catalog.map(name -> "SET CATALOG " + name);
  }

  private Optional<String> value(DriverProperty property) {
    return Optional.ofNullable(values.get(property));
  }

  /** By its text: a name must not be resolved to tell whether a password goes out unencrypted. */
  private boolean isLoopback() {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.matches("127(\\.[0-9]{1,3}){3}")
        || name.equals("[::1]")
        || name.equals("[0:0:0:0:0:0:0:1]");
  }

  private static URI uri(String url) throws SQLException {
    try {
      URI uri = new URI(url.substring("jdbc:".length()));
      if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException malformed) {
      // Its text would repeat the URL, and with it a password.
    }
    throw invalid("The URL is not of the form " + FORM);
  }

  private static void readPath(URI uri, Map<DriverProperty, String> values) throws SQLException {
    List<String> names = new ArrayList<>();
    for (String part : uri.getRawPath().split("/", -1)) {
      // A plus stands for itself in a path.
      names.add(decoded(part.replace("+", "%2B")));
    }
    names.remove(0);
    if (!names.isEmpty() && names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    if (names.size() > 2 || names.contains("")) {
      throw invalid("The URL's path is /catalog or /catalog/schema");
    }
    if (!names.isEmpty()) {
      values.put(DriverProperty.CATALOG, names.get(0));
      values.remove(DriverProperty.SCHEMA);
    }
    if (names.size() == 2) {
      values.put(DriverProperty.SCHEMA, names.get(1));
    }
  }

  private static void readQuery(URI uri, Map<DriverProperty, String> values) throws SQLException {
    if (uri.getRawQuery() == null) {
      return;
    }
    for (String pair : uri.getRawQuery().split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String key = decoded(equals < 0 ? pair : pair.substring(0, equals));
      DriverProperty property =
          DriverProperty.of(key)
              .orElseThrow(
                  () ->
                      invalid(
                          "The URL has a property "
                              + key
                              + ", which there is not; there are "
                              + String.join(", ", DriverProperty.keys())));
      put(values, property, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
    }
  }

  /** Nothing is nothing said: tools send empty fields. */
  private static void put(
      Map<DriverProperty, String> values, DriverProperty property, String value) {
    if (!value.isEmpty()) {
      values.put(property, value);
    }
  }

  private static String decoded(String text) throws SQLException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw invalid("The URL has a % that is not followed by two hexadecimal digits");
    }
  }

  /** A header holds printable ASCII. */
  private static String header(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static SQLException invalid(String message) {
    return new SQLNonTransientConnectionException(message, "08001");
  }
}
