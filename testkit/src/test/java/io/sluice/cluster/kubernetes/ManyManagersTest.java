package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.testkit.FakeProvisioner;
import io.sluice.testkit.FakeSpark;
import io.sluice.testkit.ManualScheduler;
import io.sluice.testkit.SparkFixture;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Very many clusters in one gateway, with another one beside it. */
class ManyManagersTest {

  private static final int CLUSTERS = 1000;
  private static final int SESSIONS = 10;
  private static final int TICKS = 60;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMillis(50);
  private static final ReplicaSpec SPEC =
      new ReplicaSpec(4, "1g", SparkFixture.SPARK_VERSION, Map.of());

  private final ManualScheduler time = new ManualScheduler();
  private final KubernetesSerialization json = new KubernetesSerialization();
  private final FakeSpark spark = new FakeSpark(SparkConfiguration.required(SPEC));
  private List<Lease> leases = List.of();
  private final PeerLoads peers =
      new PeerLoads("own", () -> leases, () -> false, json, Duration.ofSeconds(15), time);

  private static String name(int number) {
    return "cluster-" + number;
  }

  private static ClusterLoad load(int number) {
    return new ClusterLoad(
        SESSIONS,
        0,
        Duration.ZERO,
        SESSIONS,
        0,
        SESSIONS,
        Instant.EPOCH,
        Map.of(new ReplicaId(name(number) + "-1"), SESSIONS));
  }

  private ClusterManager manager(int number) {
    ClusterManager manager =
        new ClusterManager(
            ClusterSettings.of(name(number), SPEC, 2),
            new FakeProvisioner(),
            endpoint -> spark.connect(),
            time,
            time,
            time);
    ClusterDemand own =
        new ClusterDemand() {
          @Override
          public ClusterLoad load() {
            return ManyManagersTest.load(number);
          }

          @Override
          public int permits() {
            return SESSIONS;
          }
        };
    manager.start(new SharedDemand(name(number), own, peers));
    return manager;
  }

  private void peerTells(int version) {
    Map<String, String> texts = new HashMap<>();
    for (int number = 0; number < CLUSTERS; number++) {
      texts.put(name(number), json.asJson(new ToldLoad(load(number), Map.of()).write()));
    }
    List<Lease> told = new ArrayList<>();
    for (String part : LoadParts.divide(texts, 1)) {
      told.add(
          new LeaseBuilder()
              .withNewMetadata()
              .withName("peer-" + told.size())
              .withResourceVersion(String.valueOf(version))
              .addToAnnotations(PeerLoads.ANNOTATION, part)
              .endMetadata()
              .withNewSpec()
              .withHolderIdentity("peer")
              .endSpec()
              .build());
    }
    leases = told;
  }

  @Test
  void aTickOfAllTakesLittleTime() {
    peerTells(0);
    List<ClusterManager> managers = new ArrayList<>();
    for (int number = 0; number < CLUSTERS; number++) {
      managers.add(manager(number));
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<Long> took = new ArrayList<>();
    for (int tick = 0; tick < 2 * TICKS; tick++) {
      if (tick % 5 == 0) {
        peerTells(tick + 1);
      }
      long begun = threads.getCurrentThreadCpuTime();
      time.advance(TICK);
      if (tick >= TICKS) {
        took.add(threads.getCurrentThreadCpuTime() - begun);
      }
    }
    assertThat(managers)
        .allSatisfy(
            manager -> {
              assertThat(manager.status().replicas()).hasSize(2);
              assertThat(manager.status().load().running()).isEqualTo(2 * SESSIONS);
            });
    took.sort(null);
    assertThat(Duration.ofNanos(took.get(took.size() / 2))).isLessThan(LIMIT);
    assertThat(Duration.ofNanos(took.get(took.size() - 1))).isLessThan(LIMIT.multipliedBy(5));
  }
}
