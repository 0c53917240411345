package io.sluice.testkit.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.gateway.identity.PasswordHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code sluice serve} as a process, with the class path that the build gave it: what the mock of
 * the API server needs must not be there. Users log in with their names.
 */
final class ServeProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final Process process;
  private final String address;

  /** The gRPC door's host and port. */
  private String grpc = "";

  /**
   * Starts it and waits until its doors are open.
   *
   * @param folder for its files; nobody else may write there
   * @param groups of each user
   * @param rest of the configuration, beside users, policies and doors
   */
  ServeProcess(Path folder, String pod, Map<String, String> groups, String rest)
      throws IOException {
    this.folder = folder;
    Files.createDirectory(folder.resolve("policies"));
    secret("policies/lake.json", policies());
    secret("token.key", "0123456789abcdef0123456789abcdef");
    secret("users.json", users(groups));
    secret(
        "serve.yaml",
        """
        data: data
        doors: {grpcPort: 0, httpPort: 0, thriftPort: 0}
        identity: {usersFile: users.json, tokenKeyFile: token.key}
        policies: {folder: policies}
        """
            + rest);
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.environment().put("SLUICE_POD_NAME", pod);
    process = builder.redirectError(folder.resolve("errors").toFile()).start();
    address = whenReady();
  }

  private List<String> command() throws IOException {
    Path root = Path.of(System.getProperty("sluice.root"));
    Path target = root.resolve("sql-gateway/target");
    List<String> classPath = new ArrayList<>();
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(target, "sluice-sql-gateway-*.jar")) {
      jars.forEach(jar -> classPath.add(jar.toString()));
    }
    classPath.add(Files.readString(target.resolve("classpath")).strip());
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "-Dsluice.root=" + root,
        "-cp",
        String.join(":", classPath),
        "io.sluice.gateway.main.Main",
        "serve",
        "--config",
        folder.resolve("serve.yaml").toString());
  }

  private String whenReady() throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String http = "";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("gRPC ")) {
        grpc = line.substring(line.indexOf("//") + 2).strip();
      } else if (line.startsWith("HTTP ")) {
        http = line.substring("HTTP ".length()).strip();
      } else if (line.equals("Sluice is ready")) {
        return http;
      }
    }
    throw new IOException("serve ended: " + Files.readString(folder.resolve("errors")));
  }

  private void secret(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private static String policies() {
    return """
        {"serviceName": "lake", "policies": [{"id": 1, "name": "all",
          "resources": {"database": {"values": ["*"]}, "table": {"values": ["*"]},
            "column": {"values": ["*"]}},
          "policyItems": [{"users": ["admin"], "accesses": [{"type": "all"}]}]}]}
        """;
  }

  private static String users(Map<String, String> groups) {
    List<String> users = new ArrayList<>();
    groups.forEach(
        (name, group) ->
            users.add(
                "{\"name\": \"%s\", \"groups\": [\"%s\"], \"password\": \"%s\"}"
                    .formatted(
                        name, group, PasswordHash.of(name, 1_000, new SecureRandom()).text())));
    return "{\"users\": [" + String.join(",", users) + "]}";
  }

  /** Returns what Sluice's JDBC driver connects to. */
  String jdbcUrl() {
    return "jdbc:sluice://" + grpc;
  }

  /** Asks for a page of the HTTP door; the answer has its status as {@code http}. */
  JsonNode get(String user, String path) {
    return send(request(user, path).GET().build());
  }

  /**
   * Runs a statement and waits for it.
   *
   * @param cluster to run it on
   * @param wait as the statements API takes it
   */
  JsonNode run(String user, String cluster, String sql, String wait) {
    String body =
        JSON.createObjectNode()
            .put("statement", sql)
            .put("cluster", cluster)
            .put("wait_timeout", wait)
            .toString();
    return send(
        request(user, "/api/2.0/sql/statements")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String user, String path) {
    String login =
        Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(URI.create(address + path))
        .header("Authorization", "Basic " + login)
        .header("Content-Type", "application/json");
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode json = JSON.readTree(answer.body());
      return json.isObject() ? ((ObjectNode) json).put("http", answer.statusCode()) : json;
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(hurried);
    }
  }

  /** Tells it to end, as Kubernetes does; returns its status. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("serve does not end");
    }
    return process.exitValue();
  }

  /** Ends it as no process can notice. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
