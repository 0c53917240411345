package io.sluice.gateway.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One user of the statements API. */
final class RestClient {

  static final String STATEMENTS = "/api/2.0/sql/statements";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final String user;

  RestClient(int port, String user) {
    this.port = port;
    this.user = user;
  }

  /** Begins a request's body. */
  static ObjectNode statement(String sql) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("statement", sql)
        .put("wait_timeout", "50s")
        .put("warehouse_id", "local");
  }

  /** Runs a statement to its end. */
  JsonNode execute(String sql) throws Exception {
    return execute(statement(sql));
  }

  JsonNode execute(ObjectNode body) throws Exception {
    HttpResponse<String> answer = post(STATEMENTS, body.toString());
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** Runs a query whose result comes with the answers, and returns all of its rows. */
  List<List<String>> rows(ObjectNode body) throws Exception {
    JsonNode answer = execute(body);
    if (!state(answer).equals("SUCCEEDED")) {
      throw new AssertionError(answer.toString());
    }
    List<List<String>> rows = new ArrayList<>();
    int chunks = answer.path("manifest").path("total_chunk_count").intValue();
    for (int chunk = 0; chunk < chunks; chunk++) {
      rows.addAll(data(chunk(answer, chunk).path("data_array")));
    }
    return rows;
  }

  List<List<String>> rows(String sql) throws Exception {
    return rows(statement(sql));
  }

  JsonNode chunk(JsonNode answer, int index) throws Exception {
    return get(path(answer) + "/result/chunks/" + index);
  }

  static List<List<String>> data(JsonNode array) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : array) {
      List<String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(cell.isNull() ? null : cell.textValue()));
      rows.add(cells);
    }
    return rows;
  }

  static String state(JsonNode answer) {
    return answer.path("status").path("state").asText();
  }

  static String message(JsonNode answer) {
    return answer.path("status").path("error").path("message").asText();
  }

  static String path(JsonNode answer) {
    return STATEMENTS + "/" + answer.path("statement_id").asText();
  }

  JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = send("GET", path, "", true);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send("POST", path, body, true);
  }

  HttpResponse<String> send(String method, String path, String body, boolean login)
      throws IOException, InterruptedException {
    return http.send(
        request(method, path, body, login),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /** Fetches a link as anybody can who has it. */
  HttpResponse<byte[]> fetch(String link) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(link)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpRequest request(String method, String path, String body, boolean login) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    if (login) {
      String credentials = user + ":" + user;
      request.header(
          "Authorization",
          "Basic "
              + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }
    return request.build();
  }
}
