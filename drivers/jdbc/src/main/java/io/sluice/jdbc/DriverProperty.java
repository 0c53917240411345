package io.sluice.jdbc;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a URL, or the properties beside it, may say. Names are compared exactly. */
enum DriverProperty {
  USER("user", "Who logs in"),
  PASSWORD("password", "The user's password"),
  TOKEN("token", "A bearer token, in place of user and password"),
  TLS("tls", "Whether the connection is encrypted; true unless the host is this one"),
  TLS_ROOT_CERTS("tlsRootCerts", "A PEM file with the certificates to trust"),
  TRUST_STORE("trustStore", "A Java trust store with the certificates to trust"),
  TRUST_STORE_PASSWORD("trustStorePassword", "The trust store's password"),
  CLIENT_CERTIFICATE("clientCertificate", "A PEM file with the client's own certificate"),
  CLIENT_KEY("clientKey", "A PEM file with the key of the client's certificate"),
  CATALOG("catalog", "The catalog that the connection begins in"),
  SCHEMA("schema", "The schema that the connection begins in"),
  CLUSTER("cluster", "The cluster that statements run on; the server's rules say by default"),
  CLIENT_NAME("clientName", "The application's name, sent in the header sluice-client-name"),
  CONNECT_TIMEOUT("connectTimeoutMs", "How long connecting may take, in milliseconds");

  private final String key;
  private final String description;

  DriverProperty(String key, String description) {
    this.key = key;
    this.description = description;
  }

  String key() {
    return key;
  }

  String description() {
    return description;
  }

  static Optional<DriverProperty> of(String key) {
    return Arrays.stream(values()).filter(property -> property.key.equals(key)).findFirst();
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(DriverProperty::key).toList();
  }
}
