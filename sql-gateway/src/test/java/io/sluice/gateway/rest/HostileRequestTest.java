package io.sluice.gateway.rest;

import static io.sluice.gateway.rest.RestFixture.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What one user may hold up of the API, and requests that nobody sends in earnest. */
class HostileRequestTest {

  private static final String LONG =
      "{\"statement\":\"rows 10 in batches of 5\","
          + "\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\"}";
  private static final String WAIT = "{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}";
  private static final int MOST = RestFixture.SETTINGS.mostDownloadsOfOneUser();

  @TempDir Path folder;
  private RestFixture rest;

  @BeforeEach
  void open() throws Exception {
    rest = new RestFixture(folder, 60 << 20);
  }

  @AfterEach
  void close() {
    rest.close();
  }

  private static RequestHeaders headers(String user, String path) {
    String login =
        Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.UTF_8));
    return RequestHeaders.of(HttpMethod.GET, path, "authorization", "Basic " + login);
  }

  private Unread begun(String user, String path) {
    HttpRequest request = HttpRequest.of(headers(user, path));
    HttpResponse response = rest.api.serve(ServiceRequestContext.of(request), request);
    Unread reader = new Unread();
    response.subscribe(reader);
    return reader;
  }

  @Test
  void oneUserTakesOnlySoManyStreamsOfEventsAndNoneOfTheOthers() throws Exception {
    String events = path(rest.execute(WAIT)) + "/events";
    List<Unread> open = new ArrayList<>();
    for (int stream = 0; stream < MOST; stream++) {
      open.add(begun("ann", events));
      assertThat(open.get(stream).status()).isEqualTo(200);
    }
    java.net.http.HttpResponse<String> refused = rest.send("GET", events, "");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body())
        .contains("RESOURCE_EXHAUSTED", "Too many streams of events are open");
    JsonNode others =
        RestFixture.json(
            rest.http()
                .send(
                    rest.request("bob", "POST", StatementsApi.STATEMENTS, WAIT),
                    java.net.http.HttpResponse.BodyHandlers.ofString()));
    assertThat(begun("bob", path(others) + "/events").status()).isEqualTo(200);
    open.get(0).leave();
    await().until(() -> begun("ann", events).status() == 200);
  }

  @Test
  void oneUserTakesOnlySoManyDownloads() throws Exception {
    JsonNode answer = rest.execute(LONG);
    String link =
        answer.path("result").path("external_links").get(0).path("external_link").asText();
    String path = link.substring(link.indexOf("/api/"));
    List<Unread> open = new ArrayList<>();
    for (int download = 0; download < MOST; download++) {
      open.add(begun("ann", path));
      assertThat(open.get(download).status()).isEqualTo(200);
    }
    // By whoever they are fetched.
    for (String user : List.of("ann", "bob")) {
      assertThat(
              rest.http()
                  .send(
                      rest.request(user, "GET", link, ""),
                      java.net.http.HttpResponse.BodyHandlers.ofString())
                  .body())
          .contains("Too many results are being sent");
    }
    open.forEach(Unread::leave);
    await().until(() -> rest.send("GET", link, "").statusCode() == 200);
  }

  @Test
  void slotsAreOfAllAndOfEach() {
    Slots slots = new Slots(3, 2, "none is free");
    Runnable first = slots.enter("ann");
    slots.enter("ann");
    assertThatThrownBy(() -> slots.enter("ann"))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("none is free");
    slots.enter("bob");
    assertThatThrownBy(() -> slots.enter("eve")).hasMessageContaining("none is free");
    first.run();
    first.run();
    slots.enter("eve");
    assertThatThrownBy(() -> slots.enter("bob")).hasMessageContaining("none is free");
  }

  @Test
  void aReaderOfEventsThatStopsReadingIsEnded() throws Exception {
    JsonNode waits = rest.execute(WAIT);
    Unread reader = begun("ann", path(waits) + "/events");
    assertThat(reader.status()).isEqualTo(200);
    assertThat(reader.ended).isNotDone();
    rest.now = rest.now.plus(StatementEvents.STALL);
    await().until(reader.ended::isDone);
    // Nothing keeps the statement alive any more, and the slot is free.
    rest.now = rest.now.plus(RestFixture.SETTINGS.abandoned());
    rest.api.expire();
    await().until(() -> rest.statements.last().canceled.isDone());
  }

  /** Takes the head of a response and nothing else. */
  private static final class Unread implements Subscriber<HttpObject> {
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Subscription subscription;

    int status() throws Exception {
      return status.get(10, TimeUnit.SECONDS);
    }

    void leave() {
      subscription.cancel();
    }

    @Override
    public void onSubscribe(Subscription begun) {
      subscription = begun;
      begun.request(1);
    }

    @Override
    public void onNext(HttpObject head) {
      status.complete(((ResponseHeaders) head).status().code());
    }

    @Override
    public void onError(Throwable failure) {
      ended.complete(null);
    }

    @Override
    public void onComplete() {
      ended.complete(null);
    }
  }

  @Test
  void jsonThatIsTooDeepTooManyOrTooLongIsOneClearError() throws Exception {
    String deep = "[".repeat(100_000);
    assertRefused("{\"statement\":" + deep, 400, "nests at most 20 deep");
    assertRefused("{\"statement\":\"x\",\"parameters\":" + deep, 400, "nests at most 20 deep");
    String many = "{\"parameters\":[" + "1,".repeat(300_000) + "1]}";
    assertRefused(many, 400, "at most 100000 parts");
    assertRefused("{\"statement\":\"" + "x".repeat(5 << 20) + "\"}", 413, "4096 KiB");
    assertRefused("{\"statement\":" + "9".repeat(100_000) + "}", 400, "");
    assertRefused("{\"statement\":\"a\",\"statement\":\"b\"}", 400, "");
    assertRefused("", 400, "");
    assertThat(RestFixture.state(rest.execute("{\"statement\":\"none\"}"))).isEqualTo("SUCCEEDED");
    assertThat(rest.statements.submitted).hasSize(1);
  }

  private void assertRefused(String body, int status, String text) throws Exception {
    java.net.http.HttpResponse<String> refused = rest.send("POST", StatementsApi.STATEMENTS, body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
    assertThat(refused.body())
        .contains(text)
        .contains("error_code")
        .doesNotContain("Exception", "jackson", "java.")
        .hasSizeLessThan(500);
  }

  @Test
  void theClientsNameIsTheSessions() throws Exception {
    java.net.http.HttpRequest request =
        java.net.http.HttpRequest.newBuilder(
                rest.request("ann", "POST", StatementsApi.STATEMENTS, WAIT), (name, value) -> true)
            .header("User-Agent", "dashboards/7 \t of sales")
            .build();
    rest.http().send(request, java.net.http.HttpResponse.BodyHandlers.discarding());
    assertThat(rest.statements.last().session.clientName()).isEqualTo("dashboards/7 of sales");
  }
}
