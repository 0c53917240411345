package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Deletable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the gateways of one another's statements, by which the one that leads sizes the clusters:
 * each keeps a Lease of its own whose annotation holds its loads. A gateway whose Lease does not
 * change is forgotten after a while, in which time that in which the API server was away does not
 * count. The Lease also says where the gateway keeps its {@link SessionLedger}.
 */
final class GatewayLoads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayLoads.class);
  private static final String LABEL = "sluice.io/gateway";
  private static final String ANNOTATION = "sluice.io/load";
  private static final String LEDGER = "sluice.io/ledger";

  /** After so many terms a Lease is deleted whose gateway is gone. */
  private static final int REMEMBERED = 4;

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final UUID ledger;
  private final Duration kept;
  private final InstantSource clock;
  private final Watched<Lease> leases;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  /** Guarded by this. */
  private boolean left;

  /** Which version of a Lease was seen first when, by this gateway's own clock. */
  private record Seen(String version, Instant since) {}

  /**
   * Begins to listen.
   *
   * @param identity of this gateway, which no other one has
   * @param ledger where it keeps its Spark sessions; one for each process, so that a gateway that
   *     is started again does not take the place of the one that died
   * @param kept how long a load counts that is not told again
   * @param changed is called when another gateway's load may have changed; must not block
   */
  GatewayLoads(
      KubernetesClient client,
      String namespace,
      String identity,
      UUID ledger,
      Duration kept,
      InstantSource clock,
      Runnable changed) {
    this.client = client;
    this.namespace = namespace;
    this.name = "sluice-gateway-" + identity + "-" + ledger.toString().substring(0, 8);
    this.ledger = ledger;
    this.kept = kept;
    this.clock = clock;
    this.leases =
        new Watched<>(
            "Leases in namespace " + namespace,
            client.leases().inNamespace(namespace).withLabel(LABEL),
            lease -> {
              if (!lease.getMetadata().getName().equals(name)) {
                changed.run();
              }
            });
  }

  /** Tells the others; blocks. */
  synchronized void tell(Map<String, ClusterLoad> loads) {
    if (left) {
      return;
    }
    Map<String, Object> written = new LinkedHashMap<>();
    loads.forEach((cluster, load) -> written.put(cluster, write(load)));
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .addToLabels(LABEL, "true")
            .addToAnnotations(ANNOTATION, client.getKubernetesSerialization().asJson(written))
            .addToAnnotations(LEDGER, ledger.toString())
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(name)
            .withLeaseDurationSeconds(Math.toIntExact(kept.toSeconds()))
            .withRenewTime(clock.instant().atZone(ZoneOffset.UTC))
            .endSpec()
            .build();
    var there = client.leases().inNamespace(namespace).withName(name);
    try {
      there.patch(
          PatchContext.of(PatchType.JSON_MERGE), client.getKubernetesSerialization().asJson(lease));
    } catch (KubernetesClientException absent) {
      try {
        client.resource(lease).create();
      } catch (KubernetesClientException away) {
        LOG.warn("the other gateways cannot be told of the load: {}", Refusals.message(away));
      }
    }
  }

  /** Returns the load that the other gateways bring to a cluster. */
  ClusterLoad others(String cluster) {
    ClusterLoad sum = ClusterLoad.none(Instant.EPOCH);
    for (Other other : others()) {
      if (other.silence.compareTo(kept) < 0) {
        sum = sum.plus(load(other.lease, cluster));
      }
    }
    return sum;
  }

  /** Another gateway, and for how long its Lease has not changed. */
  private record Other(Lease lease, Duration silence) {
    String name() {
      return lease.getMetadata().getName();
    }
  }

  private List<Other> others() {
    Instant now = clock.instant();
    boolean blind = !leases.trouble().isEmpty();
    List<Other> others = new ArrayList<>();
    for (Lease lease : leases.objects()) {
      String gateway = lease.getMetadata().getName();
      String version = lease.getMetadata().getResourceVersion();
      Seen last =
          seen.compute(
              gateway,
              (key, before) ->
                  before != null && before.version.equals(version) && !blind
                      ? before
                      : new Seen(version, now));
      if (!gateway.equals(name)) {
        others.add(new Other(lease, Duration.between(last.since, now)));
      }
    }
    seen.keySet().retainAll(others.stream().map(Other::name).collect(Collectors.toSet()));
    return others;
  }

  /**
   * Another gateway.
   *
   * @param ledger where it keeps its Spark sessions
   * @param silence for how long its Lease has not changed
   */
  record SilentGateway(String name, UUID ledger, Duration silence) {}

  /** Returns the other gateways that keep a ledger. */
  List<SilentGateway> gateways() {
    List<SilentGateway> gateways = new ArrayList<>();
    for (Other other : others()) {
      try {
        UUID where = UUID.fromString(annotation(other.lease, LEDGER));
        gateways.add(new SilentGateway(other.name(), where, other.silence));
      } catch (IllegalArgumentException none) {
        LOG.debug("Lease {} names no ledger", other.name());
      }
    }
    return gateways;
  }

  /** Deletes the Leases of gateways that have long been gone; blocks. */
  void forget() {
    for (Other other : others()) {
      if (other.silence.compareTo(kept.multipliedBy(REMEMBERED)) >= 0) {
        // As it was judged: one that lives writes another version.
        delete(
            other.name(),
            client
                .leases()
                .inNamespace(namespace)
                .withName(other.name())
                .lockResourceVersion(other.lease.getMetadata().getResourceVersion()));
      }
    }
  }

  private static void delete(String lease, Deletable there) {
    try {
      there.delete();
    } catch (KubernetesClientException away) {
      LOG.warn("Lease {} stays behind: {}", lease, Refusals.message(away));
    }
  }

  private static String annotation(Lease lease, String name) {
    Map<String, String> annotations = lease.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }

  private ClusterLoad load(Lease lease, String cluster) {
    String text = annotation(lease, ANNOTATION);
    if (text.isEmpty()) {
      return ClusterLoad.none(Instant.EPOCH);
    }
    try {
      @SuppressWarnings("unchecked") // JSON's objects have texts for keys.
      Map<String, Object> loads = client.getKubernetesSerialization().unmarshal(text, Map.class);
      return read(new ResourceFields("load", loads).object(cluster));
    } catch (IllegalArgumentException | KubernetesClientException notOurs) {
      LOG.warn("the load in Lease {} cannot be read", lease.getMetadata().getName());
      return ClusterLoad.none(Instant.EPOCH);
    }
  }

  private static Map<String, Object> write(ClusterLoad load) {
    Map<String, Object> running = new LinkedHashMap<>();
    load.runningOn().forEach((replica, count) -> running.put(replica.value(), count));
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("running", load.running());
    written.put("queued", load.queued());
    written.put("oldestWait", load.oldestWait().toSeconds());
    written.put("runningWork", load.runningWork());
    written.put("queuedWork", load.queuedWork());
    written.put("offered", load.offered());
    written.put("lastActivity", load.lastActivity().toString());
    written.put("runningOn", running);
    return written;
  }

  private static ClusterLoad read(ResourceFields load) {
    Map<ReplicaId, Integer> running = new HashMap<>();
    ResourceFields runningOn = load.object("runningOn");
    load.map("runningOn")
        .keySet()
        .forEach(id -> running.put(new ReplicaId(id), runningOn.integer(id, 0)));
    return new ClusterLoad(
        load.integer("running", 0),
        load.integer("queued", 0),
        Duration.ofSeconds(load.integer("oldestWait", 0)),
        load.number("runningWork", 0),
        load.number("queuedWork", 0),
        load.number("offered", 0),
        load.optionalText("lastActivity").map(Instant::parse).orElse(Instant.EPOCH),
        running);
  }

  /**
   * Goes for good, so that the others need not wait until it is forgotten; blocks. What it has left
   * on Spark by then nobody ends.
   */
  synchronized void leave() {
    left = true;
    delete(name, client.leases().inNamespace(namespace).withName(name));
  }

  /** Listens no longer. */
  @Override
  public void close() {
    leases.close();
  }
}
