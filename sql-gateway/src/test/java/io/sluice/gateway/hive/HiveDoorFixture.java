package io.sluice.gateway.hive;

import com.linecorp.armeria.server.HttpService;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.RequestBodies;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.LoginCookies;
import io.sluice.gateway.identity.PasswordHash;
import io.sluice.gateway.identity.UserStore;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.OneSchema;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.Column;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.LongStream;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.SaslException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TOpenSessionReq;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSaslClientTransport;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.jspecify.annotations.Nullable;

/** The Thrift door before scripted statements, and Thrift's own client for it. */
final class HiveDoorFixture implements AutoCloseable {

  /** As much as four results of 500 numbers. */
  private static final long MOST_HELD_BYTES = 4 * 500 * 8;

  private static final int THREADS = 4;

  static final Schema NUMBERS =
      new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));

  final FakeSessions sessions = new FakeSessions();
  final FakeStatements statements = new FakeStatements();
  private final HttpAuthentication login =
      new HttpAuthentication(new NameIsPassword(), new BearerTokens(new byte[32]), sessions);

  /** What the messages of both transports hold. */
  final RequestBodies bodies = login.bodies();

  final BufferAllocator allocator = new RootAllocator();
  private final ExecutorService work = Executors.newFixedThreadPool(THREADS);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final EventLoopGroup loops =
      Epoll.isAvailable() ? new EpollEventLoopGroup(2) : new NioEventLoopGroup(2);

  /** When it is for the cookies. */
  final AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);

  /** Who is no user any more. */
  final Set<String> leavers = ConcurrentHashMap.newKeySet();

  /** What the passwords that were asked for are kept as; another once one is set anew. */
  final Map<String, PasswordHash> passwords = new ConcurrentHashMap<>();

  /** The tables that a user sees, and what columns they have. */
  volatile Function<Principal, List<String>> tables =
      principal -> List.of(principal.name() + "_table");

  volatile Function<String, List<Column>> columns = table -> List.of();

  /** Whether as much waits for the catalog as may. */
  volatile boolean catalogIsBusy;

  final GatewayAnswers answers =
      new GatewayAnswers(Duration.ofMinutes(5), work, () -> Instant.EPOCH);

  private final HiveDoor door;

  HiveDoorFixture() {
    this(
        new ConnectionLimits(
            1 << 20, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20)));
  }

  HiveDoorFixture(ConnectionLimits limits) {
    door =
        new HiveDoor(
            new HiveDoorSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "4.1.2",
                limits,
                MOST_HELD_BYTES),
            new NameIsPassword(),
            bodies,
            sessions,
            statements,
            OneSchema.of(principal -> tables.apply(principal), table -> columns.apply(table)),
            answers,
            work,
            this::waitForCatalog,
            timer,
            loops,
            allocator,
            () -> Instant.EPOCH);
    try {
      door.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets no call be answered from now on. */
  void answersNothing() {
    CountDownLatch never = new CountDownLatch(1);
    for (int thread = 0; thread < THREADS; thread++) {
      work.submit(
          () -> {
            never.await();
            return null;
          });
    }
  }

  private void waitForCatalog(Runnable task) {
    if (catalogIsBusy) {
      throw new RejectedExecutionException();
    }
    work.execute(task);
  }

  /** Takes no work from now on. */
  void refusesWork() {
    work.shutdown();
  }

  /** Waits until the calls that run now are over. */
  void awaitCalls() {
    CountDownLatch free = new CountDownLatch(THREADS);
    for (int thread = 0; thread < THREADS; thread++) {
      work.submit(
          () -> {
            free.countDown();
            free.await();
            return null;
          });
    }
    try {
      free.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HiveDoor door() {
    return door;
  }

  /** Returns the door's service over HTTP. */
  HttpService http() {
    return door.httpPages(login, new LoginCookies(new byte[32], this::user, clock::get))
        .get(0)
        .service();
  }

  private Optional<UserStore.User> user(String name) {
    return leavers.contains(name)
        ? Optional.empty()
        : Optional.of(
            new UserStore.User(
                name, Set.of(), passwords.computeIfAbsent(name, HiveDoorFixture::hash)));
  }

  static PasswordHash hash(String password) {
    return PasswordHash.of(password, 1_000, new SecureRandom());
  }

  Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Makes a text return the numbers from 0 on. */
  void numbers(String sql, int count) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    LongStream.range(0, count).forEach(number -> rows.add(List.of(number)));
    statements.result(sql, () -> new RowEncoder(allocator).publisher(NUMBERS, rows));
  }

  /** Connects with SASL PLAIN. */
  TCLIService.Client sasl(String user, String password) throws TException {
    TTransport transport;
    try {
      transport =
          new TSaslClientTransport(
              "PLAIN",
              null,
              null,
              null,
              Map.of(),
              new Credentials(user, password),
              new TSocket("127.0.0.1", door.port(), 30_000));
    } catch (SaslException e) {
      throw new IllegalStateException("the JDK has no SASL PLAIN", e);
    }
    transport.open();
    return new TCLIService.Client(new TBinaryProtocol(transport));
  }

  /** Connects without SASL. */
  TCLIService.Client plain() throws TException {
    TSocket socket = new TSocket("127.0.0.1", door.port(), 30_000);
    socket.open();
    return new TCLIService.Client(new TBinaryProtocol(socket));
  }

  static TOpenSessionResp open(TCLIService.Client client, TProtocolVersion version)
      throws TException {
    return client.OpenSession(new TOpenSessionReq(version));
  }

  @Override
  public void close() {
    door.close();
    work.shutdownNow();
    timer.shutdownNow();
    // Fails if any vector of the door was not released.
    allocator.close();
  }

  private record Credentials(String user, String password) implements CallbackHandler {
    @Override
    public void handle(Callback[] callbacks) {
      for (Callback callback : callbacks) {
        if (callback instanceof NameCallback name) {
          name.setName(user);
        } else if (callback instanceof PasswordCallback secret) {
          secret.setPassword(password.toCharArray());
        }
      }
    }
  }

  private static final class NameIsPassword implements Authenticator {
    @Override
    public CompletableFuture<Principal> authenticate(
        String user, String password, String clientAddress) {
      return user.equals(password)
          ? CompletableFuture.completedFuture(new Principal(user, Set.of()))
          : CompletableFuture.failedFuture(
              new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user or password."));
    }
  }
}
