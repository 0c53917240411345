package io.sluice.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.metadata.MetadataReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The catalog tree and completions, of a large catalog: what they take, and how long. */
class ListsTest {

  private static final String TABLES = "/api/2.0/sql/catalogs/lake/schemas/tpch/tables";
  private static final String COMPLETIONS = "/api/2.0/sql/completions";

  @TempDir Path folder;

  /**
   * As many tables as are wanted.
   *
   * @param read is told of each table that is loaded
   */
  private record LargeCatalog(int size, Consumer<String> read) implements MetadataReader {
    @Override
    public List<String> catalogs(Principal principal) {
      return List.of("lake");
    }

    @Override
    public List<String> schemas(Principal principal, String catalog) {
      return List.of("tpch");
    }

    @Override
    public List<TableName> tables(Principal principal, String catalog, String schema) {
      throw new AssertionError("all tables are loaded");
    }

    @Override
    public List<TableName> tables(
        Principal principal, String catalog, String schema, Predicate<String> wanted) {
      List<TableName> tables = new ArrayList<>();
      for (int number = 0; number < size; number++) {
        String name = "table_" + number;
        if (wanted.test(name)) {
          read.accept(name);
          tables.add(new TableName(catalog, schema, name));
        }
      }
      return tables;
    }

    @Override
    public Optional<VisibleTable> table(Principal principal, TableName name) {
      return Optional.empty();
    }
  }

  @Test
  void aListThatIsTooLongIsRefused() throws Exception {
    try (RestFixture rest =
        new RestFixture(folder, 1 << 20, new LargeCatalog(200_000, name -> {}))) {
      HttpResponse<String> refused = rest.send("GET", TABLES, "");
      assertThat(refused.statusCode()).isGreaterThanOrEqualTo(400);
      assertThat(refused.body())
          .contains("[RESULT_TOO_LARGE] The list takes more than the 64 MiB that one may take.");
      await().until(() -> rest.answers.size() == 0 && rest.answers.heldBytes() == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"GET," + TABLES, "POST," + COMPLETIONS})
  void oneUserMakesOnlySoManyAtOnce(String method, String path) throws Exception {
    try (RestFixture rest = new RestFixture(folder, 1 << 20, new LargeCatalog(10, name -> {}))) {
      List<AnswerRows> others = new ArrayList<>();
      for (int one = 0; one < 64; one++) {
        others.add(rest.answers.enter(new Principal("ann", Set.of())));
      }
      HttpResponse<String> refused = rest.send(method, path, "{\"statement\":\"select * from \"}");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("QUEUE_FULL").contains("more than the 64 that one user");
      others.forEach(AnswerRows::close);
      assertThat(rest.send(method, path, "{\"statement\":\"select * from \"}").body())
          .contains("table_9");
      await().until(() -> rest.answers.size() == 0);
    }
  }

  @Test
  void onlyWhatIsBegunIsLookedUp() throws Exception {
    Queue<String> read = new ConcurrentLinkedQueue<>();
    try (RestFixture rest = new RestFixture(folder, 1 << 20, new LargeCatalog(1000, read::add))) {
      JsonNode found =
          RestFixture.json(
              rest.send("POST", COMPLETIONS, "{\"statement\":\"select * from TABLE_99\"}"));
      assertThat(found.path("completions")).hasSize(11);
      assertThat(read).hasSize(11).allMatch(name -> name.startsWith("table_99"));
    }
  }

  @ParameterizedTest
  @CsvSource({"GET," + TABLES, "POST," + COMPLETIONS})
  void aListIsMadeNoFurtherOnceItsClientHasGone(String method, String path) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Queue<String> read = new ConcurrentLinkedQueue<>();
    try (RestFixture rest =
        new RestFixture(
            folder,
            1 << 20,
            new LargeCatalog(
                1000,
                name -> {
                  read.add(name);
                  begun.countDown();
                  try {
                    gone.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }))) {
      String body = "{\"statement\":\"select * from \"}";
      String login = Base64.getEncoder().encodeToString("ann:pw".getBytes(StandardCharsets.UTF_8));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rest.port())) {
        String request =
            "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(method, path, login, body.length(), body);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        begun.await();
        assertThat(rest.answers.size()).isOne();
        socket.setSoLinger(true, 0);
      }
      await().until(() -> rest.answers.size() == 0);
      gone.countDown();
      rest.awaitBlocking();
      assertThat(read).hasSize(1);
    }
  }
}
