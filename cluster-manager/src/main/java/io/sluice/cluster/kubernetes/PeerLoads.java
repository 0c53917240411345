package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the Leases of the other gateways tell; each version of one is read once. A gateway whose
 * Lease does not change is not counted after a while, in which time that in which the API server
 * was away does not count.
 */
final class PeerLoads {

  /** Where a Lease holds the loads of clusters, by their names. */
  static final String ANNOTATION = "sluice.io/load";

  private static final Logger LOG = LoggerFactory.getLogger(PeerLoads.class);

  private final String own;
  private final Supplier<? extends Collection<Lease>> leases;
  private final BooleanSupplier blind;
  private final KubernetesSerialization json;
  private final Duration kept;
  private final InstantSource clock;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  /** Which version of a Lease was seen first when, by this gateway's own clock. */
  private record Seen(String version, Instant since, Map<String, ToldLoad> told) {}

  /**
   * A Lease of another gateway.
   *
   * @param silence for how long it has not changed
   * @param told what it tells of clusters, by their names
   */
  record PeerLease(Lease lease, Duration silence, Map<String, ToldLoad> told) {

    String name() {
      return lease.getMetadata().getName();
    }

    /** Returns whose it is. */
    String gateway() {
      return holder(lease);
    }
  }

  /**
   * Reads none yet.
   *
   * @param own the gateway whose Leases are not read
   * @param leases those of all gateways, as they are known now
   * @param blind whether they may be old
   * @param kept how long what a gateway tells counts that says nothing more
   */
  PeerLoads(
      String own,
      Supplier<? extends Collection<Lease>> leases,
      BooleanSupplier blind,
      KubernetesSerialization json,
      Duration kept,
      InstantSource clock) {
    this.own = own;
    this.leases = leases;
    this.blind = blind;
    this.json = json;
    this.kept = kept;
    this.clock = clock;
  }

  /** Returns the Leases of the other gateways. */
  List<PeerLease> leases() {
    Instant now = clock.instant();
    boolean old = blind.getAsBoolean();
    List<PeerLease> others = new ArrayList<>();
    for (Lease lease : leases.get()) {
      if (!holder(lease).equals(own)) {
        Seen last =
            seen.compute(
                lease.getMetadata().getName(), (name, before) -> see(before, lease, now, old));
        others.add(new PeerLease(lease, Duration.between(last.since, now), last.told));
      }
    }
    seen.keySet().retainAll(others.stream().map(PeerLease::name).collect(Collectors.toSet()));
    return others;
  }

  private Seen see(@Nullable Seen before, Lease lease, Instant now, boolean old) {
    String version = lease.getMetadata().getResourceVersion();
    if (before == null || !before.version.equals(version)) {
      return new Seen(version, now, read(lease));
    }
    return old ? new Seen(version, now, before.told) : before;
  }

  private List<PeerLease> living() {
    return leases().stream().filter(lease -> lease.silence.compareTo(kept) < 0).toList();
  }

  /** Returns the load that the other gateways bring to a cluster. */
  ClusterLoad load(String cluster) {
    ClusterLoad sum = ToldLoad.NOTHING.load();
    for (PeerLease lease : living()) {
      ToldLoad told = lease.told.get(cluster);
      if (told != null) {
        sum = sum.plus(told.load());
      }
    }
    return sum;
  }

  /** Returns whether every other gateway says that it sends nothing to what drains since then. */
  boolean isLeftAlone(String cluster, ReplicaId replica, Instant since) {
    Instant told = StatusReport.since(since);
    Map<String, Boolean> gateways = new HashMap<>();
    for (PeerLease lease : living()) {
      ToldLoad there = lease.told.getOrDefault(cluster, ToldLoad.NOTHING);
      gateways.merge(
          lease.gateway(), told.equals(there.leftAlone().get(replica)), Boolean::logicalOr);
    }
    return !gateways.containsValue(false);
  }

  private Map<String, ToldLoad> read(Lease lease) {
    Map<String, ToldLoad> told = new HashMap<>();
    String text = annotation(lease, ANNOTATION);
    if (text.isEmpty()) {
      return told;
    }
    try {
      @SuppressWarnings("unchecked") // JSON's objects have texts for keys.
      Map<String, Object> loads = json.unmarshal(text, Map.class);
      ResourceFields fields = new ResourceFields("load", loads);
      loads.keySet().forEach(name -> told.put(name, ToldLoad.read(fields.object(name))));
      return told;
    } catch (IllegalArgumentException | KubernetesClientException notOurs) {
      LOG.warn("the load in Lease {} cannot be read", lease.getMetadata().getName());
      return Map.of();
    }
  }

  private static String holder(Lease lease) {
    return Optional.ofNullable(lease.getSpec().getHolderIdentity())
        .orElse(lease.getMetadata().getName());
  }

  static String annotation(Lease lease, String name) {
    Map<String, String> annotations = lease.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }
}
