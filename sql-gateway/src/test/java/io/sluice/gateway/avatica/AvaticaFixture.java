package io.sluice.gateway.avatica;

import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.OneSchema;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.Principal;
import io.sluice.planner.catalog.Column;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Avatica's door, open, without Spark or a catalog; every password is right. */
final class AvaticaFixture implements AutoCloseable {

  final FakeSessions sessions = new FakeSessions();
  final BufferAllocator allocator = new RootAllocator();
  final GatewayAnswers answers =
      new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH);
  final AvaticaDoor avatica;
  private final ExecutorService blocking = Executors.newSingleThreadExecutor();
  private final HttpDoor door;

  /**
   * @param tables how many tables there are
   */
  AvaticaFixture(StatementService statements, int tables) {
    this(statements, tables, table -> List.of());
  }

  /**
   * @param columns what columns a table has
   */
  AvaticaFixture(StatementService statements, int tables, Function<String, List<Column>> columns) {
    this(
        statements,
        IntStream.range(0, tables).mapToObj(number -> "table_" + number).toList(),
        columns);
  }

  /**
   * @param columns what columns a table has
   */
  AvaticaFixture(
      StatementService statements, List<String> tables, Function<String, List<Column>> columns) {
    avatica =
        new AvaticaDoor(
            new HttpAuthentication(
                (user, password, address) ->
                    CompletableFuture.completedFuture(new Principal(user, Set.of())),
                new BearerTokens(new byte[32]),
                sessions),
            sessions,
            statements,
            OneSchema.of(tables, columns),
            answers,
            allocator,
            Runnable::run,
            blocking,
            "1");
    door =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> new HttpDoor.Readiness(true, List.of()),
            Runnable::run,
            List.of(avatica.page()));
    door.start();
  }

  /** Waits until the lists that are being made are. */
  void awaitLists() throws Exception {
    blocking.submit(() -> {}).get();
  }

  int port() {
    return door.port();
  }

  String url() {
    return "http://127.0.0.1:" + door.port() + "/avatica";
  }

  @Override
  public void close() {
    door.close();
    blocking.shutdownNow();
    allocator.close();
  }
}
