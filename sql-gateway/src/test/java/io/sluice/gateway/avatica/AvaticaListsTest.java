package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.LargeSchema;
import io.sluice.planner.catalog.Column;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

/** Lists of large catalogs: what they take of the gateway, and how long. */
class AvaticaListsTest {

  private static final String LOGIN =
      "Basic " + Base64.getEncoder().encodeToString("ada:x".getBytes(StandardCharsets.UTF_8));
  private static final String OPEN = "{\"request\":\"openConnection\",\"connectionId\":\"c\"}";
  private static final String TABLES =
      "{\"request\":\"getTables\",\"connectionId\":\"c\",\"tableNamePattern\":\"%s\"}";
  private static final String COLUMNS = "{\"request\":\"getColumns\",\"connectionId\":\"c\"}";

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void aListThatIsTooLongIsRefusedAndAskedForInParts() throws Exception {
    try (AvaticaFixture fixture = new AvaticaFixture(new FakeStatements(), 400_000)) {
      send(fixture, OPEN);
      HttpResponse<String> refused = send(fixture, TABLES.formatted("%"));
      assertThat(refused.statusCode()).isEqualTo(500);
      assertThat(refused.body())
          .contains("[RESULT_TOO_LARGE] The list takes more than the 64 MiB that one may take.");
      await().until(() -> fixture.answers.size() == 0 && fixture.answers.heldBytes() == 0);
      HttpResponse<String> part = send(fixture, TABLES.formatted("table_1%"));
      assertThat(part.statusCode()).isEqualTo(200);
      assertThat(part.body()).contains("table_19999").doesNotContain("table_2");
      await().until(() -> fixture.answers.size() == 0 && fixture.answers.heldBytes() == 0);
    }
  }

  @Test
  void theColumnsOfFiveThousandTablesAreListedInBothEncodings() throws Exception {
    int all = LargeSchema.TABLES * LargeSchema.COLUMNS_OF_TABLE;
    try (AvaticaFixture fixture =
        new AvaticaFixture(new FakeStatements(), LargeSchema.tables(), LargeSchema::columns)) {
      send(fixture, OPEN);
      HttpResponse<String> json = send(fixture, COLUMNS);
      assertThat(json.statusCode()).isEqualTo(200);
      assertThat(count("[\"lake\",\"tpch\",\"warehouse_table_", json.body())).isEqualTo(all);
      byte[] asked =
          new ProtobufTranslationImpl()
              .serializeRequest(new Service.ColumnsRequest("c", null, null, null, null));
      HttpResponse<String> protobuf =
          client.send(
              request(fixture, HttpRequest.BodyPublishers.ofByteArray(asked)),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
      assertThat(protobuf.statusCode()).isEqualTo(200);
      assertThat(count("warehouse_table_", protobuf.body()))
          .as("each cell is there for old and for new clients")
          .isEqualTo(2 * all);
      await().until(() -> fixture.answers.size() == 0 && fixture.answers.heldBytes() == 0);
    }
  }

  @Test
  void aListIsMadeNoFurtherOnceItsClientHasGone() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    AtomicInteger read = new AtomicInteger();
    try (AvaticaFixture fixture =
        new AvaticaFixture(
            new FakeStatements(),
            1000,
            table -> {
              read.incrementAndGet();
              begun.countDown();
              try {
                gone.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return List.of(new Column("c", 1, Types.LongType.get(), true, Optional.empty()));
            })) {
      send(fixture, OPEN);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
        String request =
            "POST /avatica HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + LOGIN
                + "\r\nContent-Length: "
                + COLUMNS.length()
                + "\r\n\r\n"
                + COLUMNS;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        begun.await();
        assertThat(fixture.answers.size()).isOne();
        socket.setSoLinger(true, 0);
      }
      await().until(() -> fixture.answers.size() == 0);
      gone.countDown();
      fixture.awaitLists();
      assertThat(read).hasValue(1);
    }
  }

  private static int count(String part, String text) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      count++;
    }
    return count;
  }

  private HttpResponse<String> send(AvaticaFixture fixture, String body) throws Exception {
    return client.send(
        request(fixture, HttpRequest.BodyPublishers.ofString(body)),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(AvaticaFixture fixture, HttpRequest.BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(fixture.url()))
        .header("Authorization", LOGIN)
        .POST(body)
        .build();
  }
}
