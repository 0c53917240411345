package io.sluice.bench.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.sluice.bench.client.FakeSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.ServerHeaderMiddleware;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.auth2.BasicCallHeaderAuthenticator;
import org.apache.arrow.flight.auth2.GeneratedBearerTokenAuthenticator;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The comparisons against a fake Spark and a fake Sluice that agree. */
class CommandsTest {

  private static final Schema SCHEMA =
      new Schema(List.of(Field.nullable("i", new ArrowType.Int(32, true))));

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final PrintStream printer = new PrintStream(output, true, UTF_8);
  private final BufferAllocator allocator = new RootAllocator();
  private static final FlightServerMiddleware.Key<ServerHeaderMiddleware> HEADERS =
      FlightServerMiddleware.Key.of("headers");

  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final List<String> choices = new CopyOnWriteArrayList<>();
  private int tableRows = 6;
  private boolean answersItself;
  private Path data;
  private Server spark;
  private FlightServer sluice;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    data = directory;
    Files.createDirectory(data.resolve("logs"));
    spark =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new FakeSpark())
            .build()
            .start();
    sluice =
        FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), new FakeSluice())
            .middleware(HEADERS, new ServerHeaderMiddleware.Factory())
            .headerAuthenticator(
                new GeneratedBearerTokenAuthenticator(
                    new BasicCallHeaderAuthenticator((user, password) -> () -> user)))
            .build()
            .start();
    long self = ProcessHandle.current().pid();
    Files.writeString(
        data.resolve("run.json"),
        """
        {"gatewayPid": %d, "sparkPids": [%d], "grpcPort": %d,
         "sparkEndpoints": [{"host": "127.0.0.1", "port": %d}]}
        """
            .formatted(self, self, sluice.getPort(), spark.getPort()));
  }

  @AfterEach
  void stop() throws Exception {
    spark.shutdownNow();
    sluice.close();
    assertThat(spark.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void fetchShowsBothClients() {
    assertThat(run(new FetchCommand(printer), "--runs", "2", "--no-jdbc")).isZero();
    assertThat(output.toString(UTF_8))
        .contains("SELECT * FROM lineitem: 6 rows")
        .containsPattern("\\| Spark Connect +\\| +\\d+\\.\\d\\d \\| +1\\.00 \\|")
        .contains("| Sluice, Flight SQL |");
  }

  @Test
  void fetchFailsWhenRowsAreMissing() {
    tableRows = 5;
    assertThat(run(new FetchCommand(printer), "--runs", "1", "--no-jdbc")).isEqualTo(1);
    assertThat(output.toString(UTF_8)).contains("did not get the same number of rows");
  }

  @Test
  void memoryIsWatchedOverTheRuns() {
    // Whether a JVM that runs tests grows is nothing to rely on; that it is judged, is.
    assertThat(run(new MemoryCommand(printer), "--runs", "3", "--parallel", "2")).isBetween(0, 1);
    assertThat(output.toString(UTF_8))
        .contains("SELECT * FROM lineitem, 2 at a time")
        .containsPattern("\\| 3 ended \\| +\\d+ \\| +12 \\|")
        .containsPattern("RSS was [1-9][\\d,]* MB at most")
        .containsPattern("From the second run to the last it went to \\d+ %");
  }

  @Test
  void oneRunFailsAboveTheMostMemory() {
    assertThat(run(new MemoryCommand(printer), "--runs", "1", "--most", "1")).isEqualTo(1);
    assertThat(output.toString(UTF_8)).contains("That is not below the 1 MB of --most.");
    assertThat(run(new MemoryCommand(printer), "--runs", "1", "--most", "1000000")).isZero();
  }

  @Test
  void latencyShowsRepeatedAndUniqueTexts() {
    assertThat(run(new LatencyCommand(printer), "--pairs", "10", "--warm-up", "5")).isZero();
    assertThat(output.toString(UTF_8))
        .containsPattern("\\| repeated \\|.*\\| +1\\.25 \\| +1\\.25 \\|\n")
        .contains("| unique ");
  }

  @Test
  void latencyFailsWhenSparkDidNotRunEveryStatement() {
    answersItself = true;
    CommandLine command = new CommandLine(new LatencyCommand(printer));
    List<String> told = new ArrayList<>();
    command.setExecutionExceptionHandler(
        (exception, line, given) -> {
          told.add(String.valueOf(exception.getMessage()));
          return 1;
        });
    assertThat(command.execute("--pairs", "3", "--warm-up", "2", "--data", data.toString()))
        .isEqualTo(1);
    assertThat(told)
        .containsExactly(
            "repeated: 5 statements were sent to Sluice, but by its journal Spark carried out 0.");
  }

  @Test
  void limitsThatAreMissedFailTheCommands() {
    assertThat(
            run(new LatencyCommand(printer), "--pairs", "3", "--warm-up", "0", "--most-own", "1"))
        .isEqualTo(1);
    assertThat(output.toString(UTF_8))
        .contains("The gateway's own ms at p99, repeated: 1.25; its limit is at most 1.00.");
    assertThat(
            run(
                new LatencyCommand(printer),
                "--pairs=2",
                "--warm-up=0",
                "--most-own=2",
                "--most-more=9999"))
        .isZero();
    assertThat(run(new FetchCommand(printer), "--runs=1", "--no-jdbc", "--most-times=0.0001"))
        .isEqualTo(1);
    assertThat(output.toString(UTF_8)).contains("Flight SQL, times raw: ");
    // The clock of CPU time ticks too slowly for so short a fetch.
    assertThat(run(new FetchCommand(printer), "--runs=1", "--no-jdbc", "--most-cpu=-1"))
        .isEqualTo(1);
    assertThat(
            run(
                new ConcurrencyCommand(printer),
                "--clients=2",
                "--queries=2",
                "--rounds=1",
                "--least-throughput=9999",
                "--most-p99=0.0001"))
        .isEqualTo(1);
    assertThat(output.toString(UTF_8))
        .contains("Throughput of Spark's: ")
        .contains("p99 of Spark's: ");
  }

  @Test
  void concurrencyCountsTheQueriesOfAllClients() {
    assertThat(run(new ConcurrencyCommand(printer), "--clients=1,3", "--queries=5", "--rounds=2"))
        .isZero();
    assertThat(output.toString(UTF_8).lines().filter(line -> line.startsWith("| S"))).hasSize(6);
    assertThat(output.toString(UTF_8))
        .containsPattern("Sluice, Flight SQL +\\| +3 \\| +[1-9].*\\| +30 \\| +0 \\|");
  }

  @Test
  void kneeMeasuresEachClusterAndFailsBelowTheShare() {
    String[] clusters = {
      "--grpc-port=" + sluice.getPort(),
      "--before=zero",
      "--fixed=one,two",
      "--adaptive=own",
      "--clients=2",
      "--after=0",
      "--seconds=1",
      "--rounds=2"
    };
    assertThat(new CommandLine(new KneeCommand(printer)).execute(clusters)).isZero();
    assertThat(output.toString(UTF_8))
        .containsPattern("\\| one +\\| +[1-9].*\n\\| two +\\| +[1-9].*\n\\| own +\\| +[1-9]")
        .containsPattern("The knee is at (one|two)\\. .* own has \\d+\\.\\d\\d of it in the other");
    // Both clients choose, one after the other.
    List<String> chosen = new ArrayList<>();
    for (int choice = 0; choice < choices.size(); choice += 2) {
      assertThat(choices.get(choice + 1)).isEqualTo(choices.get(choice));
      chosen.add(choices.get(choice).replace("SET sluice.cluster = ", ""));
    }
    assertThat(chosen).startsWith("zero", "one", "two", "own", "one", "two", "own").hasSize(10);
    assertThat(chosen.subList(7, 10)).containsExactlyInAnyOrder("one", "two", "own");
    String[] strict = Arrays.copyOf(clusters, clusters.length + 1);
    strict[clusters.length] = "--least-knee-share=999";
    assertThat(new CommandLine(new KneeCommand(printer)).execute(strict)).isEqualTo(1);
    assertThat(output.toString(UTF_8)).contains("its limit is at least 999.00.");
  }

  @Test
  void theKneeIsTheLowestLimitThatBringsNearlyTheMost() {
    Knee.Level two = new Knee.Level("two", List.of(97.0, 97.0), 0);
    Knee.Level four = new Knee.Level("four", List.of(102.0, 98.0), 2);
    Knee.Level eight = new Knee.Level("eight", List.of(40.0, 120.0), 0);
    Knee knee =
        new Knee(
            List.of(new Knee.Level("one", List.of(50.0, 52.0), 0), two, four, eight),
            new Knee.Level("own", List.of(50.0, 88.0), 1));
    assertThat(knee.knee()).isEqualTo(two);
    assertThat(knee.best()).isEqualTo(four);
    assertThat(knee.share(two)).isEqualTo(0.97);
    // Four is the best of the first half and has 98 in the second; eight the other way round.
    assertThat(knee.shareFound()).isEqualTo(1.0);
  }

  @Test
  void loadSendsThePhasesOneAfterTheOther() {
    assertThat(run(new LoadCommand(printer), "--clients", "1,0,2", "--seconds", "1")).isZero();
    List<String> lines = output.toString(UTF_8).lines().skip(2).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).containsPattern("^\\| 1 +\\| +[1-9]\\d* \\| +0 \\|");
    assertThat(lines.get(1)).containsPattern("^\\| 0 +\\| +0 \\| +0 \\| +- \\|");
  }

  @Test
  void autoscaleReadsATraceAndPlotsIt(@TempDir Path directory) throws Exception {
    Path trace =
        Files.writeString(
            directory.resolve("t.csv"),
            "warehouseId,createdTime,endTime\n7,2018-02-21 10:00:00,2018-02-21 10:00:09\n");
    Path plot = directory.resolve("t.svg");
    int status =
        new CommandLine(new AutoscaleCommand(printer))
            .execute("--trace", trace.toString(), "--plot", plot.toString());
    assertThat(status).isZero();
    assertThat(output.toString(UTF_8))
        .contains("t.csv, 7: 1 statements")
        .contains("| standard ")
        .contains("| snowflake ");
    assertThat(plot).content().startsWith("<svg ");
  }

  @Test
  void autoscaleFailsWhenThePageHasAnotherFront(@TempDir Path directory) throws Exception {
    Path trace =
        Files.writeString(
            directory.resolve("t.csv"),
            "warehouseId,createdTime,endTime\n7,2018-02-21 10:00:00,2018-02-21 10:00:09\n");
    String[] arguments = {"--trace", trace.toString(), "--front", "page.md"};
    Path page = directory.resolve("page.md");
    arguments[3] = page.toString();
    new CommandLine(new AutoscaleCommand(printer)).execute("--trace", trace.toString());
    String table = output.toString(UTF_8);
    Files.writeString(page, "### T.csv, 7\n" + table);
    assertThat(new CommandLine(new AutoscaleCommand(printer)).execute(arguments)).isZero();
    Files.writeString(page, "### T.csv, 7\n" + table.replaceFirst("yes \\|", "    |"));
    assertThat(new CommandLine(new AutoscaleCommand(printer)).execute(arguments)).isEqualTo(1);
    assertThat(output.toString(UTF_8)).contains("On the front of t.csv, 7 are ");
    Files.writeString(page, "# Nothing\n");
    assertThat(new CommandLine(new AutoscaleCommand(printer)).execute(arguments)).isEqualTo(1);
    assertThat(output.toString(UTF_8)).contains("The page has no table of t.csv, 7.");
  }

  private int run(Callable<Integer> command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    return new CommandLine(command).execute(all.toArray(String[]::new));
  }

  /** Writes the lines that the bench reads of a statement. */
  private void note(String client) {
    String lines =
        """
        {"statement": "ID", "session": "of CLIENT", "state": "RECEIVED", "client": "CLIENT"}
        {"statement": "ID", "session": "of CLIENT", "state": "RUNNING", WHERE}
        {"statement": "ID", "session": "of CLIENT", "state": "FINISHED", "gateway_micros": 1250}
        """
            .replace("ID", UUID.randomUUID().toString())
            .replace("CLIENT", client)
            .replace("WHERE", answersItself ? "\"detail\": \"gateway\"" : "\"reads\": []");
    try {
      Files.writeString(
          data.resolve("logs/journal.jsonl"),
          lines,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class FakeSluice extends NoOpFlightSqlProducer {

    @Override
    public FlightInfo getFlightInfoStatement(
        FlightSql.CommandStatementQuery command,
        FlightProducer.CallContext context,
        FlightDescriptor descriptor) {
      byte[] ticket =
          Any.pack(
                  FlightSql.TicketStatementQuery.newBuilder()
                      .setStatementHandle(command.getQueryBytes())
                      .build())
              .toByteArray();
      return new FlightInfo(
          SCHEMA, descriptor, List.of(new FlightEndpoint(new Ticket(ticket))), -1, -1);
    }

    @Override
    public void getStreamStatement(
        FlightSql.TicketStatementQuery ticket,
        FlightProducer.CallContext context,
        FlightProducer.ServerStreamListener listener) {
      String sql = ticket.getStatementHandle().toStringUtf8();
      asked.add(sql);
      if (sql.startsWith("SET sluice.cluster")) {
        choices.add(sql);
      }
      boolean table = sql.startsWith("SELECT *");
      int rows = table ? tableRows : 1;
      try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
        root.allocateNew();
        listener.start(root);
        for (int row = 0; row < rows; row++) {
          ((IntVector) root.getVector("i")).setSafe(row, row);
        }
        root.setRowCount(rows);
        listener.putNext();
        note(context.getMiddleware(HEADERS).headers().get("sluice-client-name"));
        listener.completed();
      }
    }
  }
}
