package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AvaticaDoorTest {

  private static final int TABLES = 5_000;

  private final AvaticaFixture fixture = new AvaticaFixture(new FakeStatements(), TABLES);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aResponseOfManyPiecesArrivesWhole() throws Exception {
    assertThat(send("{\"request\":\"openConnection\",\"connectionId\":\"c\"}").statusCode())
        .isEqualTo(200);
    HttpResponse<String> tables = send("{\"request\":\"getTables\",\"connectionId\":\"c\"}");
    assertThat(tables.statusCode()).isEqualTo(200);
    assertThat(tables.body()).hasSizeGreaterThan(2 * (64 << 10)).endsWith("}");
    assertThat(tables.body().split("table_[0-9]+", -1)).hasSize(TABLES + 1);
  }

  @Test
  void aClientIsCalledAsItsPropertiesSayOrElseItsLibrary() throws Exception {
    send("{\"request\":\"openConnection\",\"connectionId\":\"a\"}", "User-Agent", "thin/1.28");
    assertThat(fixture.sessions.open().values())
        .extracting(Session::clientName)
        .containsExactly("thin/1.28");
    send(
        "{\"request\":\"openConnection\",\"connectionId\":\"b\",\"info\":{\"clientName\":\"etl\"}}");
    assertThat(fixture.sessions.open().values()).extracting(Session::clientName).contains("etl");
  }

  @Test
  void jsonThatIsTooDeepIsAnErrorAndTheDoorLivesOn() throws Exception {
    HttpResponse<String> refused =
        send("{\"request\":\"openConnection\",\"connectionId\":" + "[".repeat(200_000));
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body()).contains("PROTOCOL_VIOLATION").hasSizeLessThan(2_000);
    assertThat(send("{\"request\":\"openConnection\",\"connectionId\":\"c\"}").statusCode())
        .isEqualTo(200);
  }

  @Test
  void whatAPageOfAnotherSiteSendsIsNotCarriedOut() throws Exception {
    HttpResponse<String> refused =
        send(
            "{\"request\":\"openConnection\",\"connectionId\":\"c\"}",
            "Origin",
            "https://evil.example");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("WWW-Authenticate")).isEmpty();
    assertThat(refused.body()).contains("another site");
    assertThat(fixture.avatica.held()).isZero();
  }

  private HttpResponse<String> send(String body, String... headers) throws Exception {
    String login = Base64.getEncoder().encodeToString("ada:x".getBytes(StandardCharsets.UTF_8));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(fixture.url()))
            .header("Authorization", "Basic " + login)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int name = 0; name < headers.length; name += 2) {
      request.header(headers[name], headers[name + 1]);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
