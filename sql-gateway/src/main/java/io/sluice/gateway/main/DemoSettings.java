package io.sluice.gateway.main;

import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.gateway.identity.PasswordHash;
import io.sluice.gateway.identity.UserStore;
import io.sluice.gateway.statement.StatementLimits;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogConfiguration;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Routing;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the demonstration's gateway is started with: one catalog, three users, one local Spark. */
final class DemoSettings {

  private static final String CLUSTER = "local";
  private static final String CATALOG = "lake";
  private static final String SCHEMA = "tpch";
  private static final List<String> USERS = List.of("admin", "analyst", "intern");
  private static final String ADMINISTRATORS = "administrators";

  /**
   * How much of Spark may be in use at once, for each task slot. Spark Connect does best at sixteen
   * calls on two slots and loses beyond; statements that run and schemas that are asked for come to
   * that together.
   */
  static final int STATEMENTS_PER_SLOT = 6;

  /** Where the search for a better number ends. */
  static final int MOST_PER_SLOT = 12;

  static final Duration QUEUE_TIMEOUT = Duration.ofMinutes(5);
  static final Duration SESSION_IDLE = Duration.ofHours(8);

  static final int SCHEMAS_PER_SLOT = 2;

  static final Duration CLIENT_STALL = Duration.ofMinutes(5);
  static final Duration RUN_TIME = Duration.ofHours(24);

  static final long LONGEST_INGEST = 256L << 20;

  /** Short, so that a demonstration ends at once although something runs. */
  static final Duration GRACE = Duration.ofSeconds(3);

  /** Reads a small table and shuffles, as most queries do. */
  static final String WARM_UP =
      "SELECT n_regionkey, count(*) FROM lake.tpch.nation GROUP BY n_regionkey ORDER BY 1";

  private DemoSettings() {}

  /** Returns the usual limits of a statement. */
  static StatementLimits limits() {
    return new StatementLimits(
        CLIENT_STALL, RUN_TIME, StatementLimits.UNLIMITED, StatementLimits.UNLIMITED);
  }

  /** Returns the users, each with the own name as the password. */
  static UserStore users(int iterations) {
    SecureRandom random = new SecureRandom();
    return new UserStore(
        USERS.stream()
            .map(
                name ->
                    new UserStore.User(
                        name,
                        name.equals("admin") ? Set.of(ADMINISTRATORS) : Set.of(),
                        PasswordHash.of(name, iterations, random)))
            .toList());
  }

  /** Returns the settings over a data directory. */
  static GatewaySettings of(
      DataDirectory directory,
      UserStore users,
      int grpcPort,
      int httpPort,
      int thriftPort,
      ScalingSettings scaling,
      Optional<TlsFiles> tls,
      StatementLimits limits,
      Duration grace) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    CatalogConfiguration catalog =
        new CatalogConfiguration(
            CATALOG,
            "jdbc",
            Map.of(
                "uri",
                directory.catalogUri(),
                "warehouse",
                directory.warehouse().toString(),
                "jdbc.schema-version",
                "V1"));
    ClusterDefinition cluster =
        new ClusterDefinition(
            CLUSTER,
            Set.of(),
            new ClusterHost.Local(
                directory.root(),
                // Spark keeps what a client has not fetched yet, and lineitem at scale 1 is a
                // gigabyte.
                directory.scale().compareTo(BigDecimal.ONE) < 0 ? "2g" : "6g",
                Math.max(2, Runtime.getRuntime().availableProcessors())),
            SparkCatalogs.configuration(List.of(catalog)),
            scaling,
            new AdmissionLimits(STATEMENTS_PER_SLOT, MOST_PER_SLOT, 1000, QUEUE_TIMEOUT));
    return new GatewaySettings(
        new InetSocketAddress(loopback, grpcPort),
        new InetSocketAddress(loopback, httpPort),
        new InetSocketAddress(loopback, thriftPort),
        tls,
        users,
        Optional.empty(),
        ADMINISTRATORS,
        Set.of(),
        directory.signingKey(),
        List.of(catalog),
        new Namespace(CATALOG, SCHEMA),
        directory.policies(),
        Map.of(CATALOG, CATALOG),
        new ClusterSource.Configured(List.of(cluster)),
        Routing.toOnly(CLUSTER),
        directory.root(),
        limits,
        LONGEST_INGEST,
        grace,
        SESSION_IDLE);
  }
}
