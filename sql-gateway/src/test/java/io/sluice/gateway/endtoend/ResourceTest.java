package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that misbehave leave nothing behind: neither a permit, a session, a handle, a statement
 * or memory of the gateway's, nor an operation or session of Spark's.
 */
class ResourceTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  /** Of each kind; many more when asked for. */
  private static final int ROUNDS = Integer.getInteger("sluice.leak.rounds", 8);

  private static final int AT_ONCE = 4;

  /** Clients that stop reading in one round. */
  private static final int STALLED = 10;

  private static final long TOLERATED_BYTES = 32L << 20;

  /** What those clients themselves hold of what they were sent, a window of gRPC's each. */
  private static final long UNREAD_BYTES = STALLED * (1L << 20);

  /** Some 40 MB, more than what the connection and the gateway hold for a client. */
  private static final String LONG =
      "select id, repeat(cast(id as string), 30) as pad from range(0, 200000, 1, 2)";

  private static final String SMALL = "select n_name from nation";

  /** So that no two prepared statements have the same text. */
  private static final AtomicLong TEXTS = new AtomicLong();

  /** A client that is up to no good; the same round may run several times at once. */
  enum Client {
    STOPS_READING {
      @Override
      void round(RawFlight client, int round) {
        client.run("set sluice.result.stallTimeout=3");
        List<RawFlight> connections = new ArrayList<>();
        List<RawFlight.Fetch> fetches = new ArrayList<>();
        long before = usedBytes();
        try {
          for (int each = 0; each < STALLED; each++) {
            RawFlight connection = client.connection(GATEWAY.grpcPort());
            connections.add(connection);
            RawFlight.Fetch fetch = connection.begin(client.ticket(LONG), 2);
            fetches.add(fetch);
            fetch.taken.join();
          }
          await().atMost(Duration.ofMinutes(1)).until(() -> GATEWAY.runningStatements() == 0);
          // Although the connections are still there.
          await()
              .atMost(Duration.ofSeconds(20))
              .until(() -> usedBytes() < before + TOLERATED_BYTES + UNREAD_BYTES);
        } finally {
          // Or the client itself keeps what it was sent and has not read, whatever the server does.
          fetches.forEach(fetch -> fetch.call.cancel("enough", null));
          connections.forEach(RawFlight::close);
        }
      }

      @Override
      int rounds() {
        return Math.max(1, ROUNDS / STALLED);
      }

      @Override
      int atOnce() {
        return 1;
      }
    },
    DISCONNECTS {
      @Override
      void round(RawFlight client, int round) {
        int port = GATEWAY.grpcPort();
        // Logging in is slow on purpose.
        boolean logsIn = round % 50 == 0;
        try (RawFlight connection =
            logsIn ? RawFlight.withPassword(port, "admin") : client.connection(port)) {
          connection.begin(connection.ticket(LONG), 2).taken.join();
        }
      }
    },
    CANCELS {
      @Override
      void round(RawFlight client, int round) {
        RawFlight.Fetch fetch = client.begin(client.ticket(LONG), 1 + round % 3);
        if (round % 2 == 0) {
          fetch.taken.join();
        }
        fetch.call.cancel("enough", null);
        assertThat(fetch.closed.join().getCode()).isEqualTo(Status.Code.CANCELLED);
      }
    },
    SENDS_GARBAGE {
      @Override
      void round(RawFlight client, int round) throws Exception {
        Random random = new Random(round);
        ByteString garbage = garbage(random);
        refused(() -> client.stub().getFlightInfo(RawFlight.descriptor(garbage)));
        refused(() -> client.fetch(Ticket.newBuilder().setTicket(garbage).build()));
        refused(
            () ->
                client
                    .stub()
                    .doAction(RawFlight.action("CreatePreparedStatement", garbage))
                    .next());
        for (ByteString command :
            List.of(
                garbage,
                RawFlight.pack(
                    CommandPreparedStatementQuery.newBuilder()
                        .setPreparedStatementHandle(client.prepare("select ?"))
                        .build()),
                RawFlight.pack(CommandStatementUpdate.newBuilder().setQuery("garbage").build()),
                RawFlight.pack(
                    CommandStatementIngest.newBuilder()
                        .setTable("garbage")
                        .setCatalog("lake")
                        .setSchema("default")
                        .build()))) {
          put(client, command, random);
        }
        try (Garbler garbler = new Garbler(GATEWAY.grpcPort());
            RawFlight connection = client.connection(garbler.port())) {
          RawFlight.Fetch fetch = connection.begin(connection.ticket(LONG), 2);
          fetch.taken.join();
          garbler.garble(garbage(random));
          fetch.call.request(1000);
          assertThat(fetch.closed.get(60, TimeUnit.SECONDS).isOk()).isFalse();
        }
      }

      private void put(RawFlight client, ByteString command, Random random) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        var upload = client.later().doPut(new RawFlight.Done<>(done));
        upload.onNext(
            FlightData.newBuilder()
                .setFlightDescriptor(RawFlight.descriptor(command))
                .setDataHeader(garbage(random))
                .setDataBody(garbage(random))
                .build());
        upload.onCompleted();
        assertThat(done).failsWithin(60, TimeUnit.SECONDS);
      }
    },
    REUSES_A_TICKET {
      @Override
      void round(RawFlight client, int round) {
        Ticket ticket = client.ticket(SMALL);
        assertThat(client.fetch(ticket)).isNotEmpty();
        assertThat(RawFlight.refusal(() -> client.fetch(ticket)).getDescription())
            .contains("[INVALID_HANDLE]");
      }
    },
    LEAVES_HEAD_STARTS {
      @Override
      void round(RawFlight client, int round) {
        try (RawFlight connection = client.connection(GATEWAY.grpcPort())) {
          connection.fetch(connection.ticket(SMALL));
          Ticket ahead = connection.ticket(LONG);
          if (round % 3 == 0) {
            connection.begin(ahead, 2).taken.join();
          } else if (round % 3 == 1) {
            connection.fetch(connection.ticket(SMALL));
          }
        }
      }
    },
    FORGES_A_HANDLE {
      @Override
      void round(RawFlight client, int round) {
        Random random = new Random(round);
        ByteString prepared = forged(client.prepare(SMALL), random);
        refused(
            () ->
                client
                    .stub()
                    .getFlightInfo(
                        RawFlight.descriptor(
                            RawFlight.pack(
                                CommandPreparedStatementQuery.newBuilder()
                                    .setPreparedStatementHandle(prepared)
                                    .build()))));
        refused(
            () ->
                client.fetch(
                    Ticket.newBuilder()
                        .setTicket(
                            RawFlight.pack(
                                TicketStatementQuery.newBuilder()
                                    .setStatementHandle(prepared)
                                    .build()))
                        .build()));
      }

      private ByteString forged(ByteString handle, Random random) {
        byte[] bytes = handle.toByteArray();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return ByteString.copyFrom(bytes);
      }
    },
    FLOODS_WITH_PREPARED_STATEMENTS {
      @Override
      void round(RawFlight client, int round) {
        for (int statement = 0; statement < 100; statement++) {
          client.prepare("select n_name as n" + TEXTS.incrementAndGet() + " from nation");
          if (statement % 10 == 0) {
            // A result that nobody fetches.
            client.ticket(SMALL);
          }
        }
      }
    };

    abstract void round(RawFlight client, int round) throws Exception;

    int rounds() {
      return ROUNDS;
    }

    int atOnce() {
      return AT_ONCE;
    }

    /** What begins with this byte is neither a protobuf message, nor a flatbuffer, nor a frame. */
    static ByteString garbage(Random random) {
      byte[] bytes = new byte[1 + random.nextInt(2000)];
      random.nextBytes(bytes);
      bytes[0] = (byte) 0xff;
      return ByteString.copyFrom(bytes);
    }

    static void refused(Runnable call) {
      Status status = RawFlight.refusal(call);
      assertThat(status.getDescription()).startsWith("[");
      assertThat(status.getCode()).isNotEqualTo(Status.Code.INTERNAL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientLeavesNothingBehindThat(Client kind) throws Exception {
    // The pools of buffers come to their size over some hundred rounds, and keep it.
    run(kind, Math.max(kind.atOnce(), kind.rounds() / 4));
    await().atMost(Duration.ofSeconds(60)).until(() -> GATEWAY.runningStatements() == 0);
    Map<String, Long> held = GATEWAY.held();
    Map<String, Integer> spark = sparkObjects();
    long memory = usedBytes();

    long began = System.nanoTime();
    run(kind, kind.rounds());
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                GATEWAY
                    .held()
                    .forEach(
                        (what, now) ->
                            assertThat(now).as(what).isLessThanOrEqualTo(held.get(what))));
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () ->
                sparkObjects()
                    .forEach(
                        (what, now) ->
                            assertThat(now).as(what).isLessThanOrEqualTo(spark.get(what) + 1)));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(usedBytes()).isLessThan(memory + TOLERATED_BYTES));
    record(kind, seconds, held, spark, memory);
    // Nor has it used anything up.
    try (RawFlight client = RawFlight.login(GATEWAY.grpcPort(), "admin")) {
      assertThat(client.run(SMALL)).hasSize(2);
      client.closeSession();
    }
  }

  /** Adds a row to the table that {@code .ci/long} shows: what there was before, and after. */
  private static void record(
      Client kind, long seconds, Map<String, Long> held, Map<String, Integer> spark, long memory)
      throws IOException {
    Map<String, Integer> now = sparkObjects();
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %d | %d | %s | %d → %d | %d → %d | %+.1f |%n",
            kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            kind.rounds(),
            seconds,
            new TreeMap<>(GATEWAY.held())
                .entrySet().stream()
                    .filter(entry -> entry.getValue() > 0 || held.get(entry.getKey()) > 0)
                    .map(
                        entry ->
                            entry.getKey()
                                + " "
                                + held.get(entry.getKey())
                                + " → "
                                + entry.getValue())
                    .collect(Collectors.joining(", ")),
            spark.get("operations"),
            now.get("operations"),
            spark.get("sessions"),
            now.get("sessions"),
            (usedBytes() - memory) / 1e6);
    Files.writeString(
        Path.of("target", "leaks.txt"), row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Runs rounds of one session, some at a time, and measures while its connection lasts. */
  private static void run(Client kind, int rounds) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(kind.atOnce());
    try (RawFlight client = RawFlight.login(GATEWAY.grpcPort(), "admin")) {
      List<Future<?>> running = new ArrayList<>();
      for (int number = 0; number < rounds; number++) {
        int round = number;
        running.add(
            executor.submit(
                () -> {
                  kind.round(client, round);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      client.closeSession();
    } finally {
      executor.shutdownNow();
    }
  }

  /** Returns what this JVM, with the gateway and its clients in it, uses of heap and buffers. */
  private static long usedBytes() {
    System.gc();
    long buffers =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return buffers + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Returns how many operations and sessions Spark's heap holds, as its JVM counts them. */
  private static Map<String, Integer> sparkObjects() {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process process =
          new ProcessBuilder(
                  jcmd.toString(), Long.toString(GATEWAY.sparkPid()), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      process.getInputStream().transferTo(out);
      String histogram = out.toString(StandardCharsets.UTF_8);
      assertThat(histogram).contains("java.lang.String");
      return Map.of(
          "operations", instances(histogram, "ExecuteHolder"),
          "sessions", instances(histogram, "SessionHolder"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int instances(String histogram, String name) {
    Matcher line =
        Pattern.compile(
                "(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+org\\.apache\\.spark\\.sql\\.connect"
                    + "\\.service\\."
                    + name
                    + "(?:\\s|$)")
            .matcher(histogram);
    return line.find() ? Integer.parseInt(line.group(1)) : 0;
  }

  /** Passes bytes on, and what it is told to between those of the client. */
  private static final class Garbler implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final ExecutorService executor = Executors.newFixedThreadPool(3);
    private final CountDownLatch connected = new CountDownLatch(1);
    private final Socket target;

    Garbler(int port) throws IOException {
      target = new Socket(InetAddress.getLoopbackAddress(), port);
      executor.execute(this::accept);
    }

    int port() {
      return server.getLocalPort();
    }

    private void accept() {
      try {
        Socket client = server.accept();
        executor.execute(() -> copy(client, target));
        executor.execute(() -> copy(target, client));
        connected.countDown();
      } catch (IOException closed) {
        // Nobody came.
      }
    }

    void garble(ByteString bytes) throws Exception {
      assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
      synchronized (target) {
        bytes.writeTo(target.getOutputStream());
      }
    }

    private void copy(Socket from, Socket to) {
      try (InputStream input = from.getInputStream();
          OutputStream output = to.getOutputStream()) {
        byte[] buffer = new byte[8192];
        for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
          synchronized (to) {
            output.write(buffer, 0, read);
          }
        }
      } catch (IOException broken) {
        // As it was meant to be.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      target.close();
      executor.shutdownNow();
    }
  }
}
