package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.TenantExtension.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.kubernetes.ClusterPool;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What gateways need of the API server, by what they do there; {@code ChartOnApiServer} grants. */
class GatewayRightsTest {

  /** What a clash of two changes calls for, which is for chance to bring about. */
  private static final Set<String> IN_A_CLASH =
      Set.of(
          "get sluice.io lakehouseclusters",
          "get sluice.io clusterpools",
          "get spark.apache.org sparkapplications");

  /** What gateways may do, as {@code verb group resource}, and nothing else. */
  static final Set<String> NEEDED =
      Set.of(
          "get sluice.io lakehouseclusters",
          "list sluice.io lakehouseclusters",
          "watch sluice.io lakehouseclusters",
          "patch sluice.io lakehouseclusters",
          "patch sluice.io lakehouseclusters/status",
          "get sluice.io clusterpools",
          "list sluice.io clusterpools",
          "watch sluice.io clusterpools",
          "patch sluice.io clusterpools/status",
          "get spark.apache.org sparkapplications",
          "list spark.apache.org sparkapplications",
          "watch spark.apache.org sparkapplications",
          "create spark.apache.org sparkapplications",
          "patch spark.apache.org sparkapplications",
          "delete spark.apache.org sparkapplications",
          "list  pods",
          "watch  pods",
          "get coordination.k8s.io leases",
          "list coordination.k8s.io leases",
          "watch coordination.k8s.io leases",
          "create coordination.k8s.io leases",
          "patch coordination.k8s.io leases",
          "delete coordination.k8s.io leases");

  @RegisterExtension private static final TenantExtension TENANT = new TenantExtension();

  /** Each right is used in a gateway's life, and nothing else is asked for. */
  @Test
  void gatewaysUseEachOfTheirRightsAndAskForNothingElse() {
    FakeGateway first = TENANT.gateway("one");
    TENANT.leader();
    FakeGateway second = TENANT.gateway("two");
    TENANT
        .server()
        .client()
        .resource(
            ClusterPoolTest.resource(TENANT.fixture().namespace, "shared", "{image: 'spark:1'}"))
        .create();
    eventually(
        () ->
            assertThat(TENANT.status(ClusterPool.CONTEXT, "shared", "readyReplicas")).isEqualTo(1));
    TENANT.define(
        "bi",
        "{image: 'spark:1', warmPoolRef: shared, autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(first.ready("bi") + second.ready("bi")).isEqualTo(2));
    TENANT.stop(TENANT.leader());
    eventually(() -> assertThat(TENANT.gateways.get(0).clusters.isLeader()).isTrue());
    TENANT.object(LakehouseCluster.CONTEXT, "bi").delete();
    eventually(() -> assertThat(TENANT.object(LakehouseCluster.CONTEXT, "bi").get()).isNull());

    Set<String> least = new TreeSet<>(NEEDED);
    least.removeAll(IN_A_CLASH);
    eventually(() -> assertThat(TENANT.server().asked()).containsAll(least));
    assertThat(NEEDED).containsAll(TENANT.server().asked());
  }
}
