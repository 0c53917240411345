package io.sluice.gateway.main;

import io.sluice.model.ProtectedAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which of Iceberg's properties an operator may give a catalog beside those with a key of their
 * own. A list of what is allowed: none names a class, holds a secret, changes how one logs in or
 * keeps a table as it was.
 */
final class CatalogProperties {

  static final String OAUTH2_SERVER = "oauth2-server-uri";

  private static final String S3_ENDPOINT = "s3.endpoint";

  private static final Set<String> OF_ALL =
      Set.of(
          "client.region",
          S3_ENDPOINT,
          "s3.path-style-access",
          "table-default.format-version",
          "table-default.write.parquet.compression-codec",
          "table-default.write.target-file-size-bytes");

  private static final Map<String, Set<String>> OF_TYPE =
      Map.of(
          "jdbc",
          Set.of(
              "clients",
              "jdbc.busy_timeout",
              "jdbc.init-catalog-tables",
              "jdbc.journal_mode",
              "jdbc.schema-version",
              "jdbc.strict-mode"),
          "rest",
          Set.of(
              "audience",
              "header.X-Iceberg-Access-Delegation",
              OAUTH2_SERVER,
              "prefix",
              "resource",
              "rest-page-size",
              "rest.client.connection-timeout-ms",
              "rest.client.connections-per-route",
              "rest.client.max-connections",
              "rest.client.socket-timeout-ms",
              "scope",
              "token-expires-in-ms",
              "token-refresh-enabled"));

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]+");

  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|secret|token|credential|access-key|authorization|jdbc\\.user).*");

  /**
   * A key of a secret with its value, or what stands before an @, but for Oracle's, which begins
   * there.
   */
  private static final Pattern SECRET_IN_ADDRESS =
      Pattern.compile(
          "(?i)(pass|pwd|token|secret|credential|api[_-]?key|access[_-]?key)[^=&;,)]*="
              + "|(?<!^jdbc:oracle:(thin|oci):)@");

  private CatalogProperties() {}

  /**
   * Returns the keys that may be set, in order.
   *
   * @param type jdbc or rest
   */
  static Set<String> allowed(String type) {
    Set<String> allowed = new TreeSet<>(OF_ALL);
    allowed.addAll(OF_TYPE.getOrDefault(type, Set.of()));
    return allowed;
  }

  /** Returns why a property is refused, a sentence without the value; empty if it is allowed. */
  static Optional<String> refusal(String type, String key, String value) {
    if (!KEY.matcher(key).matches()) {
      return Optional.of("a key consists of letters, digits, ., _ and -");
    }
    if (!allowed(type).contains(key)) {
      return Optional.of(
          SECRET.matcher(key).matches()
              ? key + " is a secret; it belongs into the credentialsFile, if it may be set at all"
              : key + " may not be set here; docs/serve.md lists what may be");
    }
    if (key.equals(OAUTH2_SERVER) || key.equals(S3_ENDPOINT)) {
      if (holdsSecret(value)) {
        return Optional.of(key + " holds a user or a password; it is an address alone");
      }
      if (!ProtectedAddress.is(value)) {
        return Optional.of(
            key + " begins with https://; http:// is for loopback only, as others could listen in");
      }
    }
    return Optional.empty();
  }

  /** Returns whether an address holds a secret, or a user who logs in, encoded or not. */
  static boolean holdsSecret(String address) {
    String decoded;
    try {
      decoded = URLDecoder.decode(address, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      decoded = address;
    }
    return SECRET_IN_ADDRESS.matcher(address).find() || SECRET_IN_ADDRESS.matcher(decoded).find();
  }
}
