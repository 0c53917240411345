package io.sluice.gateway.flight;

import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.StatementService;
import io.sluice.gateway.tls.TlsIdentity;
import io.sluice.planner.metadata.MetadataReader;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** The gRPC door: Arrow Flight SQL, for JDBC, ADBC and ODBC drivers. */
public final class FlightDoor implements AutoCloseable {

  /**
   * A client that does not answer a ping is gone, and its statements with it; within a minute, the
   * time-out included.
   */
  private static final long KEEPALIVE_SECONDS = 30;

  private static final long KEEPALIVE_TIMEOUT_SECONDS = 20;

  /** How often a client may ping: more often than any driver does by default. */
  private static final long CLIENT_PING_SECONDS = 10;

  /** Drivers reconnect by themselves. */
  private static final long CONNECTION_IDLE_MINUTES = 60;

  private static final int CALLS_PER_CONNECTION = 256;

  /**
   * How many streams a client may reset in {@link #RESET_SECONDS}. To cancel is to reset, and a
   * dashboard cancels many at once; calls that are reset as they come count for no other limit.
   */
  private static final int MOST_RESETS = 2000;

  private static final int RESET_SECONDS = 10;

  /** How often results that nobody can fetch any more are looked for. */
  private static final long EXPIRY_SECONDS = 5;

  private final FlightDoorSettings settings;
  private final Server server;
  private final HandleRegistry handles;
  private final FlightConnections connections;
  private final ClientMemory parameterMemory;
  private final UntakenResults untaken;
  private final EventLoopGroup loops;
  private final Executor calls;
  private final ScheduledExecutorService timer;
  private @Nullable ScheduledFuture<?> expiry;
  private boolean closed;

  /**
   * Makes a door, not open yet.
   *
   * @param answers bounds the answers to metadata commands
   * @param calls runs gRPC's callbacks, which never block; takes whatever comes
   * @param blocking runs what waits for the catalog or an upload; bounded
   * @param timer starts what is due; runs nothing long itself
   * @param loops carries the connections; of epoll where there is one, else of NIO; ended with the
   *     door
   * @param allocator for the few vectors that the door itself reads and writes
   * @param tls the door's certificate; empty for plaintext
   * @throws IllegalArgumentException for plaintext on another address than loopback
   */
  public FlightDoor(
      FlightDoorSettings settings,
      Optional<TlsIdentity> tls,
      Authenticator authenticator,
      BearerTokens tokens,
      HandleSigner signer,
      Sessions sessions,
      StatementService statements,
      MetadataReader metadata,
      GatewayAnswers answers,
      Executor calls,
      Executor blocking,
      ScheduledExecutorService timer,
      EventLoopGroup loops,
      BufferAllocator allocator,
      InstantSource clock) {
    if (tls.isEmpty()
        && (settings.address().isUnresolved()
            || !settings.address().getAddress().isLoopbackAddress())) {
      throw new IllegalArgumentException(
          "without TLS the Flight SQL door listens on a loopback address only, not on "
              + settings.address()
              + "; give it a certificate and a key");
    }
    this.settings = settings;
    this.loops = loops;
    this.calls = calls;
    this.timer = timer;
    this.handles = new HandleRegistry(signer, clock, settings);
    this.parameterMemory = new ClientMemory(settings.mostUploadedOfAll());
    this.untaken = new UntakenResults(settings.mostUntakenOfAll());
    HeadStarts headStarts = new HeadStarts(statements, handles, timer, calls);
    CallAuthentication authentication = new CallAuthentication(authenticator, tokens, sessions);
    this.connections = new FlightConnections(settings.connections(), authentication, calls);
    FlightSqlService service =
        new FlightSqlService(
            authentication,
            statements,
            handles,
            new FlightActions(
                statements, sessions, handles, new SessionOptions(statements, metadata, blocking)),
            new MetadataAnswers(
                metadata,
                new RowEncoder(allocator),
                new SqlInfoEncoder(allocator, ServerFacts.of(settings))),
            answers,
            allocator,
            blocking,
            settings,
            headStarts,
            new ResultPolls(handles, headStarts, timer, calls),
            new StallTimer(timer, calls, settings.clientStall()),
            parameterMemory,
            untaken);
    GrpcWarnings.leaveOut();
    this.server =
        NettyServerBuilder.forAddress(
                settings.address(),
                tls.map(FlightDoor::credentials).orElseGet(InsecureServerCredentials::create))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelFactory(connections.listeners(loops))
            .executor(calls)
            .addService(definition(service))
            .intercept(new CallInterceptor())
            .addTransportFilter(connections)
            .maxInboundMessageSize(settings.longestRequest())
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(CLIENT_PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionIdle(CONNECTION_IDLE_MINUTES, TimeUnit.MINUTES)
            .build();
  }

  private static ServerCredentials credentials(TlsIdentity identity) {
    return TlsServerCredentials.newBuilder().keyManager(identity.keyManager()).build();
  }

  /**
   * Begins to accept calls.
   *
   * @throws IOException if the address is taken
   */
  public synchronized void start() throws IOException {
    server.start();
    expiry =
        timer.scheduleWithFixedDelay(
            () -> calls.execute(handles::expire), EXPIRY_SECONDS, EXPIRY_SECONDS, TimeUnit.SECONDS);
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** Returns what the handles of all sessions hold, in characters or so. */
  public long handleWeight() {
    return handles.weight();
  }

  /** Returns what is held of parameters that are being sent or run, in bytes or so. */
  public long parameterBytes() {
    return parameterMemory.used();
  }

  /** Returns what clients have not taken of results that have ended, in bytes or so. */
  public long untakenBytes() {
    return untaken.bytes();
  }

  /** Stops accepting, and waits so long for the calls that there are. */
  public void drain(Duration longest) throws InterruptedException {
    server.shutdown();
    server.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Stops accepting, lets calls finish for the time of grace, then breaks off the others. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (expiry != null) {
        expiry.cancel(false);
      }
    }
    server.shutdown();
    try {
      if (!server.awaitTermination(settings.grace().toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(settings.grace().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /** Returns the service with DoGet's answer written by our own marshaller. */
  private static ServerServiceDefinition definition(FlightSqlService service) {
    MethodDescriptor<Ticket, FlightData> generated = FlightServiceGrpc.getDoGetMethod();
    MethodDescriptor<Ticket, FlightFrame> doGet =
        generated.toBuilder(generated.getRequestMarshaller(), new FlightFrameMarshaller()).build();
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(FlightServiceGrpc.SERVICE_NAME);
    for (ServerMethodDefinition<?, ?> method :
        FlightServiceGrpc.bindService(service).getMethods()) {
      if (!method.getMethodDescriptor().getFullMethodName().equals(doGet.getFullMethodName())) {
        definition.addMethod(method);
      }
    }
    return definition.addMethod(doGet, ServerCalls.asyncServerStreamingCall(service::get)).build();
  }
}
