package io.sluice.gateway.endtoend;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Properties;

/** Avatica's thin client, and requests of one's own to the Avatica door. */
final class ThinClient {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ThinClient() {}

  /**
   * Connects.
   *
   * @param encoding {@code protobuf} or {@code json}
   */
  static Connection connect(int port, String encoding, String user, String password)
      throws SQLException {
    return connect(
        port,
        encoding,
        "authentication=BASIC;avatica_user=" + user + ";avatica_password=" + password);
  }

  static Connection connect(int port, String encoding, String login) throws SQLException {
    String url =
        "jdbc:avatica:remote:url=http://127.0.0.1:%d/avatica;serialization=%s;timeZone=UTC;%s"
            .formatted(port, encoding, login);
    return DriverManager.getConnection(url, new Properties());
  }

  /** Sends a body as a user; returns the status and the body of the answer. */
  static Answered post(int port, String user, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/avatica"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!user.isEmpty()) {
      String login = user + ":" + user;
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }
    try {
      HttpResponse<byte[]> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answered(
          response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
    } catch (java.io.IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  static Answered post(int port, String user, String json) {
    return post(port, user, json.getBytes(StandardCharsets.UTF_8));
  }

  record Answered(int status, String body) {}
}
