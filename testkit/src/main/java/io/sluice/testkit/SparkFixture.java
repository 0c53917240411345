package io.sluice.testkit;

import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.LocalSettings;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.model.ReplicaId;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.spark.connect.proto.Expression;

/**
 * A real Spark Connect server with an empty Iceberg catalog {@code lake} (JDBC on SQLite) below
 * {@code target}. Tests share one for each JVM, so each takes schemas and sessions of its own.
 * Spark ends with the JVM, however that ends.
 */
public final class SparkFixture implements AutoCloseable {

  /** The Spark that tests run on. */
  public static final String SPARK_VERSION = "4.1.2";

  private final Path directory;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final LocalReplicaProvisioner provisioner;
  private final ReplicaId replica = new ReplicaId("test-1");
  private final ReplicaSpec spec;
  private final SparkEndpoint endpoint;
  private final SparkBackend backend;

  private SparkFixture(Map<String, String> settings) {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      directory = Files.createTempDirectory(target, "spark");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    spec = spec(directory, settings);
    provisioner =
        new LocalReplicaProvisioner(
            localSettings(directory), executor, scheduler, new SecureRandom());
    endpoint = provisioner.start(replica, spec).join();
    backend = SparkConnectBackend.connect(endpoint, executor, scheduler);
    backend.version(session("fixture")).join();
  }

  private static final class Shared {
    private static final SparkFixture INSTANCE = new SparkFixture(Map.of());
  }

  /** Returns the server that this JVM's tests share; starts it at the first call. */
  public static SparkFixture shared() {
    return Shared.INSTANCE;
  }

  /** Starts another server, with more settings of Spark. */
  public static SparkFixture start(Map<String, String> settings) {
    return new SparkFixture(settings);
  }

  /** Returns where local replicas run in tests, below a directory. */
  public static LocalSettings localSettings(Path directory) {
    return LocalSettings.of(java(), classPathFile(), directory);
  }

  /**
   * Returns a java command for Spark servers that spares the second compiler, which takes half of
   * the processor's time for code that tests run once or twice; with as much room for compiled code
   * as both compilers have, since Spark fills the first one's 48 MB in two minutes and what does
   * not fit is thrown away. A young generation and a metaspace that are large at once spare most of
   * the collections, up to a third of Spark's time. The system property {@code
   * sluice.test.compiler} names other compilers where a test runs for hours.
   */
  public static Path java() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    try {
      Path script =
          Files.createTempFile(Files.createDirectories(Path.of("target")), "java", ".sh")
              .toAbsolutePath();
      Files.writeString(
          script,
          "#!/bin/sh\nJDK_JAVA_OPTIONS='"
              + System.getProperty(
                  "sluice.test.compiler",
                  "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC")
              + " -XX:NewSize=600m -XX:MetaspaceSize=256m' exec '"
              + java
              + "' \"$@\"\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
      return script;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a replica with the catalog {@code lake} below a directory. */
  public static ReplicaSpec spec(Path directory, Map<String, String> settings) {
    Map<String, String> configuration = new HashMap<>(lake(directory));
    configuration.putAll(settings);
    return new ReplicaSpec(2, "2g", SPARK_VERSION, configuration);
  }

  private static Path classPathFile() {
    String root = System.getProperty("sluice.root");
    if (root == null) {
      throw new IllegalStateException("the system property sluice.root names the repository");
    }
    Path file = Path.of(root, "spark-runtime", "target", "classpath");
    if (!Files.exists(file)) {
      throw new IllegalStateException("run: mvn -pl spark-runtime generate-resources");
    }
    return file;
  }

  private static Map<String, String> lake(Path directory) {
    String catalog = "spark.sql.catalog.lake";
    return Map.of(
        catalog,
        "org.apache.iceberg.spark.SparkCatalog",
        catalog + ".type",
        "jdbc",
        catalog + ".uri",
        uri(directory),
        catalog + ".jdbc.schema-version",
        "V1",
        catalog + ".warehouse",
        warehouse(directory).toUri().toString().replaceAll("/$", ""));
  }

  private static String uri(Path directory) {
    return "jdbc:sqlite:"
        + directory.resolve("catalog.db")
        + "?journal_mode=WAL&busy_timeout=10000";
  }

  private static Path warehouse(Path directory) {
    return directory.resolve("warehouse");
  }

  /** Returns a client of the server. */
  public SparkBackend backend() {
    return backend;
  }

  /** Returns where it listens. */
  public SparkEndpoint endpoint() {
    return endpoint;
  }

  /** Returns the settings that it was started with, beside those that every replica has. */
  public Map<String, String> configuration() {
    return spec.configuration();
  }

  /** Returns the JDBC URL of the catalog. */
  public String catalogUri() {
    return uri(directory);
  }

  /** Returns the directory of the tables. */
  public Path warehouse() {
    return warehouse(directory);
  }

  /** Returns the process that Spark runs in. */
  public ProcessHandle process() {
    return provisioner.processes(replica).findFirst().orElseThrow();
  }

  /** Returns another client of the server, with channels of its own. */
  public SparkConnectBackend connect() {
    return SparkConnectBackend.connect(endpoint, executor, scheduler);
  }

  /** Returns a new session. */
  public static SparkSession session(String user) {
    return new SparkSession(UUID.randomUUID(), user);
  }

  /** Runs a statement to its end in a session of its own. */
  public SparkResult run(String sql, Expression.Literal... parameters) {
    return run(session("tester"), sql, parameters);
  }

  /** Runs a statement to its end. */
  public SparkResult run(SparkSession session, String sql, Expression.Literal... parameters) {
    return SparkResult.of(
        ResultProbe.of(
                backend.execute(
                    new ExecuteRequest(session, UUID.randomUUID(), sql, List.of(parameters))))
            .rest());
  }

  /** Ends the server; its catalog's files stay below {@code target}. */
  @Override
  public void close() {
    backend.close();
    provisioner.close();
    executor.shutdown();
    scheduler.shutdownNow();
  }
}
