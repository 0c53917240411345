package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools that ClusterPool objects of a namespace define: in the gateway that leads each has a
 * {@link PoolKeeper}, and the drivers end whose pool is gone. While the API server cannot be heard
 * nothing is done.
 */
final class NamespacePools implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NamespacePools.class);
  private static final String POOLS = "ClusterPools";

  private final GatewaySettings settings;
  private final KubernetesClient client;
  private final NamespaceWatch watch;
  private final Executor blocking;
  private final InstantSource clock;
  private final BooleanSupplier leads;
  private final Watched<GenericKubernetesResource> pools;
  private final WarmDrivers drivers;
  private final Wakeable clearance;

  /** By the pool's uid; touched by {@link #keep} alone, as is what follows. */
  private final Map<String, PoolKeeper> keepers = new HashMap<>();

  private String toldTrouble = "";

  /**
   * Begins to see what there is.
   *
   * @param leads whether this gateway leads
   * @param blocking waits for the API server
   * @param changed is called when it may be otherwise; must not block
   */
  NamespacePools(
      GatewaySettings settings,
      String namespace,
      KubernetesClient client,
      NamespaceWatch watch,
      BooleanSupplier leads,
      Executor blocking,
      InstantSource clock,
      Runnable changed) {
    this.settings = settings;
    this.client = client;
    this.watch = watch;
    this.leads = leads;
    this.blocking = blocking;
    this.clock = clock;
    this.drivers = new WarmDrivers(client, watch, changed);
    String here = POOLS + " in namespace " + namespace;
    this.clearance = new Wakeable("the drivers of " + here, blocking, this::endLeft);
    this.pools =
        new Watched<>(
            here,
            client.genericKubernetesResources(ClusterPool.CONTEXT).inNamespace(namespace),
            pool -> changed.run(),
            Optional.empty());
  }

  /** Returns what clusters of the namespace may claim. */
  WarmDrivers drivers() {
    return drivers;
  }

  /** Has done what there is to do now. Does not block; one thread at a time. */
  void keep() {
    String trouble = pools.trouble();
    if (!trouble.equals(toldTrouble)) {
      toldTrouble = trouble;
      LOG.warn("the pools' definitions: {}", trouble.isEmpty() ? "known again" : trouble);
    }
    Map<String, GenericKubernetesResource> defined = defined();
    defined.forEach(
        (uid, pool) ->
            keepers
                .computeIfAbsent(
                    uid,
                    first ->
                        new PoolKeeper(
                            pool,
                            settings,
                            client,
                            watch,
                            drivers,
                            blocking,
                            clock,
                            this::sees,
                            leads))
                .keep(pool));
    keepers
        .entrySet()
        .removeIf(
            keeper -> {
              boolean gone = !defined.containsKey(keeper.getKey());
              if (gone) {
                keeper.getValue().stop();
              }
              return gone;
            });
    clearance.wake();
  }

  /** Returns those that are not being deleted, by their uids. */
  private Map<String, GenericKubernetesResource> defined() {
    return pools.objects().stream()
        .filter(pool -> pool.getMetadata().getDeletionTimestamp() == null)
        .collect(Collectors.toMap(pool -> pool.getMetadata().getUid(), pool -> pool));
  }

  private boolean sees() {
    return pools.trouble().isEmpty()
        && pools.isComplete()
        && watch.isComplete()
        && watch.trouble().isEmpty();
  }

  private void endLeft() {
    if (!sees()) {
      return;
    }
    Set<String> defined = defined().keySet();
    for (GenericKubernetesResource driver : drivers.free()) {
      if (!defined.contains(WarmDrivers.pool(driver)) && leads.getAsBoolean()) {
        unlessRefused(driver, () -> drivers.end(driver, "its pool is gone"));
      }
    }
  }

  static void unlessRefused(GenericKubernetesResource object, Runnable task) {
    try {
      task.run();
    } catch (KubernetesClientException answer) {
      LOG.warn(
          "{} {}: cannot be kept now: {}",
          object.getKind(),
          object.getMetadata().getName(),
          Refusals.message(answer));
    } catch (RuntimeException unforeseen) {
      // One tenant's object holds up nobody else's.
      LOG.error(
          "{} {}: was not dealt with",
          object.getKind(),
          object.getMetadata().getName(),
          unforeseen);
    }
  }

  @Override
  public void close() {
    pools.close();
    drivers.close();
  }
}
