package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is taken of bodies whose senders are still being asked who they are. */
class UnaskedBytesTest {

  private static final int REQUESTS = 20;
  private static final int LENGTH = 4 << 20;

  private final AtomicInteger begun = new AtomicInteger();

  @RegisterExtension
  private final OpenDoor door =
      new OpenDoor(new HttpDoor.Page("prefix:/", this::serve, Duration.ofMinutes(1), LENGTH));

  /** A login that takes long. */
  private HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      return HttpResponse.of("spoken");
    }
    begun.incrementAndGet();
    return HttpResponse.of(new CompletableFuture<HttpResponse>());
  }

  @Test
  void aConnectionOfHttp2TakesAsLittleForManyAsForOne() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    URI uri = URI.create("http://127.0.0.1:" + door.port() + "/");
    // A request without a body changes the connection to HTTP/2.
    assertThat(
            client
                .send(java.net.http.HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .version())
        .isEqualTo(HttpClient.Version.HTTP_2);
    AtomicLong sent = new AtomicLong();
    AtomicInteger offered = new AtomicInteger();
    for (int request = 0; request < REQUESTS; request++) {
      client.sendAsync(
          java.net.http.HttpRequest.newBuilder(uri)
              .POST(BodyPublishers.fromPublisher(new Endless(offered, sent)))
              .build(),
          BodyHandlers.discarding());
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> offered.get() == REQUESTS);
    // Once the bodies of some have come that nobody reads, the connection is not read any further;
    // the heads of others may be behind them.
    await().atMost(Duration.ofMinutes(1)).until(() -> begun.get() > 0);
    // The client itself holds some for each.
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(30))
        .until(() -> sent.get() < 1 << 20);
  }

  @Test
  void aConnectionOfHttp1TakesLittle() throws Exception {
    long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int request = 0; request < REQUESTS; request++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
        sockets.add(socket);
        new Thread(() -> send(socket)).start();
      }
      await().atMost(Duration.ofMinutes(1)).until(() -> begun.get() == REQUESTS);
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - before
                      < REQUESTS * (512L << 10));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void send(Socket socket) {
    try {
      socket
          .getOutputStream()
          .write(
              ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + LENGTH + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(new byte[LENGTH]);
    } catch (IOException closed) {
      // By the test's end, as nobody has read it.
    }
  }

  /**
   * A body.
   *
   * @param offered how many clients have been given one
   * @param sent how many bytes they have taken
   */
  private record Endless(AtomicInteger offered, AtomicLong sent)
      implements Flow.Publisher<ByteBuffer> {
    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> client) {
      offered.incrementAndGet();
      client.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long pieces) {
              for (long piece = 0; piece < pieces; piece++) {
                sent.addAndGet(1024);
                client.onNext(ByteBuffer.allocate(1024));
              }
            }

            @Override
            public void cancel() {}
          });
    }
  }
}
