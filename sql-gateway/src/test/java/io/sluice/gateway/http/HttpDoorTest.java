package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpDoorTest {

  private volatile Supplier<List<String>> problems = List::of;
  private final ExecutorService blocking = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final HttpDoor door =
      new HttpDoor(
          loopback(),
          this::readiness,
          blocking,
          List.of(
              new HttpDoor.Page("/small", HttpDoorTest::echo),
              new HttpDoor.Page(
                  "prefix:/large/", HttpDoorTest::echo, Duration.ofMinutes(1), 1 << 20)));

  private static com.linecorp.armeria.common.HttpResponse echo(
      ServiceRequestContext context, com.linecorp.armeria.common.HttpRequest request) {
    return com.linecorp.armeria.common.HttpResponse.of(
        request
            .aggregate()
            .thenApply(
                whole ->
                    com.linecorp.armeria.common.HttpResponse.of(
                        context.requestTimeoutMillis() + " " + whole.content().length())));
  }

  private HttpDoor.Readiness readiness() {
    List<String> found = problems.get();
    return new HttpDoor.Readiness(found.isEmpty(), found);
  }

  @BeforeEach
  void open() {
    door.start();
  }

  @AfterEach
  void close() {
    door.close();
    blocking.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void itIsAliveWhetherReadyOrNot() throws Exception {
    problems = () -> List.of("Spark has not started yet");
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void readinessNamesItsProblems() throws Exception {
    HttpResponse<String> ready = get("/ready");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body()).isEqualTo("{\"ready\":true,\"problems\":[]}");
    problems = () -> List.of("Spark has not started yet", "policy file \"a.json\" is broken");
    HttpResponse<String> waiting = get("/ready");
    assertThat(waiting.statusCode()).isEqualTo(503);
    assertThat(waiting.headers().firstValue("content-type").orElse("")).contains("json");
    assertThat(waiting.body())
        .isEqualTo(
            "{\"ready\":false,\"problems\":[\"Spark has not started yet\","
                + "\"policy file \\\"a.json\\\" is broken\"]}");
  }

  @Test
  void aBrokenCheckIsNotReadyAndShowsNothing() throws Exception {
    problems =
        () -> {
          throw new IllegalStateException("secret");
        };
    HttpResponse<String> answer = get("/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"ready\":false").doesNotContain("secret");
  }

  @Test
  void otherPathsAreNotFound() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
  }

  @Test
  void eachPageHasLimitsOfItsOwn() throws Exception {
    assertThat(post("/small", 60 << 10).body()).isEqualTo("10000 " + (60 << 10));
    HttpResponse<String> tooLong = post("/small", 65 << 10);
    assertThat(tooLong.statusCode()).isEqualTo(413);
    assertThat(tooLong.body()).contains("longer than the 64 KiB");
    assertThat(post("/large/a/b", 65 << 10).body()).isEqualTo("60000 " + (65 << 10));
    assertThat(post("/large/a/b", 2 << 20).statusCode()).isEqualTo(413);
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void randomBytesDoNoHarm() throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 5; round++) {
      byte[] bytes = new byte[10_000];
      random.nextBytes(bytes);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
      } catch (java.net.SocketException e) {
        assertThat(e).hasMessageNotContaining("refused");
      }
    }
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  private HttpDoor impatient(com.linecorp.armeria.server.HttpService service) {
    HttpDoor impatient =
        new HttpDoor(
            loopback(),
            Optional.empty(),
            this::readiness,
            blocking,
            List.of(new HttpDoor.Page("/page", service, Duration.ofMinutes(1), 1 << 20)),
            new HttpDoor.Limits(Duration.ofSeconds(1), Duration.ofSeconds(1), 256));
    impatient.start();
    return impatient;
  }

  @Test
  void oneAddressDoesNotTakeThePlacesOfTheOthers() throws Exception {
    HttpDoor small =
        new HttpDoor(
            loopback(),
            Optional.empty(),
            this::readiness,
            blocking,
            List.of(),
            new HttpDoor.Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 3));
    small.start();
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        silent.add(new Socket(InetAddress.getLoopbackAddress(), small.port()));
      }
      await().until(() -> small.connections() == 3);
      try (Socket fourth = new Socket(InetAddress.getLoopbackAddress(), small.port())) {
        fourth.setSoTimeout(20_000);
        assertThat(fourth.getInputStream().read()).as("hung up").isEqualTo(-1);
      }
      try (Socket other =
          new Socket(
              InetAddress.getLoopbackAddress(),
              small.port(),
              InetAddress.getByName("127.0.0.2"),
              0)) {
        other.setSoTimeout(20_000);
        other.getOutputStream().write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
        assertThat(other.getInputStream().read()).isEqualTo('H');
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
      small.close();
    }
  }

  @Test
  void whoNeverComesToTheEndOfAHeadIsHungUpOn() throws Exception {
    try (HttpDoor impatient = impatient(HttpDoorTest::echo);
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
      slow.getOutputStream().write("GET /page HTTP/1.1\r\nHost: x\r\nX: ".getBytes());
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> isHungUp(slow));
    }
  }

  /** Sends one byte more, if there is still somebody to take it. */
  private static boolean isHungUp(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException waits) {
      return false;
    } catch (java.io.IOException reset) {
      return true;
    }
  }

  @Test
  void whoWaitsForAnAnswerIsNotHungUpOnNorWhoAsksAgain() throws Exception {
    CompletableFuture<com.linecorp.armeria.common.HttpResponse> late = new CompletableFuture<>();
    try (HttpDoor impatient =
            impatient((context, request) -> com.linecorp.armeria.common.HttpResponse.of(late));
        Socket patient = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
      patient.setSoTimeout(20_000);
      patient.getOutputStream().write("GET /page HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      timer.schedule(
          () -> late.complete(com.linecorp.armeria.common.HttpResponse.of("there it is")),
          2_500,
          TimeUnit.MILLISECONDS);
      StringBuilder said = new StringBuilder();
      int next;
      while (said.indexOf("there it is") < 0 && (next = patient.getInputStream().read()) >= 0) {
        said.append((char) next);
      }
      assertThat(said).contains("there it is");
      patient
          .getOutputStream()
          .write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
      assertThat(new String(patient.getInputStream().readAllBytes())).contains("alive");
    }
  }

  @Test
  void whoTakesNothingOfAnAnswerIsHungUpOn() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    try (HttpDoor impatient = impatient((context, request) -> endless(ended));
        Socket stalled = new Socket()) {
      stalled.setReceiveBufferSize(1024);
      stalled.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), impatient.port()));
      stalled.getOutputStream().write("GET /page HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      assertThat(ended).failsWithin(Duration.ofSeconds(20));
    }
  }

  private static com.linecorp.armeria.common.HttpResponse endless(CompletableFuture<Void> ended) {
    HttpResponseWriter writer = com.linecorp.armeria.common.HttpResponse.streaming();
    writer
        .whenComplete()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                ended.complete(null);
              } else {
                ended.completeExceptionally(failure);
              }
            });
    writer.write(ResponseHeaders.of(200));
    more(writer);
    return writer;
  }

  private static void more(HttpResponseWriter writer) {
    if (writer.tryWrite(HttpData.wrap(new byte[64 << 10]))) {
      writer.whenConsumed().thenRun(() -> more(writer));
    }
  }

  @Test
  void anAddressThatOthersReachIsRefused() {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
    assertThatThrownBy(() -> new HttpDoor(everywhere, this::readiness, blocking))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loopback");
  }

  @Test
  void aTakenPortIsSaid() {
    HttpDoor second =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()),
            this::readiness,
            blocking);
    assertThatThrownBy(second::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot listen");
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + door.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, int bytes) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + door.port() + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[bytes]))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
