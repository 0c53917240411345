package io.sluice.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import io.netty.util.AttributeKey;
import io.sluice.gateway.tls.TlsIdentity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** A peer that has vanished while its request is being answered is noticed within a minute. */
  private static final Duration PEER_LOOKS = Duration.ofSeconds(15);

  private static final int MOST_CONNECTIONS = 1024;

  /** Of one address's on which nobody has logged in. */
  private static final int MOST_NEWCOMERS = 256;

  private static final int MOST_STREAMS = 100;

  /**
   * What is taken of a body that nobody reads yet, as its sender is still being asked who it is; of
   * all on one connection twice as much. As HTTP/2 itself has it, and about what is taken of
   * HTTP/1.1.
   */
  private static final int UNASKED_BYTES = 64 << 10;

  private static final long MOST_BODY_BYTES = 64 << 10;

  /** What a request that came by this door came by. */
  private static final AttributeKey<Channel> CONNECTION =
      AttributeKey.valueOf(HttpDoor.class, "connection");

  private final Server server;
  private final AtomicInteger connections = new AtomicInteger();
  private final Newcomers newcomers;

  /**
   * Makes a door, not open yet.
   *
   * @param address where it listens
   * @param readiness whether the gateway serves, and what is wrong; may block
   * @param blocking runs {@code readiness}
   * @throws IllegalArgumentException if the address is not a loopback address
   */
  public HttpDoor(InetSocketAddress address, Supplier<Readiness> readiness, Executor blocking) {
    this(address, Optional.empty(), readiness, blocking, List.of());
  }

  /**
   * Makes a door with further pages, without TLS, not open yet.
   *
   * @param address where it listens
   * @param readiness whether the gateway serves, and what is wrong; may block
   * @param blocking runs {@code readiness}
   * @param pages what it serves besides
   * @throws IllegalArgumentException if the address is not a loopback address
   */
  public HttpDoor(
      InetSocketAddress address,
      Supplier<Readiness> readiness,
      Executor blocking,
      List<Page> pages) {
    this(address, Optional.empty(), readiness, blocking, pages);
  }

  /**
   * Makes a door with further pages, not open yet.
   *
   * @param address where it listens
   * @param tls the certificate that it shows, to HTTP/1.1 and HTTP/2 by ALPN; empty for plaintext
   * @param readiness whether the gateway serves, and what is wrong; may block
   * @param blocking runs {@code readiness}
   * @param pages what it serves besides
   * @throws IllegalArgumentException for plaintext on another address than loopback
   */
  public HttpDoor(
      InetSocketAddress address,
      Optional<TlsIdentity> tls,
      Supplier<Readiness> readiness,
      Executor blocking,
      List<Page> pages) {
    this(address, tls, readiness, blocking, pages, Limits.USUAL);
  }

  HttpDoor(
      InetSocketAddress address,
      Optional<TlsIdentity> tls,
      Supplier<Readiness> readiness,
      Executor blocking,
      List<Page> pages,
      Limits limits) {
    if (tls.isEmpty() && (address.isUnresolved() || !address.getAddress().isLoopbackAddress())) {
      throw new IllegalArgumentException(
          "without TLS the HTTP door listens on a loopback address only, not on "
              + address
              + "; give it a certificate and a key");
    }
    this.newcomers = new Newcomers(MOST_CONNECTIONS, limits.newcomers());
    ServerBuilder builder =
        Server.builder()
            .requestTimeout(LONGEST_REQUEST)
            .idleTimeout(IDLE_CONNECTION)
            .pingInterval(PEER_LOOKS)
            .maxNumConnections(MOST_CONNECTIONS)
            .http2MaxStreamsPerConnection(MOST_STREAMS)
            .http2InitialStreamWindowSize(UNASKED_BYTES)
            .http2InitialConnectionWindowSize(2 * UNASKED_BYTES)
            .maxRequestLength(MOST_BODY_BYTES)
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(2))
            .disableServerHeader()
            .childChannelPipelineCustomizer(
                pipeline -> {
                  pipeline.addFirst(new ConnectionWatch(limits.stall(), limits.head()));
                  count(pipeline.channel());
                  if (!newcomers.admit(pipeline.channel())) {
                    pipeline.channel().close();
                  }
                })
            .decorator(HttpDoor::watched)
            .errorHandler(new DoorErrors().orElse(ServerErrorHandler.ofDefault()))
            .service("/health", (context, request) -> json(HttpStatus.OK, new Health("alive")))
            .service(
                "/ready", (context, request) -> HttpResponse.of(() -> answer(readiness), blocking));
    tls.ifPresentOrElse(
        shown -> builder.https(address).tls(new KeyManagerFactoryWrapper(shown.keyManager())),
        () -> builder.http(address));
    for (Page page : pages) {
      builder
          .route()
          .path(page.path())
          .requestTimeout(page.longestRequest())
          .maxRequestLength(page.mostBodyBytes())
          .build(page.service());
    }
    this.server = builder.build();
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

  private void count(Channel opened) {
    connections.incrementAndGet();
    opened.closeFuture().addListener(closed -> connections.decrementAndGet());
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections.get();
  }

  /** Stops accepting and lets requests finish for a moment. */
  @Override
  public void close() {
    server.stop().join();
  }

  /** Tells the connection of a request that one has begun, and when it is over. */
  private static HttpResponse watched(
      HttpService service, ServiceRequestContext context, HttpRequest request) throws Exception {
    Channel channel = context.log().ensureAvailable(RequestLogProperty.SESSION).channel();
    if (channel != null) {
      context.setAttr(CONNECTION, channel);
      ConnectionWatch.begun(channel);
      context.log().whenComplete().thenRun(() -> ConnectionWatch.done(channel));
    }
    return service.serve(context, request);
  }

  /** The one who sends a request has logged in. */
  static void known(ServiceRequestContext context) {
    Channel channel = context.attr(CONNECTION);
    if (channel != null) {
      Newcomers.known(channel);
    }
  }

  /**
   * Has something done when the connection of a request is closed before all of its answer has
   * gone. Armeria tells of it a second late, when the answer may be there.
   */
  public static void onDisconnect(ServiceRequestContext context, Runnable action) {
    Channel channel = context.attr(CONNECTION);
    if (channel != null) {
      ChannelFutureListener closed = future -> action.run();
      channel.closeFuture().addListener(closed);
      // A connection may have any number of requests.
      context.log().whenComplete().thenRun(() -> channel.closeFuture().removeListener(closed));
    }
  }

  private static HttpResponse answer(Supplier<Readiness> readiness) {
    Readiness found;
    try {
      found = readiness.get();
    } catch (RuntimeException e) {
      log.warn("Readiness could not be told", e);
      found = new Readiness(false, List.of("readiness could not be told; the log says why"));
    }
    return json(found.ready() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, found);
  }

  /** Answers with a record as JSON. */
  public static HttpResponse json(HttpStatus status, Object body) {
    return json(ResponseHeaders.builder(status), body);
  }

  /** Answers with a record as JSON, under a head that was begun elsewhere. */
  public static HttpResponse json(ResponseHeadersBuilder headers, Object body) {
    try {
      return HttpResponse.of(
          headers.contentType(MediaType.JSON_UTF_8).build(),
          HttpData.ofUtf8(JSON.writeValueAsString(body)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record is always JSON", e);
    }
  }

  private record Health(String status) {}

  /**
   * What a peer may hold up.
   *
   * @param stall how long it may take nothing of an answer
   * @param head how long it may take to send the head of a request
   * @param newcomers how many connections one address may have on which nobody has logged in
   */
  record Limits(Duration stall, Duration head, int newcomers) {
    static final Limits USUAL =
        new Limits(Duration.ofMinutes(1), Duration.ofSeconds(20), MOST_NEWCOMERS);
  }

  /**
   * A page of the door.
   *
   * @param path as Armeria's route patterns are written: {@code /clusters}, {@code prefix:/api/}
   * @param longestRequest how long a request may take, its answer included; above zero. A service
   *     that streams may extend it for itself
   * @param mostBodyBytes how long the body of a request may be; above zero
   */
  public record Page(
      String path, HttpService service, Duration longestRequest, long mostBodyBytes) {

    public Page {
      if (longestRequest.isNegative() || longestRequest.isZero() || mostBodyBytes <= 0) {
        throw new IllegalArgumentException("a page's limits are above zero");
      }
    }

    /** A page of the door's own limits: 10 s and 64 KiB. */
    public Page(String path, HttpService service) {
      this(path, service, LONGEST_REQUEST, MOST_BODY_BYTES);
    }
  }

  /**
   * Whether the gateway serves.
   *
   * @param ready whether statements can be answered now
   * @param problems which part is in what state, for whoever asks: without a login nobody learns
   *     more than the name of a policy file. There may be some while it serves, such as a broken
   *     policy file beside the last good set
   */
  public record Readiness(boolean ready, List<String> problems) {

    public Readiness {
      problems = List.copyOf(problems);
    }
  }
}
