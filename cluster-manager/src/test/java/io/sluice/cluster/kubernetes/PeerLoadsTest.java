package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What gateways tell one another, as it is written and read. */
class PeerLoadsTest {

  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
  private static final Duration KEPT = Duration.ofSeconds(15);
  private static final ReplicaId FIRST = new ReplicaId("bi-1");
  private static final ReplicaId SECOND = new ReplicaId("bi-2");
  private static final Instant SINCE = Instant.parse("2026-01-02T11:59:00.123Z");

  private final KubernetesSerialization json = new KubernetesSerialization();
  private final List<Lease> leases = new ArrayList<>();
  private boolean blind;
  private Instant now = NOON;
  private final PeerLoads peers =
      new PeerLoads("own", () -> leases, () -> blind, json, KEPT, () -> now);

  private static ToldLoad told(int running, Map<ReplicaId, Instant> leftAlone) {
    return new ToldLoad(
        new ClusterLoad(
            running, 2, Duration.ofSeconds(3), 4.5, 5.5, 6.25, NOON, Map.of(FIRST, running)),
        leftAlone);
  }

  private static Lease lease(String name, String gateway, String version, String text) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(name)
        .withResourceVersion(version)
        .addToAnnotations(PeerLoads.ANNOTATION, text)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(gateway)
        .endSpec()
        .build();
  }

  private void tells(String name, String gateway, String version, Map<String, ToldLoad> loads) {
    Map<String, String> texts = new HashMap<>();
    loads.forEach((cluster, load) -> texts.put(cluster, json.asJson(load.write())));
    leases.removeIf(lease -> lease.getMetadata().getName().equals(name));
    leases.add(lease(name, gateway, version, LoadParts.divide(texts, 1).get(0)));
  }

  @Test
  void loadsOfAllOtherGatewaysThatLiveAddUp() {
    tells("own", "own", "1", Map.of("bi", told(100, Map.of())));
    tells("one", "one", "1", Map.of("bi", told(1, Map.of()), "etl", told(7, Map.of())));
    tells("two", "two", "1", Map.of("bi", told(2, Map.of())));
    leases.add(lease("broken", "broken", "1", "[]"));
    assertThat(peers.load("bi")).isEqualTo(told(1, Map.of()).load().plus(told(2, Map.of()).load()));
    assertThat(peers.load("etl").running()).isEqualTo(7);
    assertThat(peers.load("none").statements()).isZero();

    now = now.plus(KEPT.dividedBy(2));
    tells("two", "two", "2", Map.of("bi", told(3, Map.of())));
    assertThat(peers.load("bi").running()).isEqualTo(4);
    now = now.plus(KEPT.dividedBy(2)).plusMillis(1);
    assertThat(peers.load("bi").running()).as("the other one says nothing more").isEqualTo(3);
    blind = true;
    assertThat(peers.load("bi").running()).as("nobody can be heard").isEqualTo(4);
  }

  @Test
  void aReplicaIsLeftAloneWhenAllSayThatOfThisDrain() {
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE)).as("nobody else is there").isTrue();
    tells("one", "one", "1", Map.of("bi", told(0, Map.of(FIRST, SINCE))));
    tells("two", "two", "1", Map.of());
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE)).isFalse();
    tells("two", "two", "2", Map.of("bi", told(0, Map.of(FIRST, SINCE.minusMillis(1)))));
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE)).as("that was another drain").isFalse();
    tells("two", "two", "3", Map.of("bi", told(0, Map.of(FIRST, SINCE, SECOND, NOON))));
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE.plusNanos(999))).isTrue();
    assertThat(peers.isLeftAlone("bi", SECOND, NOON)).isFalse();
    assertThat(peers.isLeftAlone("etl", FIRST, SINCE)).isFalse();

    tells("two", "two", "4", Map.of());
    tells("two-2", "two", "1", Map.of("bi", told(0, Map.of(FIRST, SINCE))));
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE)).as("it has two Leases").isTrue();
    leases.add(lease("three", "three", "1", "{"));
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE)).as("who knows").isFalse();
    now = now.plus(KEPT);
    assertThat(peers.isLeftAlone("bi", FIRST, SINCE)).as("all are gone").isTrue();
  }

  @Test
  void whatIsToldIsReadAsItWas() {
    ToldLoad told = told(1, Map.of(FIRST, SINCE));
    tells("one", "one", "1", Map.of("bi", told, "idle", ToldLoad.NOTHING));
    assertThat(peers.leases())
        .singleElement()
        .satisfies(
            lease ->
                assertThat(lease.told()).isEqualTo(Map.of("bi", told, "idle", ToldLoad.NOTHING)));
    assertThat(told.isUrgentAfter(told)).isFalse();
    assertThat(told.isUrgentAfter(ToldLoad.NOTHING)).isTrue();
    assertThat(told(9, Map.of(FIRST, SINCE)).isUrgentAfter(told)).isFalse();
    assertThat(told(1, Map.of()).isUrgentAfter(told)).isTrue();
  }

  @Test
  void muchIsToldInSeveralLeases() {
    Map<String, ToldLoad> loads = new HashMap<>();
    Map<String, String> texts = new HashMap<>();
    for (int number = 0; number < 2000; number++) {
      String name = "a-rather-long-name-of-a-tenants-cluster-" + number;
      loads.put(name, told(number, Map.of(FIRST, SINCE)));
      texts.put(name, json.asJson(loads.get(name).write()));
    }
    List<String> parts = LoadParts.divide(texts, 1);
    assertThat(parts)
        .hasSizeGreaterThan(1)
        .allSatisfy(part -> assertThat(part).hasSizeLessThanOrEqualTo(LoadParts.LONGEST));
    Map<String, ToldLoad> read = new HashMap<>();
    for (int part = 0; part < parts.size(); part++) {
      leases.add(lease("one-" + part, "one", "1", parts.get(part)));
    }
    peers.leases().forEach(lease -> read.putAll(lease.told()));
    assertThat(read).isEqualTo(loads);

    texts.keySet().removeIf(name -> !name.endsWith("7"));
    List<String> fewer = LoadParts.divide(texts, parts.size());
    assertThat(fewer).hasSameSizeAs(parts);
    texts
        .keySet()
        .forEach(
            name ->
                assertThat(fewer.stream().map(part -> part.contains('"' + name + '"')).toList())
                    .isEqualTo(
                        parts.stream().map(part -> part.contains('"' + name + '"')).toList()));
  }
}
