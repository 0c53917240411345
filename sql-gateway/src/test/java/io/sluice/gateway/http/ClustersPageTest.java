package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClustersPageTest {

  private final Authenticator authenticator =
      (user, password, address) -> {
        if (password.equals("broken")) {
          return CompletableFuture.failedFuture(new IllegalStateException("secret"));
        }
        if (password.equals("busy")) {
          return CompletableFuture.failedFuture(
              new SluiceException(ErrorCode.QUEUE_FULL, "Too many logins are under way"));
        }
        return user.equals("ann") && password.equals("a:nn") && address.equals("127.0.0.1")
            ? CompletableFuture.completedFuture(new Principal("ann", Set.of()))
            : CompletableFuture.failedFuture(
                new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user name or password"));
      };

  @RegisterExtension
  private final OpenDoor door =
      new OpenDoor(
          new HttpDoor.Page(
              "/clusters",
              new ClustersPage(
                  new HttpAuthentication(
                      authenticator, new BearerTokens(new byte[32]), new FakeSessions()),
                  principal ->
                      List.of(
                          new ClusterReport(
                              "local",
                              "standard",
                              1,
                              3,
                              12,
                              4,
                              2,
                              1.5,
                              "2 wait",
                              List.of(
                                  new ClusterReport.Replica(
                                      "local-1", "READY", "2026-11-22T12:00:00Z", 4)),
                              List.of(
                                  new ClusterReport.Decision(
                                      "2026-11-22T12:00:00Z", "start 1", "2 wait")))))));

  @Test
  void whoLogsInSeesReplicasQueueAndReasons() throws Exception {
    HttpResponse<String> answer = get("ann", "a:nn");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith("[{\"cluster\":\"local\",\"policy\":\"standard\",\"min\":1,\"max\":3")
        .contains("\"action\":\"start 1\",\"reason\":\"2 wait\"");
  }

  @Test
  void nobodyElseSeesAnything() throws Exception {
    assertRefused(get("ann", "wrong"), 401);
    assertRefused(get("bob", "a:nn"), 401);
    assertRefused(get("ann", "broken"), 401);
    assertRefused(get("ann", "busy"), 503);
    assertRefused(send(""), 401);
    assertRefused(send("Bearer YW5uOmE6bm4="), 401);
    assertRefused(send("Basic !!!"), 401);
    assertRefused(send("Basic " + base64("ann")), 401);
    assertRefused(send("Basic " + base64(":a:nn")), 401);
  }

  private static void assertRefused(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).doesNotContain("local").doesNotContain("secret").contains("error");
  }

  private HttpResponse<String> get(String user, String password) throws Exception {
    return send("Basic " + base64(user + ":" + password));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> send(String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/clusters"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
