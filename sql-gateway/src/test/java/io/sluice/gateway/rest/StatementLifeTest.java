package io.sluice.gateway.rest;

import static io.sluice.gateway.rest.RestFixture.path;
import static io.sluice.gateway.rest.RestFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.MediaType;
import io.sluice.gateway.statement.QueuePlace;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of statements, results and sessions that nobody asks for any more. */
class StatementLifeTest {

  /** Ten thousand when asked for. */
  private static final int ABANDONED = Integer.getInteger("sluice.abandoned", 200);

  private static final String LONG =
      "{\"statement\":\"rows 600000 in batches of 50000\","
          + "\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\"}";

  private static final String LOGIN =
      Base64.getEncoder().encodeToString("ann:pw".getBytes(StandardCharsets.UTF_8));

  @TempDir Path folder;
  private RestFixture rest;

  @BeforeEach
  void open() throws Exception {
    rest = new RestFixture(folder, 20 << 20);
  }

  @AfterEach
  void close() {
    rest.close();
  }

  @Test
  void aResultExpiresWithItsStatementAndLeavesNothing() throws Exception {
    JsonNode answer = rest.execute(LONG);
    assertThat(state(answer)).isEqualTo("SUCCEEDED");
    assertThat(rest.spool.used()).isPositive();
    String link = link(answer);
    assertThat(rest.send("GET", link, "").statusCode()).isEqualTo(200);
    rest.now = rest.now.plus(RestFixture.SETTINGS.kept()).minusSeconds(1);
    rest.api.expire();
    assertThat(state(rest.get(path(answer)))).isEqualTo("SUCCEEDED");
    rest.now = rest.now.plusSeconds(1);
    rest.api.expire();
    await().until(() -> rest.api.size() == 0);
    assertThat(rest.send("GET", path(answer), "").statusCode()).isEqualTo(404);
    await().until(() -> rest.spool.used() == 0);
    assertThat(files()).isEmpty();
  }

  @Test
  void aLinkExpiresBeforeItsStatement() throws Exception {
    JsonNode answer = rest.execute(LONG);
    String link = link(answer);
    rest.now = rest.now.plus(RestFixture.SETTINGS.link()).minusMillis(1);
    assertThat(rest.send("GET", link, "").statusCode()).isEqualTo(200);
    rest.now = rest.now.plusMillis(1);
    HttpResponse<String> late = rest.send("GET", link, "");
    assertThat(late.statusCode()).isEqualTo(404);
    assertThat(late.body()).contains("has expired");
    assertThat(rest.send("GET", link(rest.get(path(answer))), "").statusCode()).isEqualTo(200);
  }

  @Test
  void aStatementThatNobodyAsksForIsEnded() throws Exception {
    JsonNode asked = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}");
    JsonNode forgotten = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}");
    rest.now = rest.now.plus(RestFixture.SETTINGS.abandoned()).minusSeconds(1);
    assertThat(state(rest.get(path(asked)))).isEqualTo("RUNNING");
    rest.now = rest.now.plusSeconds(1);
    rest.api.expire();
    assertThat(rest.statements.last().canceled.get(10, TimeUnit.SECONDS)).contains("Nobody asked");
    await().until(() -> state(rest.get(path(forgotten))).equals("CANCELED"));
    assertThat(state(rest.get(path(asked)))).isEqualTo("RUNNING");
  }

  @Test
  void aStatementsTagsAreItsSessions() throws Exception {
    rest.execute(
        "{\"statement\":\"none\","
            + "\"query_tags\":[{\"key\":\"team\",\"value\":\"bi\"},{\"key\":\"nightly\"}]}");
    assertThat(rest.statements.last().session.tags(Map.of())).containsExactly("team=bi", "nightly");
    HttpResponse<String> wrong =
        rest.send(
            "POST", StatementsApi.STATEMENTS, "{\"statement\":\"none\",\"query_tags\":[\"team\"]}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("INVALID_PARAMETER_VALUE").contains("a key and a value");
    assertThat(rest.statements.submitted).hasSize(1);
  }

  @Test
  void aSessionEndsWithItsStatement() throws Exception {
    rest.execute("{\"statement\":\"rows 1 in batches of 1\"}");
    rest.execute("{\"statement\":\"none\"}");
    rest.execute("{\"statement\":\"select\"}");
    await().until(() -> rest.sessions.open().isEmpty());
    JsonNode waits = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}");
    assertThat(rest.sessions.open()).hasSize(1);
    rest.send("DELETE", path(waits), "");
    await().until(() -> rest.sessions.open().isEmpty());
    assertThat(state(rest.get(path(waits)))).isEqualTo("CLOSED");
  }

  @Test
  void whoGoesAwayBeforeTheAnswerEndsTheStatement() throws Exception {
    assertThat(canceledWithItsConnection()).contains("closed the statement");
    await().until(() -> rest.sessions.open().isEmpty());
  }

  @Test
  void whoResetsTheStreamBeforeTheAnswerEndsTheStatementToo() throws Exception {
    com.linecorp.armeria.common.HttpResponse waiting =
        WebClient.of("h2c://127.0.0.1:" + rest.port())
            .prepare()
            .post(StatementsApi.STATEMENTS)
            .header("authorization", "Basic " + LOGIN)
            .content(MediaType.JSON, "{\"statement\":\"wait\"}")
            .execute();
    await().until(() -> rest.statements.submitted.size() == 1);
    waiting.abort();
    assertThat(rest.statements.last().canceled.get(10, TimeUnit.SECONDS))
        .contains("closed the statement");
  }

  @Test
  void whoCanComeBackWithTheKeyMay() throws Exception {
    String body = "{\"statement\":\"wait\",\"idempotency_key\":\"k\"}";
    try (Socket socket = post(body)) {
      await().until(() -> rest.statements.submitted.size() == 1);
    }
    JsonNode again =
        rest.execute("{\"statement\":\"wait\",\"idempotency_key\":\"k\",\"wait_timeout\":\"0s\"}");
    assertThat(state(again)).isEqualTo("RUNNING");
    assertThat(rest.statements.submitted).hasSize(1);
    assertThat(rest.statements.last().canceled).isNotDone();
  }

  private String canceledWithItsConnection() throws Exception {
    try (Socket socket = post("{\"statement\":\"wait\"}")) {
      await().until(() -> rest.statements.submitted.size() == 1);
    }
    return rest.statements.last().canceled.get(10, TimeUnit.SECONDS);
  }

  private Socket post(String body) throws Exception {
    Socket socket = new Socket("127.0.0.1", rest.port());
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + StatementsApi.STATEMENTS
                    + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + body.length()
                    + "\r\nAuthorization: Basic "
                    + LOGIN
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  @Test
  void aFullSpoolEndsTheStatementAndGivesTheRoomBack() throws Exception {
    JsonNode full =
        rest.execute(
            "{\"statement\":\"rows 3000000 in batches of 100000\","
                + "\"wait_timeout\":\"50s\",\"disposition\":\"EXTERNAL_LINKS\"}");
    assertThat(state(full)).isEqualTo("FAILED");
    assertThat(full.path("status").path("error").path("error_code").asText())
        .isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(full.path("status").path("error").path("message").asText())
        .contains("user [ann]")
        .contains("[QUEUE_FULL]");
    rest.statements.last().resultCanceled.get(10, TimeUnit.SECONDS);
    assertThat(rest.spool.used()).isZero();
    assertThat(files()).isEmpty();
    await().until(() -> rest.sessions.open().isEmpty());
    assertThat(state(rest.execute(LONG))).isEqualTo("SUCCEEDED");
  }

  @Test
  void messagesAreAskedForOneAtATime() throws Exception {
    rest.execute("{\"statement\":\"rows 10 in batches of 1\"}");
    // The schema, ten batches, and the wish behind the last.
    assertThat(rest.statements.last().messagesRequested).hasValue(12);
  }

  @Test
  void statementsAreBoundedAndTheOldestThatEndedGoFirst() throws Exception {
    List<JsonNode> waiting = new ArrayList<>();
    JsonNode ended = rest.execute("{\"statement\":\"none\"}");
    for (int i = 0; i < 3; i++) {
      waiting.add(rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}"));
    }
    waiting.add(rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}"));
    assertThat(rest.send("GET", path(ended), "").statusCode()).isEqualTo(404);
    HttpResponse<String> tooMany =
        rest.send("POST", StatementsApi.STATEMENTS, "{\"statement\":\"none\"}");
    assertThat(tooMany.statusCode()).isEqualTo(429);
    assertThat(tooMany.body()).contains("RESOURCE_EXHAUSTED").contains("cancel one");
    rest.send("POST", path(waiting.get(0)) + "/cancel", "");
    assertThat(state(rest.execute("{\"statement\":\"none\"}"))).isEqualTo("SUCCEEDED");
  }

  @Test
  void thousandsOfAbandonedResultsLeaveNothing() throws Exception {
    for (int i = 0; i < ABANDONED; i++) {
      rest.execute("{\"statement\":\"rows 10 in batches of 5\"}");
    }
    assertThat(rest.api.size()).isEqualTo(4);
    rest.now = rest.now.plus(Duration.ofHours(2));
    rest.api.expire();
    await().until(() -> rest.spool.used() == 0);
    assertThat(files()).isEmpty();
    await().until(() -> rest.sessions.open().isEmpty());
    assertThat(rest.allocator.getAllocatedMemory()).isZero();
  }

  @Test
  void aFileThatWasChangedIsOneClearError() throws Exception {
    JsonNode answer = rest.execute(LONG);
    for (Path file : files()) {
      byte[] bytes = Files.readAllBytes(file);
      bytes[0] ^= 1;
      Files.write(file, bytes);
    }
    HttpResponse<String> refused = rest.send("GET", link(answer), "");
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body()).contains("changed on disk").doesNotContain(".spool");
  }

  @Test
  void theStatusTellsProgressAndSteps() throws Exception {
    rest.now = rest.now.plusSeconds(2);
    JsonNode stats = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}").path("stats");
    assertThat(stats.path("progress").asDouble()).isEqualTo(0.25);
    assertThat(stats.path("analysis_ms").asLong()).isEqualTo(250);
    assertThat(stats.path("total_ms").asLong()).isEqualTo(2000);
    assertThat(stats.path("queued_ms").asLong()).isEqualTo(250);
    assertThat(stats.path("running_ms").asLong()).isEqualTo(1250);
  }

  @Test
  void theStatusTellsThePlaceInTheQueue() throws Exception {
    rest.statements.place = Optional.of(new QueuePlace(2, Optional.of(Duration.ofSeconds(42)), ""));
    JsonNode waits = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}");
    assertThat(waits.path("stats").path("queue").toString())
        .isEqualTo("{\"position\":2,\"expected_wait_ms\":42000}");
    rest.statements.place = Optional.of(new QueuePlace(1, Optional.empty(), "Spark is starting"));
    assertThat(
            rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}")
                .path("stats")
                .path("queue")
                .toString())
        .isEqualTo("{\"position\":1,\"reason\":\"Spark is starting\"}");
  }

  @Test
  void eventsTellEachStateUntilTheEnd() throws Exception {
    JsonNode waits = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}");
    CompletableFuture<HttpResponse<Stream<String>>> events =
        rest.http()
            .sendAsync(
                rest.request("ann", "GET", path(waits) + "/events", ""),
                HttpResponse.BodyHandlers.ofLines());
    Iterator<String> lines = events.get(10, TimeUnit.SECONDS).body().iterator();
    assertThat(lines.next()).isEqualTo("event: status");
    assertThat(lines.next())
        .startsWith("data: {")
        .contains("\"state\":\"RUNNING\"")
        .contains("\"progress\":0.25");
    rest.send("POST", path(waits) + "/cancel", "");
    List<String> rest = new ArrayList<>();
    lines.forEachRemaining(rest::add);
    assertThat(String.join("\n", rest)).contains("\"state\":\"CANCELED\"");
  }

  @Test
  void aPageOfAnotherSiteIsNotServed() throws Exception {
    String own = "http://127.0.0.1:" + rest.port();
    for (String origin : List.of(own, "https://evil.example", "null", own + ".evil.example")) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  rest.request("ann", "POST", StatementsApi.STATEMENTS, "{\"statement\":\"none\"}"),
                  (name, value) -> true)
              .header("Origin", origin)
              .build();
      int status = rest.http().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      assertThat(status).as(origin).isEqualTo(origin.equals(own) ? 200 : 403);
    }
    assertThat(rest.statements.submitted).hasSize(1);
  }

  @Test
  void nobodyElseIsToldEvents() throws Exception {
    JsonNode done = rest.execute("{\"statement\":\"none\"}");
    assertThat(
            rest.http()
                .send(
                    rest.request("bob", "GET", path(done) + "/events", ""),
                    HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(404);
  }

  private static String link(JsonNode answer) {
    return answer.path("result").path("external_links").get(0).path("external_link").asText();
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}
