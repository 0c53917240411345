package io.sluice.gateway.rest;

import static io.sluice.gateway.rest.RestFixture.path;
import static io.sluice.gateway.rest.RestFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a result that waits is given to: who may have it now, by a link that is whole. */
class KeptResultTest {

  private static final String EXTERNAL =
      "{\"statement\":\"rows 10 in batches of 5\","
          + "\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\"}";
  private static final String INLINE = "{\"statement\":\"rows 10 in batches of 5\"}";
  private static final String KEYED =
      "{\"statement\":\"rows 10 in batches of 5\",\"idempotency_key\":\"once\"}";
  private static final String CHANGED = "The policies changed after the statement ran";

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

  private int get(String path) throws Exception {
    return rest.send("GET", path, "").statusCode();
  }

  private static String chunk(JsonNode answer) {
    return path(answer) + "/result/chunks/0";
  }

  private static String link(JsonNode answer) {
    return answer.path("result").path("external_links").get(0).path("external_link").asText();
  }

  private boolean nothingIsKept() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void underTheSamePoliciesNothingIsAuthorizedAnew() throws Exception {
    JsonNode answer = rest.execute(INLINE);
    assertThat(get(chunk(answer))).isEqualTo(200);
    assertThat(get(path(answer))).isEqualTo(200);
    assertThat(rest.statements.authorizedAnew).isEmpty();
  }

  /** Under whatever name they come back: the id and the link were somebody else's. */
  @Test
  void nothingThatAFormerUserLeftIsGivenToAnybody() throws Exception {
    JsonNode answer = rest.execute(EXTERNAL);
    assertThat(get(link(answer))).isEqualTo(200);
    rest.former.add(new Principal("ann", Set.of()));
    assertThat(get(link(answer))).isEqualTo(404);
    assertThat(get(path(answer))).isEqualTo(404);
    rest.api.expire();
    await().until(() -> rest.api.size() == 0);
    assertThat(nothingIsKept()).isTrue();
    rest.former.clear();
    assertThat(get(link(answer))).isEqualTo(404);
  }

  @Test
  void underOthersItIsAuthorizedOnceAsItWasSent() throws Exception {
    JsonNode answer = rest.execute(INLINE);
    rest.policies = Optional.of("2");
    assertThat(get(chunk(answer))).isEqualTo(200);
    assertThat(get(chunk(answer))).isEqualTo(200);
    assertThat(rest.statements.authorizedAnew)
        .containsExactly(
            "ann in " + rest.statements.last().session.namespace() + ": rows 10 in batches of 5");
  }

  @Test
  void policiesThatMayDecideOtherwiseEachTimeAreAskedEachTime() throws Exception {
    rest.policies = Optional.empty();
    JsonNode answer = rest.execute(INLINE);
    assertThat(get(chunk(answer))).isEqualTo(200);
    assertThat(get(chunk(answer))).isEqualTo(200);
    assertThat(rest.statements.authorizedAnew).hasSize(2);
  }

  @Test
  void whatWouldReadOtherwiseNowIsGoneForGood() throws Exception {
    JsonNode inline = rest.execute(INLINE);
    JsonNode external = rest.execute(EXTERNAL);
    rest.policies = Optional.of("2");
    rest.statements.rewritten = () -> "with a filter";
    HttpResponse<String> refused = rest.send("GET", chunk(inline), "");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("PERMISSION_DENIED", CHANGED).doesNotContain("filter\"");
    assertThat(rest.send("GET", link(external), "").body()).contains(CHANGED);
    assertThat(nothingIsKept()).isTrue();
    // Whatever the policies become later.
    rest.statements.rewritten = () -> "as before";
    rest.policies = Optional.of("1");
    for (String asked : new String[] {chunk(inline), path(inline), link(external)}) {
      assertThat(get(asked)).as(asked).isEqualTo(403);
    }
    assertThat(rest.send("DELETE", path(inline), "").statusCode()).isEqualTo(200);
    assertThat(state(rest.execute(INLINE))).isEqualTo("SUCCEEDED");
  }

  @Test
  void theSameRequestAgainIsAuthorizedAsWell() throws Exception {
    JsonNode first = rest.execute(KEYED);
    assertThat(rest.execute(KEYED).path("statement_id")).isEqualTo(first.path("statement_id"));
    rest.policies = Optional.of("2");
    rest.statements.rewritten = () -> "with a filter";
    HttpResponse<String> refused = rest.send("POST", StatementsApi.STATEMENTS, KEYED);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains(CHANGED).doesNotContain("data_array");
  }

  @Test
  void whatWouldBeRefusedNowIsGone() throws Exception {
    JsonNode answer = rest.execute(INLINE);
    rest.policies = Optional.of("2");
    rest.statements.rewritten =
        () -> {
          throw new SluiceException(ErrorCode.PERMISSION_DENIED, "may not read [secret_table]");
        };
    HttpResponse<String> refused = rest.send("GET", path(answer), "");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains(CHANGED).doesNotContain("secret_table");
    assertThat(nothingIsKept()).isTrue();
  }

  @Test
  void whereItCannotBeToldNowItIsKeptAndNotGiven() throws Exception {
    JsonNode answer = rest.execute(INLINE);
    rest.policies = Optional.empty();
    rest.statements.rewritten =
        () -> {
          throw new SluiceException(ErrorCode.POLICY_UNAVAILABLE, "No access policies are loaded");
        };
    HttpResponse<String> refused = rest.send("GET", chunk(answer), "");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).doesNotContain("data_array");
    rest.statements.rewritten = () -> "as before";
    assertThat(get(chunk(answer))).isEqualTo(200);
  }

  @Test
  void aStatementWithoutRowsHasNothingToHide() throws Exception {
    JsonNode none = rest.execute("{\"statement\":\"none\"}");
    rest.policies = Optional.of("2");
    rest.statements.rewritten = () -> "otherwise";
    assertThat(state(rest.get(path(none)))).isEqualTo("SUCCEEDED");
  }

  @Test
  void aLinkThatWasTamperedWithLeadsNowhere() throws Exception {
    JsonNode one = rest.execute(EXTERNAL);
    JsonNode other = rest.execute(EXTERNAL);
    String link = link(one);
    int start = link.lastIndexOf('/') + 1;
    for (int at = start; at < link.length(); at += 5) {
      char flipped = link.charAt(at) == 'A' ? 'B' : 'A';
      assertNowhere(link.substring(0, at) + flipped + link.substring(at + 1));
    }
    String second = link(other);
    int half = (link.length() + start) / 2;
    assertNowhere(link.substring(0, half) + second.substring(half));
    for (String made : new String[] {"", "A", "%00", "..%2f..%2fkey", "A".repeat(3000), "é"}) {
      assertNowhere(link.substring(0, start) + made.replace("é", "%C3%A9"));
    }
    assertThat(get(link)).isEqualTo(200);
  }

  @Test
  void aLinkIsOfOneStatementAlone() throws Exception {
    JsonNode one = rest.execute(EXTERNAL);
    JsonNode other = rest.execute(EXTERNAL);
    rest.send("DELETE", path(one), "");
    assertNowhere(link(one));
    assertThat(get(link(other))).isEqualTo(200);
    // Nor is it a statement's id or a login.
    String token = link(other).substring(link(other).lastIndexOf('/') + 1);
    assertThat(get(StatementsApi.STATEMENTS + "/" + token)).isEqualTo(404);
  }

  private void assertNowhere(String link) throws Exception {
    HttpResponse<String> refused = rest.send("GET", link, "");
    assertThat(refused.statusCode()).as(link).isIn(400, 404);
    assertThat(refused.body()).contains("error_code").doesNotContain("Exception", "java.");
  }
}
