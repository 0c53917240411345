package io.sluice.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP door. {@code GET /health} answers 200 while the process lives; {@code GET /ready}
 * answers 200 or 503 with {@code {"ready": false, "problems": ["…"]}}.
 */
public final class HttpDoor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpDoor.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(10);
  private static final Duration IDLE_CONNECTION = Duration.ofSeconds(30);
  private static final int MOST_CONNECTIONS = 1024;

  private final Server server;

  /**
   * Makes a door, not open yet.
   *
   * @param address where it listens
   * @param remote whether an address other than a loopback one is meant
   * @param problems what keeps the gateway from serving, a sentence each; empty when it is ready;
   *     may block
   * @param blocking runs {@code problems}
   * @throws IllegalArgumentException if the address is not a loopback one and {@code remote} is
   *     false
   */
  public HttpDoor(
      InetSocketAddress address,
      boolean remote,
      Supplier<List<String>> problems,
      Executor blocking) {
    if (!remote && (address.isUnresolved() || !address.getAddress().isLoopbackAddress())) {
      throw new IllegalArgumentException(
          "the HTTP door listens on a loopback address unless told otherwise, not on " + address);
    }
    this.server =
        Server.builder()
            .http(address)
            .requestTimeout(LONGEST_REQUEST)
            .idleTimeout(IDLE_CONNECTION)
            .maxNumConnections(MOST_CONNECTIONS)
            .maxRequestLength(64 << 10)
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(2))
            .disableServerHeader()
            .service("/health", (context, request) -> json(HttpStatus.OK, new Health("alive")))
            .service(
                "/ready",
                (context, request) -> HttpResponse.of(() -> readiness(problems), blocking))
            .build();
  }

  /**
   * Begins to accept requests.
   *
   * @throws IllegalStateException if the address is taken
   */
  public void start() {
    try {
      server.start().join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the HTTP door cannot listen: " + e.getCause(), e);
    }
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.activeLocalPort();
  }

  /** Stops accepting and lets requests finish for a moment. */
  @Override
  public void close() {
    server.stop().join();
  }

  private static HttpResponse readiness(Supplier<List<String>> problems) {
    List<String> found;
    try {
      found = problems.get();
    } catch (RuntimeException e) {
      log.warn("Readiness could not be told", e);
      found = List.of("readiness could not be told; the log says why");
    }
    HttpStatus status = found.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
    return json(status, new Readiness(found.isEmpty(), found));
  }

  private static HttpResponse json(HttpStatus status, Object body) {
    try {
      return HttpResponse.of(status, MediaType.JSON_UTF_8, JSON.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record is always JSON", e);
    }
  }

  private record Health(String status) {}

  private record Readiness(boolean ready, List<String> problems) {}
}
