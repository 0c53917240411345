package io.sluice.gateway.rest;

import static io.sluice.gateway.rest.RestFixture.path;
import static io.sluice.gateway.rest.RestFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of statements, results and sessions that nobody asks for any more. */
class StatementLifeTest {

  private static final String LONG =
      "{\"statement\":\"rows 600000 in batches of 50000\","
          + "\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\"}";

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
  void aSessionEndsWithItsStatement() throws Exception {
    rest.execute("{\"statement\":\"rows 1 in batches of 1\"}");
    rest.execute("{\"statement\":\"none\"}");
    rest.execute("{\"statement\":\"select\"}");
    assertThat(rest.sessions.open()).isEmpty();
    JsonNode waits = rest.execute("{\"statement\":\"wait\",\"wait_timeout\":\"0s\"}");
    assertThat(rest.sessions.open()).hasSize(1);
    rest.send("DELETE", path(waits), "");
    await().until(() -> rest.sessions.open().isEmpty());
    assertThat(state(rest.get(path(waits)))).isEqualTo("CLOSED");
  }

  @Test
  void whoGoesAwayBeforeTheAnswerEndsTheStatement() throws Exception {
    assertThat(canceledWithItsConnection("")).contains("closed the statement");
    assertThat(rest.sessions.open()).isEmpty();
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

  private String canceledWithItsConnection(String more) throws Exception {
    try (Socket socket = post("{\"statement\":\"wait\"" + more + "}")) {
      await().until(() -> rest.statements.submitted.size() == 1);
    }
    return rest.statements.last().canceled.get(10, TimeUnit.SECONDS);
  }

  private Socket post(String body) throws Exception {
    Socket socket = new Socket("127.0.0.1", rest.port());
    String login = Base64.getEncoder().encodeToString("ann:pw".getBytes(StandardCharsets.UTF_8));
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + StatementsApi.STATEMENTS
                    + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + body.length()
                    + "\r\nAuthorization: Basic "
                    + login
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
                + "\"disposition\":\"EXTERNAL_LINKS\"}");
    assertThat(state(full)).isEqualTo("FAILED");
    assertThat(full.path("status").path("error").path("error_code").asText())
        .isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(full.path("status").path("error").path("message").asText())
        .contains("user [ann]")
        .contains("[QUEUE_FULL]");
    assertThat(rest.statements.last().canceled.get(10, TimeUnit.SECONDS)).isNotEmpty();
    assertThat(rest.spool.used()).isZero();
    assertThat(files()).isEmpty();
    assertThat(rest.sessions.open()).isEmpty();
    assertThat(state(rest.execute(LONG))).isEqualTo("SUCCEEDED");
  }

  @Test
  void messagesAreAskedForOneAtATime() throws Exception {
    rest.execute("{\"statement\":\"rows 10 in batches of 1\"}");
    // The schema, ten batches, and the wish behind the last.
    assertThat(rest.statements.last().requested).isEqualTo(12);
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
    for (int i = 0; i < 200; i++) {
      rest.execute("{\"statement\":\"rows 10 in batches of 5\"}");
    }
    assertThat(rest.api.size()).isEqualTo(4);
    rest.now = rest.now.plus(Duration.ofHours(2));
    rest.api.expire();
    await().until(() -> rest.spool.used() == 0);
    assertThat(files()).isEmpty();
    assertThat(rest.sessions.open()).isEmpty();
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
    assertThat(stats.has("running_ms")).isFalse();
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
