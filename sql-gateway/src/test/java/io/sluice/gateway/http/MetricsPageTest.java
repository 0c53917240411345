package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.metrics.Exposition;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MetricsPageTest {

  private static final Function<String, Exposition> ECHO =
      accept ->
          new Exposition(
              "text/plain; version=0.0.4; charset=utf-8",
              ("asked_for " + accept).getBytes(StandardCharsets.UTF_8));

  private final Authenticator authenticator =
      (user, password, address) ->
          password.equals(user)
              ? CompletableFuture.completedFuture(new Principal(user, Set.of(user)))
              : CompletableFuture.failedFuture(
                  new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user name or password"));

  private Function<String, Exposition> metrics = ECHO;

  @RegisterExtension
  private final OpenDoor door =
      new OpenDoor(
          new HttpDoor.Page(
              "/metrics",
              new MetricsPage(
                  new HttpAuthentication(
                      authenticator, new BearerTokens(new byte[32]), new FakeSessions()),
                  principal -> principal.groups().contains("scrapers"),
                  accept -> metrics.apply(accept),
                  Runnable::run)));

  @Test
  void whoMayReadThemGetsThemAsTheyWereAskedFor() throws Exception {
    HttpResponse<String> answer = get("GET", "scrapers", "scrapers");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body()).isEqualTo("asked_for application/openmetrics-text");
    assertThat(door.connections()).isPositive();
  }

  @Test
  void nobodyElseLearnsAnything() throws Exception {
    assertThat(get("GET", "scrapers", "wrong").statusCode()).isEqualTo(401);
    HttpResponse<String> other = get("GET", "ann", "ann");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.body()).contains("metrics.groups").doesNotContain("asked_for");
    HttpResponse<String> nobody = send(request("GET"));
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("www-authenticate")).contains("Basic realm=\"sluice\"");
    assertThat(nobody.body()).doesNotContain("asked_for");
    assertThat(get("POST", "scrapers", "scrapers").statusCode()).isEqualTo(405);
  }

  @Test
  void aDefectIsNotShown() throws Exception {
    metrics =
        accept -> {
          throw new IllegalStateException("secret");
        };
    HttpResponse<String> answer = get("GET", "scrapers", "scrapers");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("{\"error\":\"The metrics could not be told.\"}");
  }

  private HttpResponse<String> get(String method, String user, String password) throws Exception {
    String login = user + ":" + password;
    return send(
        request(method)
            .header("Accept", "application/openmetrics-text")
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))));
  }

  private HttpRequest.Builder request(String method) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/metrics"))
        .method(method, HttpRequest.BodyPublishers.noBody());
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
