package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.testkit.FakeSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A tenant for each test: a namespace with an operator, and gateways that serve it. */
final class TenantExtension extends ApiServerExtension
    implements BeforeEachCallback, AfterEachCallback {

  /** What all gateways reach, by address. */
  final Map<String, FakeSpark> sparks = new ConcurrentHashMap<>();

  final List<FakeGateway> gateways = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private KubernetesFixture fixture;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("tenant");
    fixture = new KubernetesFixture(server(), directory);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    gateways.forEach(FakeGateway::close);
    gateways.clear();
    sparks.clear();
    fixture.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  KubernetesFixture fixture() {
    return fixture;
  }

  FakeGateway gateway(String identity) {
    return gateway(identity, server().port());
  }

  /** Starts one that connects to another local port, behind which the API server is. */
  FakeGateway gateway(String identity, int port) {
    return gateway(identity, server().client("gateway", port));
  }

  FakeGateway gateway(String identity, KubernetesClient client) {
    return started(new FakeGateway(identity, client, fixture.namespace, fixture.token, sparks));
  }

  /** Starts one with another kind of Spark, and in another pace. */
  FakeGateway gateway(
      String identity,
      int port,
      Function<SparkEndpoint, SparkBackend> spark,
      Duration term,
      Duration tick) {
    return started(
        new FakeGateway(
            identity,
            server().client("gateway", port),
            fixture.namespace,
            fixture.token,
            spark,
            FakeGateway.NAME,
            term,
            tick));
  }

  private FakeGateway started(FakeGateway gateway) {
    gateways.add(gateway);
    return gateway;
  }

  /** Has one vanish as a process that is killed does. */
  void vanish(FakeGateway gateway) {
    gateway.vanish();
    gateways.remove(gateway);
  }

  /** Has one end as a process that is told to does. */
  void stop(FakeGateway gateway) {
    gateway.close();
    gateways.remove(gateway);
  }

  FakeGateway leader() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> gateways.stream().anyMatch(gateway -> gateway.clusters.isLeader()));
    return gateways.stream()
        .filter(gateway -> gateway.clusters.isLeader())
        .findFirst()
        .orElseThrow();
  }

  FakeGateway follower() {
    FakeGateway leader = leader();
    return gateways.stream().filter(gateway -> gateway != leader).findFirst().orElseThrow();
  }

  /** Creates a LakehouseCluster. */
  void define(String name, String spec) {
    server()
        .client()
        .resource(LakehouseClusterTest.resource(fixture.namespace, name, spec))
        .create();
  }

  Resource<GenericKubernetesResource> object(ResourceDefinitionContext kind, String name) {
    return server()
        .client()
        .genericKubernetesResources(kind)
        .inNamespace(fixture.namespace)
        .withName(name);
  }

  /** Returns a field of an object's status; an empty text where there is none. */
  Object status(ResourceDefinitionContext kind, String name, String field) {
    Object value = object(kind, name).get().get("status", field);
    return value == null ? "" : value;
  }

  /** Changes a field of an object's specification, as {@code kubectl patch} does. */
  GenericKubernetesResource change(
      ResourceDefinitionContext kind, String name, String field, Object value) {
    return object(kind, name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of(field, value))));
  }

  List<GenericKubernetesResource> applications() {
    return fixture.applications();
  }

  /** Returns the Leases by which gateways tell one another that they live. */
  List<Lease> leases() {
    return server()
        .client()
        .leases()
        .inNamespace(fixture.namespace)
        .withLabel("sluice.io/gateway")
        .list()
        .getItems();
  }

  /** Returns when each gateway has begun to look at everything twice more: one pass is over. */
  void awaitPasses() {
    for (int pass = 0; pass < 2; pass++) {
      Map<FakeGateway, String> before = new HashMap<>();
      gateways.forEach(gateway -> before.put(gateway, told(gateway)));
      eventually(
          () ->
              assertThat(gateways)
                  .allSatisfy(
                      gateway -> assertThat(told(gateway)).isNotEqualTo(before.get(gateway))));
    }
  }

  /** Returns what a gateway, which tells its load whenever it looks, has told last. */
  private String told(FakeGateway gateway) {
    return leases().stream()
        .filter(
            lease ->
                lease
                    .getMetadata()
                    .getName()
                    .startsWith("sluice-gateway-" + gateway.identity + "-"))
        .map(lease -> lease.getMetadata().getResourceVersion())
        .findFirst()
        .orElse("");
  }

  static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(assertion);
  }
}
