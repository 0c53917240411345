package io.sluice.gateway.flight;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.CurrentUsers;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.identity.PasswordAuthenticator;
import io.sluice.gateway.identity.PasswordHash;
import io.sluice.gateway.identity.UserStore;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** An open door with fakes behind it, on a free port. */
final class DoorFixture implements AutoCloseable {

  static final byte[] SECRET = secret(7);

  final FakeSessions sessions = new FakeSessions();
  final FakeStatements statements = new FakeStatements();

  /** In bytes as Spark's driver holds the rows. */
  static final int LONGEST_INGEST = 1 << 20;

  final FakeMetadata metadata = new FakeMetadata();
  final BufferAllocator allocator = new RootAllocator();
  final BearerTokens tokens = new BearerTokens(SECRET);
  volatile Instant now = Instant.parse("2026-11-22T10:00:00Z");
  final HandleSigner signer = new HandleSigner(SECRET, "gateway-1", () -> now);
  private final ExecutorService calls = Executors.newFixedThreadPool(4);
  final ExecutorService blocking = Executors.newFixedThreadPool(4);
  final HeldTimer timer = new HeldTimer();
  final GatewayAnswers answers = new GatewayAnswers(Duration.ofMinutes(5), calls, () -> now);
  private final FlightDoor door;

  DoorFixture() {
    this(Optional.empty());
  }

  DoorFixture(Optional<TlsIdentity> tls) {
    this(tls, UnaryOperator.identity());
  }

  /**
   * @param pool stands before the pool of what blocks
   */
  DoorFixture(Optional<TlsIdentity> tls, UnaryOperator<Executor> pool) {
    this(tls, pool, Duration.ofMinutes(5));
  }

  /**
   * @param clientStall how long a client may leave the rest of a result
   */
  DoorFixture(Optional<TlsIdentity> tls, UnaryOperator<Executor> pool, Duration clientStall) {
    this(tls, pool, settings(clientStall));
  }

  DoorFixture(ConnectionLimits connections) {
    this(
        Optional.empty(),
        UnaryOperator.identity(),
        settings(Duration.ofMinutes(5)).with(connections));
  }

  private DoorFixture(
      Optional<TlsIdentity> tls, UnaryOperator<Executor> pool, FlightDoorSettings settings) {
    door =
        new FlightDoor(
            settings,
            tls,
            new PasswordAuthenticator(new CurrentUsers(users()), () -> now, blocking),
            tokens,
            signer,
            sessions,
            statements,
            metadata,
            answers,
            calls,
            pool.apply(blocking),
            timer,
            Epoll.isAvailable() ? new EpollEventLoopGroup(2) : new NioEventLoopGroup(2),
            allocator,
            () -> now);
    try {
      door.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FlightDoorSettings settings(Duration clientStall) {
    return FlightDoorSettings.at(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        "1.2.3",
        clientStall,
        LONGEST_INGEST);
  }

  static byte[] secret(int fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) fill);
    return secret;
  }

  static UserStore users() {
    SecureRandom random = new SecureRandom();
    return new UserStore(
        List.of(
            new UserStore.User("admin", Set.of(), PasswordHash.of("admin", 1_000, random)),
            new UserStore.User(
                "analyst", Set.of("bi"), PasswordHash.of("analyst", 1_000, random))));
  }

  int port() {
    return door.port();
  }

  FlightDoor door() {
    return door;
  }

  String url(String options) {
    return "jdbc:arrow-flight-sql://127.0.0.1:" + port() + "/?useEncryption=false" + options;
  }

  Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(url("&user=" + user + "&password=" + user));
  }

  @Override
  public void close() {
    door.close();
    calls.shutdownNow();
    blocking.shutdownNow();
    timer.shutdownNow();
    // Fails if any vector of the door was not released.
    allocator.close();
  }
}
