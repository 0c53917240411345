package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Deletable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sluice.cluster.kubernetes.PeerLoads.PeerLease;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the gateways of one another's statements, by which the one that leads sizes the clusters:
 * each keeps a Lease of its own whose annotation holds its loads, or several where they are long.
 * What others tell is read by {@link PeerLoads}. The Lease also says where the gateway keeps its
 * {@link SessionLedger}.
 */
final class GatewayLoads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayLoads.class);
  private static final String LABEL = "sluice.io/gateway";
  private static final String LEDGER = "sluice.io/ledger";

  /** After so many terms a Lease is deleted whose gateway is gone. */
  private static final int REMEMBERED = 4;

  private final KubernetesClient client;
  private final String namespace;
  private final String together;
  private final String name;
  private final UUID ledger;
  private final Duration kept;
  private final Duration pace;
  private final InstantSource clock;
  private final Watched<Lease> leases;
  private final PeerLoads peers;

  // Guarded by this.
  private Map<String, ToldLoad> told = Map.of();
  private Instant toldAt = Instant.MIN;
  private int parts = 1;
  private boolean left;

  /**
   * Begins to listen.
   *
   * @param ledger where this gateway keeps its Spark sessions; one for each process, so that a
   *     gateway that is started again does not take the place of the one that died
   */
  GatewayLoads(
      KubernetesClient client, GatewaySettings settings, UUID ledger, InstantSource clock) {
    this.client = client;
    this.namespace = settings.ownNamespace();
    this.together = settings.name();
    this.name = "sluice-gateway-" + settings.identity() + "-" + ledger.toString().substring(0, 8);
    this.ledger = ledger;
    this.kept = settings.term();
    this.pace = settings.tick().dividedBy(2);
    this.clock = clock;
    this.leases =
        new Watched<>(
            "Leases in namespace " + namespace,
            client.leases().inNamespace(namespace).withLabel(LABEL, together),
            // Read when something is decided; whoever answered each with one of their own would
            // never end.
            lease -> {});
    this.peers =
        new PeerLoads(
            name,
            leases::objects,
            () -> !leases.trouble().isEmpty(),
            client.getKubernetesSerialization(),
            kept,
            clock);
  }

  /** Returns what the other gateways tell. */
  PeerLoads peers() {
    return peers;
  }

  /**
   * Tells the others what there is now: every half tick at most, but at once what they wait for.
   * Blocks.
   *
   * @param loads by the clusters' names; of those that are left out there is nothing to tell
   */
  synchronized void tell(Map<String, ToldLoad> loads) {
    Instant now = clock.instant();
    if (left || !isDue(loads, now)) {
      return;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    loads.forEach(
        (cluster, load) ->
            texts.put(cluster, client.getKubernetesSerialization().asJson(load.write())));
    List<String> divided = LoadParts.divide(texts, parts);
    parts = divided.size();
    // The first one last, so that what moves from one to another is told twice rather than not.
    for (int part = parts - 1; part >= 0; part--) {
      if (!write(lease(part, divided.get(part), now))) {
        return;
      }
    }
    told = Map.copyOf(loads);
    toldAt = now;
  }

  private boolean isDue(Map<String, ToldLoad> loads, Instant now) {
    // A clock may have been set back.
    return toldAt.equals(Instant.MIN)
        || Duration.between(toldAt, now).abs().compareTo(pace) >= 0
        || loads.entrySet().stream()
            .anyMatch(
                load ->
                    load.getValue()
                        .isUrgentAfter(told.getOrDefault(load.getKey(), ToldLoad.NOTHING)));
  }

  private String name(int part) {
    return part == 0 ? name : name + "-" + (part + 1);
  }

  private Lease lease(int part, String loads, Instant now) {
    LeaseBuilder lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(name(part))
            .withNamespace(namespace)
            .addToLabels(LABEL, together)
            .addToAnnotations(PeerLoads.ANNOTATION, loads)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(name)
            .withLeaseDurationSeconds(Math.toIntExact(kept.toSeconds()))
            .withRenewTime(now.atZone(ZoneOffset.UTC))
            .endSpec();
    return part == 0
        ? lease.editMetadata().addToAnnotations(LEDGER, ledger.toString()).endMetadata().build()
        : lease.build();
  }

  private boolean write(Lease lease) {
    try {
      patch(lease);
      return true;
    } catch (KubernetesClientException away) {
      LOG.warn("the other gateways cannot be told of the load: {}", Refusals.message(away));
      return false;
    }
  }

  private void patch(Lease lease) {
    try {
      client
          .leases()
          .inNamespace(namespace)
          .withName(lease.getMetadata().getName())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client.getKubernetesSerialization().asJson(lease));
    } catch (KubernetesClientException answer) {
      if (answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw answer;
      }
      client.resource(lease).create();
    }
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
    for (PeerLease other : peers.leases()) {
      try {
        UUID where = UUID.fromString(PeerLoads.annotation(other.lease(), LEDGER));
        gateways.add(new SilentGateway(other.name(), where, other.silence()));
      } catch (IllegalArgumentException none) {
        LOG.debug("Lease {} names no ledger", other.name());
      }
    }
    return gateways;
  }

  /** Deletes the Leases of gateways that have long been gone; blocks. */
  void forget() {
    for (PeerLease other : peers.leases()) {
      if (other.silence().compareTo(kept.multipliedBy(REMEMBERED)) >= 0) {
        // As it was judged: one that lives writes another version.
        delete(
            other.name(),
            client
                .leases()
                .inNamespace(namespace)
                .withName(other.name())
                .lockResourceVersion(other.lease().getMetadata().getResourceVersion()));
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

  /**
   * Goes for good, so that the others need not wait until it is forgotten; blocks. What it has left
   * on Spark by then nobody ends.
   */
  synchronized void leave() {
    left = true;
    for (int part = 0; part < parts; part++) {
      delete(name(part), client.leases().inNamespace(namespace).withName(name(part)));
    }
  }

  /** Listens no longer. */
  @Override
  public void close() {
    leases.close();
  }
}
