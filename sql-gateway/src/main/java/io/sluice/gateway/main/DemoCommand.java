package io.sluice.gateway.main;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.gateway.identity.PasswordHash;
import io.sluice.gateway.statement.StatementLimits;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice demo}: a local Spark, TPC-H in Iceberg, the demonstration's users and policies, and
 * all doors. Listens on the loopback address only. Runs until it is told to end.
 */
@Command(name = "demo", description = "A local lakehouse behind all doors")
final class DemoCommand implements Callable<Integer> {

  /** Then it goes on beside the first client. */
  private static final int LONGEST_WARM_UP_SECONDS = 2;

  @Option(names = "--scale", defaultValue = "0.1", paramLabel = "N")
  private BigDecimal scale = BigDecimal.ZERO;

  @Option(names = "--data", paramLabel = "DIR")
  private Path data = Path.of(".sluice");

  @Option(names = "--grpc-port", defaultValue = "32010", paramLabel = "PORT")
  private int grpcPort;

  @Option(names = "--http-port", defaultValue = "8080", paramLabel = "PORT")
  private int httpPort;

  @Option(names = "--thrift-port", defaultValue = "10000", paramLabel = "PORT")
  private int thriftPort;

  @Option(names = "--tls")
  private boolean tls;

  @Option(names = "--min-replicas", defaultValue = "1", paramLabel = "N")
  private int minReplicas;

  @Option(names = "--max-replicas", defaultValue = "1", paramLabel = "N")
  private int maxReplicas;

  @Option(names = "--scaling", defaultValue = "standard", paramLabel = "POLICY")
  private String policy = "standard";

  @Option(names = "--max-rows", paramLabel = "N")
  private long maxRows = StatementLimits.UNLIMITED;

  @Option(names = "--max-bytes", paramLabel = "N")
  private long maxBytes = StatementLimits.UNLIMITED;

  @Option(names = "--grace", paramLabel = "SECONDS")
  private long grace = DemoSettings.GRACE.toSeconds();

  private final Installation installation;
  private final PrintStream out;
  private final PrintStream error;

  DemoCommand(Installation installation, PrintStream out, PrintStream error) {
    this.installation = installation;
    this.data = installation.root().resolve(".sluice");
    this.out = out;
    this.error = error;
  }

  @Override
  public Integer call() throws Exception {
    checkFlags();
    ScalingSettings scaling = scaling();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    Progress progress = new Progress(error, timer);
    DataDirectory directory = DataDirectory.open(data.toAbsolutePath().normalize(), scale);
    System.setProperty("sluice.log", directory.logs().resolve("gateway.log").toString());
    System.setProperty("sluice.journal", directory.logs().resolve("journal.jsonl").toString());
    Ending ending = new Ending(directory::close);
    try {
      CompletableFuture<Void> loaded =
          progress.follow(
              "preparing TPC-H at scale " + scale.toPlainString(),
              TpchData.load(installation, java(), directory, scale.toPlainString()));
      DemoCertificate certificate = new DemoCertificate(directory.root(), java());
      Optional<TlsFiles> files =
          tls ? Optional.of(certificate.files(new Date())) : Optional.empty();
      Gateway gateway =
          Gateway.start(
              DemoSettings.of(
                  directory,
                  DemoSettings.users(PasswordHash.DEFAULT_ITERATIONS),
                  grpcPort,
                  httpPort,
                  thriftPort,
                  scaling,
                  files,
                  new StatementLimits(
                      DemoSettings.CLIENT_STALL, DemoSettings.RUN_TIME, maxRows, maxBytes),
                  Duration.ofSeconds(grace)),
              installation,
              java(),
              ending::closes);
      // From zero, the first statement starts it.
      CompletableFuture<?> spark =
          minReplicas == 0 ? loaded : progress.follow("starting Spark", gateway.whenReady());
      // Whichever fails first is told at once.
      CompletableFuture.anyOf(loaded, spark).join();
      loaded.join();
      spark.join();
      gateway
          .warmUp(DemoSettings.WARM_UP)
          .completeOnTimeout(null, LONGEST_WARM_UP_SECONDS, TimeUnit.SECONDS)
          .join();
      writeRunFile(directory, gateway);
      announce(gateway, directory, certificate);
      new CountDownLatch(1).await();
      return 0;
    } catch (CompletionException failure) {
      if (ending.hasBegun()) {
        return 0;
      }
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    } finally {
      timer.shutdownNow();
    }
  }

  private ScalingSettings scaling() {
    if (minReplicas < 0 || maxReplicas < 1 || maxReplicas < minReplicas) {
      throw new StartException(
          "--min-replicas is at least 0, and --max-replicas at least 1 and not below it.");
    }
    try {
      return ScalingSettings.of(minReplicas, maxReplicas, ScalingPolicy.named(policy));
    } catch (IllegalArgumentException unknown) {
      throw new StartException(String.valueOf(unknown.getMessage()));
    }
  }

  private void checkFlags() {
    if (scale.signum() <= 0) {
      throw new StartException("--scale is a number above 0, for example 0.1.");
    }
    if (maxRows <= 0 || maxBytes <= 0) {
      throw new StartException("--max-rows and --max-bytes are numbers above 0.");
    }
    if (grace < 0) {
      throw new StartException("--grace is a number of seconds, 0 or more.");
    }
    List<Integer> ports =
        IntStream.of(grpcPort, httpPort, thriftPort).filter(port -> port != 0).boxed().toList();
    if (Set.copyOf(ports).size() < ports.size()) {
      throw new StartException(
          "--grpc-port, --http-port and --thrift-port are different ports, or 0 for any free one.");
    }
    checkPort("--grpc-port", grpcPort);
    checkPort("--http-port", httpPort);
    checkPort("--thrift-port", thriftPort);
  }

  /** Tells of a port that is taken before anything is started; the doors bind it for good. */
  private static void checkPort(String flag, int port) {
    if (port < 0 || port > 65535) {
      throw new StartException(flag + " is a number from 0 to 65535; 0 takes any free port.");
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      socket.setReuseAddress(true);
    } catch (IOException taken) {
      throw new StartException(
          "Port "
              + port
              + " cannot be used: "
              + taken.getMessage()
              + ". Stop what listens there, or choose another with "
              + flag
              + " (0 takes any free port).");
    }
  }

  private void announce(Gateway gateway, DataDirectory directory, DemoCertificate certificate) {
    String host = "127.0.0.1";
    String python =
        "adbc_driver_flightsql.dbapi.connect(\"%s://%s:%d\", db_kwargs={\"username\": \"analyst\","
            + " \"password\": \"analyst\"%s})";
    String scheme = tls ? "grpc+tls" : "grpc";
    out.println(
        "JDBC    "
            + "jdbc:arrow-flight-sql://"
            + host
            + ":"
            + gateway.grpcPort()
            + (tls
                ? "/?useEncryption=true&tlsRootCerts=" + certificate.authority() + "&user="
                : "/?useEncryption=false&user=")
            + "admin&password=admin");
    out.println(
        "Python  "
            + python.formatted(
                scheme,
                host,
                gateway.grpcPort(),
                tls
                    ? ", \"adbc.flight.sql.client_option.tls_root_certs\": open(\""
                        + certificate.authority()
                        + "\").read()"
                    : ""));
    if (tls) {
      out.println("TLS     clients are to trust " + certificate.authority());
    }
    out.println(
        "Hive    jdbc:hive2://"
            + host
            + ":"
            + gateway.thriftPort()
            + "/;user=analyst;password=analyst"
            + (tls
                ? ";ssl=true;sslTrustStore="
                    + certificate.trustStore()
                    + ";trustStorePassword="
                    + DemoCertificate.TRUST_STORE_PASSWORD
                : ""));
    String http = (tls ? "https://" : "http://") + host + ":" + gateway.httpPort();
    out.println("HTTP    " + http + "/ready");
    out.println("Users   admin, analyst, intern; the password is the name");
    out.println("Policy  " + directory.policies());
    if (maxReplicas > 1) {
      out.println(
          "Scaling ./sluice clusters --watch --user admin"
              + (gateway.httpPort() == 8080 && !tls ? "" : " --url " + http)
              + (tls ? " --tls-root-certs " + certificate.authority() : ""));
    }
    String url =
        gateway.grpcPort() == 32010 && !tls
            ? ""
            : " --url " + scheme + "://" + host + ":" + gateway.grpcPort();
    if (tls) {
      url += " --tls-root-certs " + certificate.authority();
    }
    out.println(
        "Try     ./sluice sql"
            + url
            + " --user analyst \"select o_orderpriority, count(*) from orders group by 1\"");
    out.println("Sluice is ready");
    out.flush();
  }

  /** Tells the benchmarks where everything is; holds Spark's token, so it is private. */
  private static void writeRunFile(DataDirectory directory, Gateway gateway) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode run = json.createObjectNode();
    run.put("gatewayPid", ProcessHandle.current().pid());
    ArrayNode pids = run.putArray("sparkPids");
    gateway.sparkPids().forEach(pids::add);
    run.put("grpcPort", gateway.grpcPort());
    run.put("httpPort", gateway.httpPort());
    run.put("thriftPort", gateway.thriftPort());
    ArrayNode endpoints = run.putArray("sparkEndpoints");
    for (SparkEndpoint endpoint : gateway.sparkEndpoints()) {
      Path tokenFile = directory.sparkToken();
      DataDirectory.writePrivately(tokenFile, endpoint.token().getBytes(StandardCharsets.UTF_8));
      endpoints
          .addObject()
          .put("host", endpoint.host())
          .put("port", endpoint.port())
          .put("tokenFile", tokenFile.toString());
    }
    DataDirectory.writePrivately(
        directory.runFile(), json.writerWithDefaultPrettyPrinter().writeValueAsBytes(run));
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
