package io.sluice.gateway.hive;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.http.Newcomers;
import io.sluice.gateway.http.RequestBodies;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.LoginCookies;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.StatementService;
import io.sluice.gateway.tls.TlsIdentity;
import io.sluice.planner.metadata.MetadataReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The Thrift door: HiveServer2's binary transport, for Hive's, Kyuubi's and Python's drivers; and
 * the pages of the HTTP door that answer the same calls.
 */
public final class HiveDoor implements AutoCloseable {

  private static final int MOST_CONNECTIONS = 8192;
  private static final int BACKLOG = 512;

  /** Of one address's that have not logged in; more than wait for their passwords to be checked. */
  private static final int MOST_NEWCOMERS = 512;

  /** What one read of a connection takes at most, so that nobody's bytes run far ahead. */
  private static final int MOST_READ = 16 << 10;

  /** Over HTTP; Hive's drivers ask for the state every second or so. */
  private static final Patience PATIENCE =
      new Patience(Duration.ofMinutes(5), Duration.ofSeconds(60));

  /** A statement that is not executed asynchronously is waited for as long as it may run. */
  private static final Duration LONGEST_HTTP_REQUEST = Duration.ofHours(24);

  private final HiveDoorSettings settings;
  private final HiveSessions handles;
  private final HiveService service;
  private final ThriftCalls calls;
  private final Authenticator authenticator;
  private final Executor work;
  private final MessageMemory memory;
  private final Newcomers newcomers = new Newcomers(MOST_CONNECTIONS, MOST_NEWCOMERS);
  private final EventLoopGroup loops;
  private final ChannelGroup connections;
  private final Optional<SslContext> encryption;
  private @Nullable Channel listener;

  /**
   * Makes a door, not open yet.
   *
   * @param messages bounds the memory of messages, together with HTTP's requests
   * @param answers bounds the answers to metadata calls
   * @param work runs short steps that never block
   * @param blocking runs what waits for the catalog; bounded
   * @param timer starts what is due; runs nothing long itself
   * @param loops carries the connections; of epoll where there is one, else of NIO; ended with the
   *     door
   * @param allocator for the batches that are read
   * @throws IllegalArgumentException for plaintext on another address than loopback
   */
  public HiveDoor(
      HiveDoorSettings settings,
      Authenticator authenticator,
      RequestBodies messages,
      Sessions sessions,
      StatementService statements,
      MetadataReader metadata,
      GatewayAnswers answers,
      Executor work,
      Executor blocking,
      ScheduledExecutorService timer,
      EventLoopGroup loops,
      BufferAllocator allocator,
      InstantSource clock) {
    InetSocketAddress address = settings.address();
    if (settings.tls().isEmpty()
        && (address.isUnresolved() || !address.getAddress().isLoopbackAddress())) {
      throw new IllegalArgumentException(
          "without TLS the Thrift door listens on a loopback address only, not on "
              + address
              + "; give it a certificate and a key");
    }
    this.encryption = settings.tls().map(HiveDoor::encryption);
    this.settings = settings;
    this.authenticator = authenticator;
    this.work = work;
    this.memory = new MessageMemory(messages);
    this.handles = new HiveSessions(sessions, new SecureRandom(), settings.mostHeldBytes());
    this.service =
        new HiveService(
            authenticator,
            handles,
            statements,
            new ClientTexts(metadata, blocking),
            new ServerInfo(settings.sparkVersion()),
            allocator,
            timer,
            PATIENCE,
            clock);
    this.calls =
        new ThriftCalls(
            new CallTable(
                service,
                new ResultCalls(handles, allocator, timer, PATIENCE),
                new MetadataCalls(handles, metadata, answers, allocator, blocking, clock)),
            service,
            settings.limits().longestMessage());
    this.loops = loops;
    this.connections = new DefaultChannelGroup(loops.next());
  }

  /**
   * Begins to accept connections.
   *
   * @throws IOException if the address is taken
   */
  public void start() throws IOException {
    try {
      listener =
          VanishedPeers.notice(new ServerBootstrap().group(loops), loops)
              .option(ChannelOption.SO_BACKLOG, BACKLOG)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childOption(
                  ChannelOption.RCVBUF_ALLOCATOR,
                  new AdaptiveRecvByteBufAllocator(64, 2048, MOST_READ))
              .childHandler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                      accept(channel);
                    }
                  })
              .bind(settings.address())
              .syncUninterruptibly()
              .channel();
    } catch (RuntimeException failure) {
      throw new IOException("the Thrift door cannot listen on " + settings.address(), failure);
    } catch (Exception taken) {
      // Netty throws what is checked past the compiler.
      throw new IOException("the Thrift door cannot listen on " + settings.address(), taken);
    }
  }

  private void accept(SocketChannel channel) {
    if (connections.size() >= MOST_CONNECTIONS || !newcomers.admit(channel)) {
      channel.close();
      return;
    }
    connections.add(channel);
    encryption.ifPresent(
        context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
    channel
        .pipeline()
        .addLast(
            new ThriftConnection(calls, service, authenticator, work, settings.limits(), memory));
  }

  private static SslContext encryption(TlsIdentity identity) {
    try {
      return SslContextBuilder.forServer(identity.keyManager())
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS cannot be spoken here", e);
    }
  }

  /** Returns the same calls over HTTP, for the paths of {@code /cliservice}. */
  public List<HttpDoor.Page> httpPages(HttpAuthentication authentication, LoginCookies cookies) {
    int longest = settings.limits().longestMessage();
    HiveHttpService service =
        new HiveHttpService(calls, new HiveHttpLogin(authentication, cookies), work, longest);
    return Stream.of(HiveHttpService.PATH, HiveHttpService.PATH + "/")
        .map(path -> new HttpDoor.Page(path, service, LONGEST_HTTP_REQUEST, longest))
        .toList();
  }

  /** Returns the port that it listens on. */
  public int port() {
    Channel open = listener;
    if (open == null) {
      throw new IllegalStateException("the Thrift door is not open");
    }
    return ((InetSocketAddress) open.localAddress()).getPort();
  }

  /** Returns how many sessions and operations it holds. */
  public int held() {
    return handles.size();
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** Stops accepting and closes all connections, and with them their sessions. */
  @Override
  public void close() {
    Channel open = listener;
    if (open != null) {
      open.close().syncUninterruptibly();
    }
    connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
    // What a closed connection leaves behind is cleared up on its event loop.
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
