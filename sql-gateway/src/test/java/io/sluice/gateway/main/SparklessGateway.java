package io.sluice.gateway.main;

import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.gateway.identity.UserFile;
import io.sluice.gateway.identity.UserStore;
import io.sluice.testkit.SparkFixture;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A gateway in this JVM whose Spark cannot start and whose catalog is empty. */
public final class SparklessGateway implements AutoCloseable {

  private final DataDirectory directory;
  private final Path usersFile;
  private final Gateway gateway;
  private final CompletableFuture<?> ready;

  /**
   * Starts it.
   *
   * @param root an empty folder
   * @param policies what {@code lake.json} holds
   * @param sessionIdleExpiry after which an unused session is closed
   */
  public SparklessGateway(Path root, String policies, Duration sessionIdleExpiry) {
    this(root, policies, sessionIdleExpiry, Optional.empty());
  }

  /**
   * Starts it with TLS on its doors.
   *
   * @param certificates what the doors show
   */
  public SparklessGateway(
      Path root, String policies, Duration sessionIdleExpiry, Optional<Certificates> certificates) {
    this(root, policies, sessionIdleExpiry, certificates, SparkFixture.java());
  }

  private SparklessGateway(
      Path root,
      String policies,
      Duration sessionIdleExpiry,
      Optional<Certificates> certificates,
      Path java) {
    usersFile = root.resolve("users.json");
    try {
      Path installation = Files.createDirectory(root.resolve("installation"));
      Files.createSymbolicLink(
          installation.resolve("policy-ranger"),
          Path.of(System.getProperty("sluice.root"), "policy-ranger"));
      Path spark = Files.createDirectories(installation.resolve("spark-runtime/target"));
      Files.writeString(spark.resolve("classpath"), root.resolve("no-such.jar").toString());
      directory = DataDirectory.open(root.resolve("data"), BigDecimal.ONE);
      Files.writeString(directory.policies().resolve("lake.json"), policies);
      UserStore users = DemoSettings.users(1_000);
      users(users.all());
      GatewaySettings demo =
          DemoSettings.of(
              directory,
              users,
              0,
              0,
              0,
              ScalingSettings.fixed(1),
              certificates.map(made -> new TlsFiles(made.certificates(), made.key())),
              DemoSettings.limits(),
              DemoSettings.GRACE);
      GatewaySettings settings =
          new GatewaySettings(
              demo.grpcAddress(),
              demo.httpAddress(),
              demo.thriftAddress(),
              demo.tls(),
              demo.users(),
              Optional.of(new UserFile(usersFile, FileTrust.ofThisProcess()::secret)),
              demo.administrators(),
              demo.metricsGroups(),
              demo.signingKey(),
              demo.catalogs(),
              demo.home(),
              demo.policyFolder(),
              demo.policyServices(),
              demo.clusters(),
              demo.routing(),
              demo.data(),
              demo.limits(),
              demo.longestIngest(),
              demo.grace(),
              sessionIdleExpiry);
      gateway = Gateway.start(settings, new Installation(installation), java, started -> {});
      ready = gateway.whenReady();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  /**
   * Starts one whose Spark neither comes up nor fails, so that statements wait.
   *
   * @param root an empty folder
   */
  public static SparklessGateway waiting(Path root, String policies) throws IOException {
    Path java = Files.writeString(root.resolve("java"), "#!/bin/sh\nexec sleep 600\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    return new SparklessGateway(root, policies, Duration.ofHours(1), Optional.empty(), java);
  }

  /** Fails with why Spark did not start. */
  public CompletableFuture<?> whenReady() {
    return ready;
  }

  public int grpcPort() {
    return gateway.grpcPort();
  }

  public int httpPort() {
    return gateway.httpPort();
  }

  public int thriftPort() {
    return gateway.thriftPort();
  }

  public List<String> problems() {
    return gateway.readiness().problems();
  }

  /** Returns how much the gateway holds for clients. */
  public Map<String, Long> held() {
    return gateway.held();
  }

  /** Returns the file that users are read from. */
  public Path usersFile() {
    return usersFile;
  }

  /** Writes the users. */
  public void users(Collection<UserStore.User> users) throws IOException {
    DataDirectory.writePrivately(usersFile, ServeFiles.users(users));
  }

  /** Makes the schema that sessions begin in, as Iceberg's JDBC catalog would. */
  public void makeHomeSchema() throws SQLException {
    try (Connection catalog = DriverManager.getConnection(directory.catalogUri());
        Statement insert = catalog.createStatement()) {
      insert.executeUpdate(
          "CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (catalog_name VARCHAR(255) NOT"
              + " NULL, namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255), property_value"
              + " VARCHAR(1000), PRIMARY KEY (catalog_name, namespace, property_key))");
      insert.executeUpdate(
          "INSERT INTO iceberg_namespace_properties VALUES ('lake', 'tpch', 'exists', 'true')");
    }
  }

  /** Replaces the policies. */
  public void policies(String json) throws IOException {
    DataDirectory.writePrivately(directory.policies().resolve("lake.json"), json.getBytes());
  }

  @Override
  public void close() {
    gateway.close();
    directory.close();
  }
}
