package io.sluice.gateway.main;

import io.sluice.gateway.identity.UserFile;
import io.sluice.gateway.identity.UserStore;
import io.sluice.gateway.statement.StatementLimits;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogConfiguration;
import io.sluice.router.Routing;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a gateway is started with.
 *
 * @param grpcAddress of the gRPC door; loopback without TLS; port 0 for any free one
 * @param httpAddress of the HTTP door; likewise
 * @param thriftAddress of the Thrift door; likewise
 * @param tls the doors' certificate; empty for plaintext
 * @param users who may log in
 * @param usersFile where they are read again when it changes; empty where they stay as they are
 * @param administrators the group of those users who are administrators
 * @param metricsGroups whose members may read the metrics, beside administrators
 * @param signingKey for tokens and handles, 32 bytes; secret
 * @param catalogs the Iceberg catalogs
 * @param home the namespace of a new session
 * @param policyFolder Ranger's JSON files
 * @param policyServices the Ranger service of each catalog
 * @param clusters where what statements run on is defined
 * @param routing which of the clusters each statement runs on
 * @param data the gateway's own folder
 * @param limits how long a statement may take and how much it may return
 * @param longestIngest all the rows of one bulk ingest, in bytes as Spark's driver holds them;
 *     above zero
 * @param grace how long statements that run when the gateway is told to end may go on; zero or more
 * @param sessionIdleExpiry after which an unused session is closed
 */
record GatewaySettings(
    InetSocketAddress grpcAddress,
    InetSocketAddress httpAddress,
    InetSocketAddress thriftAddress,
    Optional<TlsFiles> tls,
    UserStore users,
    Optional<UserFile> usersFile,
    String administrators,
    Set<String> metricsGroups,
    byte[] signingKey,
    List<CatalogConfiguration> catalogs,
    Namespace home,
    Path policyFolder,
    Map<String, String> policyServices,
    ClusterSource clusters,
    Routing routing,
    Path data,
    StatementLimits limits,
    long longestIngest,
    Duration grace,
    Duration sessionIdleExpiry) {

  GatewaySettings {
    metricsGroups = Set.copyOf(metricsGroups);
    catalogs = List.copyOf(catalogs);
    policyServices = Map.copyOf(policyServices);
  }
}
