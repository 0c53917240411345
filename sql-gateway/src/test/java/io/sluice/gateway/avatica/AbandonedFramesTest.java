package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.statement.FakeStatements;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Statements of Avatica's whose client takes the first frame and is never heard of again. */
class AbandonedFramesTest {

  /** Ten thousand when asked for. */
  private static final int FRAMES = Integer.getInteger("sluice.abandoned", 300);

  /** Sessions expire when so many statements were left. */
  private static final int OF_ONE_CONNECTION = 50;

  private static final int ROWS = 1_200;
  private static final String LOGIN =
      "Basic " + Base64.getEncoder().encodeToString("ada:x".getBytes(StandardCharsets.UTF_8));

  private static final Schema NUMBERS =
      new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));

  private final FakeStatements statements = new FakeStatements();
  private final HttpClient client = HttpClient.newHttpClient();
  private final AvaticaFixture fixture = new AvaticaFixture(statements, 0);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void abandonedFramesLeaveNothing() throws Exception {
    List<List<Object>> rows =
        LongStream.range(0, ROWS).mapToObj(row -> List.<Object>of(row)).toList();
    statements.result("select n", () -> new RowEncoder(fixture.allocator).publisher(NUMBERS, rows));
    for (int frame = 0; frame < FRAMES; frame++) {
      String connection = "c" + frame / OF_ONE_CONNECTION;
      if (frame % OF_ONE_CONNECTION == 0) {
        send("{\"request\":\"openConnection\",\"connectionId\":\"%s\"}", connection);
      }
      int statement =
          send("{\"request\":\"createStatement\",\"connectionId\":\"%s\"}", connection)
              .path("statementId")
              .asInt();
      JsonNode run =
          send(
              "{\"request\":\"prepareAndExecute\",\"connectionId\":\"%s\",\"statementId\":"
                  + statement
                  + ",\"sql\":\"select n\",\"maxRowCount\":-1,\"maxRowsInFirstFrame\":100}",
              connection);
      assertThat(run.path("results").path(0).path("firstFrame").path("rows")).hasSize(100);
      if ((frame + 1) % OF_ONE_CONNECTION == 0) {
        assertThat(fixture.avatica.held()).isEqualTo(1 + OF_ONE_CONNECTION);
        fixture.sessions.expireAll();
      }
    }
    fixture.sessions.expireAll();
    assertThat(fixture.avatica.held()).isZero();
    await().until(() -> fixture.allocator.getAllocatedMemory() == 0);
    assertThat(statements.submitted)
        .hasSize(FRAMES)
        .allSatisfy(statement -> assertThat(statement.ending).isCompleted());
  }

  private JsonNode send(String body, String connection) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(fixture.url()))
            .header("Authorization", LOGIN)
            .POST(HttpRequest.BodyPublishers.ofString(body.formatted(connection)))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.builder().build().readTree(answer.body());
  }
}
