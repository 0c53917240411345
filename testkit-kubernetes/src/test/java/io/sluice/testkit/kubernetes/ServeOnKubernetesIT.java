package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.spark.SparkSession;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.SparkFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sluice serve} with clusters that objects define, from the configuration to the rows: a
 * mock of the API server, a fake operator, and one real Spark behind the addresses of all drivers.
 */
@Timeout(600)
class ServeOnKubernetesIT {

  private static final String STATEMENTS = "/api/2.0/sql/statements/";
  private static final int CONNECT_PORT = 15002;

  /** How long the API server is away under load; a minute where there is time. */
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("sluice.kubernetes.outage", 20));

  private static final long MANY = 1_000_000_000L;

  /** Takes every task slot of Spark and does not end by itself. */
  private static final String ENDLESS =
      "select count(*) from range(0, 1000000000000000, 1, 8) where id % 7 = 8";

  private static final String SHORT = "select count(*) from range(0, 1000, 1, 8)";

  private static final List<String> LEDGER =
      IntStream.range(0, 64).mapToObj(part -> "sluice.ledger.sessions." + part).toList();

  /** A JVM's own, once its shutdown hooks have run after SIGTERM. */
  private static final int TERMINATED = 143;

  private final SparkFixture spark = SparkFixture.shared();
  private final ApiServer server = new ApiServer();
  private final String namespace = server.namespace();
  private final List<CuttableProxy> drivers = new ArrayList<>();
  private final FakeOperator operator =
      new FakeOperator(server.client(), namespace, this::driverAddress);

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private CuttableProxy toServer;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    toServer = new CuttableProxy(server.port());
    spark.run("select 1");
    folder = directory.toRealPath();
  }

  @AfterEach
  void shut() throws IOException {
    for (CuttableProxy driver : drivers) {
      driver.close();
    }
    operator.close();
    toServer.close();
    server.close();
  }

  /** Of this machine's own, each with the port of Spark Connect; another process has others. */
  private String driverAddress() {
    long pid = ProcessHandle.current().pid();
    int number = drivers.size() + 1;
    String address = "127.%d.%d.%d".formatted(1 + pid % 250, pid / 250 % 250, number);
    try {
      drivers.add(
          new CuttableProxy(InetAddress.getByName(address), CONNECT_PORT, spark.endpoint().port()));
    } catch (IOException taken) {
      throw new IllegalStateException(taken);
    }
    return address;
  }

  private ServeProcess serve(String pod) throws IOException {
    Path own = Files.createDirectory(folder.resolve(pod));
    Path keys = Files.createDirectory(own.resolve("connect"));
    secret(keys.resolve(namespace), spark.endpoint().token());
    secret(
        own.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {server: "%s"%s}}]
        users: [{name: u, user: {token: gateway}}]
        """
            .formatted(
                server.address(toServer.port()),
                server
                    .authority()
                    .map(text -> ", certificate-authority-data: " + text)
                    .orElse("")));
    return new ServeProcess(
        own,
        pod,
        Map.of("admin", "administrators", "ann", "analysts"),
        """
        catalogs: {lake: {type: jdbc, uri: "%s", warehouse: "%s"}}
        home: {catalog: lake}
        limits: {grace: 1s}
        routing: {default: bi}
        kubernetes:
          namespaces: [%s]
          gatewayNamespace: %s
          connectTokenFolder: connect
          kubeconfigFile: kubeconfig
        """
            .formatted(spark.catalogUri(), spark.warehouse(), namespace, namespace));
  }

  private static void secret(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private void define(String name, String spec) {
    server.client().resource(LakehouseClusterTest.resource(namespace, name, spec)).create();
  }

  private int applications() {
    return server
        .client()
        .genericKubernetesResources("spark.apache.org/v1", "SparkApplication")
        .inNamespace(namespace)
        .list()
        .getItems()
        .size();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(assertion);
  }

  private static String state(JsonNode statement) {
    return statement.at("/status/state").asText();
  }

  private static String error(JsonNode statement) {
    // One that names a cluster which it may not have does not become a statement.
    return statement.at("/status/error/message").asText() + statement.path("message").asText();
  }

  /** Returns the only value of a statement, however long it takes. */
  private static String value(ServeProcess serve, String user, String cluster, String sql) {
    JsonNode begun = serve.run(user, cluster, sql, "50s");
    String id = begun.path("statement_id").asText();
    return state(begun).equals("SUCCEEDED") ? only(begun) : only(ended(serve, user, id));
  }

  private static JsonNode ended(ServeProcess serve, String user, String id) {
    return await()
        .atMost(Duration.ofSeconds(240))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> serve.get(user, STATEMENTS + id),
            statement -> !List.of("PENDING", "RUNNING").contains(state(statement)));
  }

  private static String only(JsonNode statement) {
    assertThat(state(statement)).as(statement.toString()).isEqualTo("SUCCEEDED");
    return statement.at("/result/data_array/0/0").asText();
  }

  private static List<String> replicas(ServeProcess serve, String cluster) {
    for (JsonNode report : serve.get("admin", "/clusters")) {
      if (report.path("cluster").asText().equals(cluster)) {
        return report.path("replicas").findValuesAsText("id");
      }
    }
    return List.of("no cluster " + cluster);
  }

  @Test
  void clustersComeWakeServeAndGoAndAnAbsentApiServerBreaksNothingThatRuns() throws Exception {
    toServer.away(true);
    try (ServeProcess serve = serve("gateway-1")) {
      JsonNode ready = serve.get("admin", "/ready");
      assertThat(ready.path("http").asInt()).isEqualTo(503);
      assertThat(ready.path("problems").toString()).contains("it is not known yet which there are");
      assertThat(error(serve.run("ann", "bi", "select 1", "30s")))
          .contains("The clusters are not known yet: Kubernetes' API server does not answer");

      toServer.away(false);
      eventually(
          () -> assertThat(serve.get("admin", "/ready").path("http").asInt()).isEqualTo(200));
      assertThat(error(serve.run("ann", "bi", "select 1", "30s")))
          .contains("There is no cluster [bi]");

      // From zero, by a statement alone.
      define("bi", "image: 'spark:1'");
      eventually(() -> assertThat(replicas(serve, "bi")).isEmpty());
      assertThat(applications()).isZero();
      assertThat(value(serve, "ann", "bi", "select 20 + 22")).isEqualTo("42");
      assertThat(replicas(serve, "bi")).containsExactly("bi-1");
      assertThat(applications()).isEqualTo(1);

      // One that comes later, and is not for everybody.
      define(
          "loads", "{image: 'spark:1', groups: [administrators], autoscaling: {minReplicas: 1}}");
      eventually(() -> assertThat(replicas(serve, "loads")).containsExactly("loads-1"));
      assertThat(value(serve, "admin", "loads", "select 1")).isEqualTo("1");
      assertThat(error(serve.run("ann", "loads", "select 1", "30s")))
          .contains("There is no cluster [loads] for user [ann]. Name one of: bi; or none.");
      assertThat(serve.get("ann", "/clusters").findValuesAsText("cluster")).containsExactly("bi");

      define("cold", "image: 'spark:1'");
      eventually(() -> assertThat(replicas(serve, "cold")).isEmpty());
      outage(serve);

      // One that goes.
      server
          .client()
          .genericKubernetesResources(LakehouseCluster.CONTEXT)
          .inNamespace(namespace)
          .withName("loads")
          .delete();
      eventually(
          () ->
              assertThat(error(serve.run("admin", "loads", "select 1", "30s")))
                  .contains("There is no cluster [loads]"));
      assertThat(value(serve, "ann", "bi", "select 3")).isEqualTo("3");

      // Another gateway would go on with what there is.
      assertThat(serve.stop()).isEqualTo(TERMINATED);
      assertThat(applications()).isPositive();
    }
  }

  private List<Lease> leases(String pod) {
    return server
        .client()
        .leases()
        .inNamespace(namespace)
        .withLabel("sluice.io/gateway")
        .list()
        .getItems()
        .stream()
        .filter(lease -> lease.getMetadata().getName().startsWith("sluice-gateway-" + pod + "-"))
        .toList();
  }

  /** Starts one that does not end by itself, and waits until its replica knows whose it is. */
  private void occupy(ServeProcess serve, String pod) {
    String id = serve.run("ann", "bi", ENDLESS, "0s").path("statement_id").asText();
    eventually(() -> assertThat(state(serve.get("ann", STATEMENTS + id))).isEqualTo("RUNNING"));
    eventually(
        () -> {
          String ledger = leases(pod).get(0).getMetadata().getAnnotations().get("sluice.io/ledger");
          assertThat(
                  spark
                      .backend()
                      .configuration(
                          new SparkSession(UUID.fromString(ledger), "sluice-ledger"), LEDGER)
                      .join()
                      .values())
              .anySatisfy(part -> assertThat(part).contains(":ann"));
        });
  }

  /** Returns how long Spark takes to have room for another statement. */
  private Duration untilFree() {
    Instant asked = Instant.now();
    assertThat(spark.run(SHORT).column()).isEqualTo(List.<Object>of(1000L));
    return Duration.between(asked, Instant.now());
  }

  @Test
  void whatAGatewayRanIsOffSparkWhetherItIsKilledOrToldToEnd() throws Exception {
    define("bi", "image: 'spark:1'");
    try (ServeProcess dying = serve("gateway-1");
        ServeProcess living = serve("gateway-2")) {
      assertThat(value(dying, "ann", "bi", "select 1")).isEqualTo("1");
      assertThat(value(living, "ann", "bi", "select 1")).isEqualTo("1");
      assertThat(applications()).isEqualTo(1);

      occupy(dying, "gateway-1");
      dying.kill();
      assertThat(untilFree()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(30));
      assertThat(value(living, "ann", "bi", "select 2")).isEqualTo("2");

      occupy(living, "gateway-2");
      assertThat(leases("gateway-2")).hasSize(1);
      assertThat(living.stop()).isEqualTo(TERMINATED);
      assertThat(leases("gateway-2")).isEmpty();
      assertThat(untilFree()).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void anOutageOfTheApiServerUnderLoadFailsNoStatement() throws Exception {
    define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 2}}");
    try (ServeProcess one = serve("gateway-1");
        ServeProcess two = serve("gateway-2")) {
      assertThat(value(one, "ann", "bi", "select 1")).isEqualTo("1");
      assertThat(value(two, "ann", "bi", "select 1")).isEqualTo("1");
      ContinuousClients clients = new ContinuousClients("ann", 2, List.of(one, two));
      try (clients) {
        eventually(() -> assertThat(clients.finished()).hasSize(4).allMatch(count -> count >= 3));
        toServer.away(true);
        int seconds = Math.toIntExact(OUTAGE.toSeconds());
        Instant end = Instant.now().plus(OUTAGE);
        List<Integer> before = clients.finished();
        await()
            .atMost(OUTAGE.plusSeconds(30))
            .until(() -> !clients.failures().isEmpty() || Instant.now().isAfter(end));
        List<Integer> after = clients.finished();
        for (int client = 0; client < before.size(); client++) {
          assertThat(after.get(client) - before.get(client)).isGreaterThan(seconds / 4);
        }
        assertThat(replicas(one, "bi")).contains("bi-1");
        toServer.away(false);
        // It is heard again: what is new comes.
        define("later", "image: 'spark:1'");
        eventually(() -> assertThat(replicas(two, "later")).isEmpty());
      }
      assertThat(clients.failures()).isEmpty();
    }
  }

  private void outage(ServeProcess serve) throws Exception {
    String id =
        serve
            .run("ann", "bi", "select count(hash(id)) from range(" + MANY + ")", "0s")
            .path("statement_id")
            .asText();
    eventually(() -> assertThat(state(serve.get("ann", STATEMENTS + id))).isEqualTo("RUNNING"));

    toServer.away(true);
    String cold = serve.run("ann", "cold", "select 1", "0s").path("statement_id").asText();
    assertThat(only(ended(serve, "ann", id))).isEqualTo(Long.toString(MANY));
    eventually(
        () ->
            assertThat(serve.get("ann", STATEMENTS + cold).toString())
                .contains("API server does not answer"));
    assertThat(value(serve, "ann", "bi", "select 2")).isEqualTo("2");
    // Longer than the gateway leaves between two looks.
    await()
        .during(Duration.ofSeconds(12))
        .atMost(Duration.ofSeconds(60))
        .until(() -> replicas(serve, "bi"), present -> present.contains("bi-1"));
    assertThat(value(serve, "admin", "loads", "select 2")).isEqualTo("2");

    toServer.away(false);
    eventually(() -> assertThat(state(serve.get("ann", STATEMENTS + cold))).isEqualTo("SUCCEEDED"));
  }
}
