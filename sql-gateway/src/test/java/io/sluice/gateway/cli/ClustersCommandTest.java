package io.sluice.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ClustersCommandTest {

  private static final String TWO_REPLICAS =
      """
      [{"cluster":"local","policy":"standard","min":1,"max":3,"permits":12,"running":16,
        "queued":5,"oldestWaitSeconds":4.25,"standing":"5 wait",
        "replicas":[
          {"id":"local-1","state":"READY","since":"2026-11-22T11:00:00Z","running":12},
          {"id":"local-2","state":"DRAINING","since":"2026-11-22T11:59:30Z","running":4}],
        "decisions":[{"at":"2026-11-22T11:59:30Z","action":"drain local-2",
          "reason":"1 of 2 would have\\u001b[2J done"}]}]
      """;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  private HttpServer server;
  private String body = TWO_REPLICAS;
  private int status = 200;
  private String authorization = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/clusters",
        exchange -> {
          authorization = exchange.getRequestHeaders().getFirst("Authorization");
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String... arguments) {
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            output,
            new PrintStream(messages, true, UTF_8),
            0,
            null,
            () -> Instant.parse("2026-11-22T12:00:00Z"));
    return new CommandLine(new ClustersCommand(terminal)).execute(arguments);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void itShowsReplicasQueueAndReasonsAndNothingSteersTheTerminal() {
    assertThat(run("--url", url(), "--user", "ann")).isZero();
    assertThat(output.toString(UTF_8).lines())
        .contains(
            "cluster local   1 to 3 replicas, standard   16 running, 5 waiting, the oldest for 4.3"
                + " s",
            "  local-1        READY       60 min   12 of 12",
            "  local-2        DRAINING      30 s   4 of 12",
            "  now            5 wait")
        .last()
        .asString()
        .endsWith("drain local-2    1 of 2 would have?[2J done");
    assertThat(authorization)
        .isEqualTo("Basic " + Base64.getEncoder().encodeToString("ann:ann".getBytes(UTF_8)));
  }

  @Test
  void aRefusalIsToldInItsOwnWords() {
    status = 401;
    body = "{\"error\":\"Wrong user name or password\"}";
    assertThat(run("--url", url(), "--user", "ann")).isEqualTo(1);
    assertThat(messages.toString(UTF_8)).isEqualTo("sluice: Wrong user name or password\n");
    assertThat(output.size()).isZero();
  }

  @Test
  void noServerAndNoUrlAreTold() {
    server.stop(0);
    assertThat(run("--url", url(), "--user", "ann")).isEqualTo(3);
    assertThat(messages.toString(UTF_8)).contains("No gateway answers at http://127.0.0.1:");
    assertThat(run("--url", "ftp://x")).isEqualTo(2);
    assertThat(run("--url", "http://example.com:80", "--user", "ann")).isEqualTo(2);
    assertThat(messages.toString(UTF_8)).contains("clear text");
  }
}
