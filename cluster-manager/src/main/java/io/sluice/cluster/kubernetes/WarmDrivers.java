package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.sluice.model.ReplicaId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers of a namespace's pools that belong to no cluster yet; one for all clusters and pools
 * there. Each is claimed or ended once, whoever tries: the API server takes a change for the
 * version that it was made for alone.
 */
public final class WarmDrivers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WarmDrivers.class);
  private static final String APPLICATIONS = "SparkApplications";
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final NamespaceWatch watch;
  private final Runnable listener;

  /**
   * Names of those that are being claimed or ended here, until the watch shows that they are;
   * guarded by this, as is what follows.
   */
  private final Set<String> taken = new HashSet<>();

  /** Versions in which they could not be claimed, by their names. */
  private final Map<String, String> lost = new HashMap<>();

  /**
   * Sees what there is.
   *
   * @param changed is called when it may be otherwise; must not block
   */
  public WarmDrivers(KubernetesClient client, NamespaceWatch watch, Runnable changed) {
    this.client = client;
    this.watch = watch;
    this.listener =
        () -> {
          look();
          changed.run();
        };
    watch.listen(SparkApplications.UNCLAIMED, listener);
    look();
  }

  private synchronized void look() {
    Set<String> names = new HashSet<>();
    watch.applications(SparkApplications.UNCLAIMED).forEach(driver -> names.add(name(driver)));
    taken.retainAll(names);
    lost.keySet().retainAll(names);
  }

  private static String name(GenericKubernetesResource driver) {
    return driver.getMetadata().getName();
  }

  private static String version(GenericKubernetesResource driver) {
    return driver.getMetadata().getResourceVersion();
  }

  /** Returns those of all pools with which nothing is being done, the oldest first. */
  synchronized List<GenericKubernetesResource> free() {
    return watch.applications(SparkApplications.UNCLAIMED).stream()
        .filter(driver -> !taken.contains(name(driver)) && isPools(driver))
        .toList();
  }

  private static boolean isPools(GenericKubernetesResource driver) {
    return driver.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getKind().equals(ClusterPool.CONTEXT.getKind()));
  }

  /** Returns the uid of the pool that one belongs to. */
  static String pool(GenericKubernetesResource driver) {
    return driver.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse("");
  }

  /** Returns those of a pool that listen and were made by a blueprint, the oldest first. */
  List<ReplicaId> claimable(String pool, Supplier<Blueprint> blueprint) {
    List<GenericKubernetesResource> free =
        free().stream().filter(driver -> isOf(pool, driver)).toList();
    if (free.isEmpty()) {
      return List.of();
    }
    Blueprint wanted = blueprint.get();
    return free.stream()
        .filter(driver -> isClaimable(driver, wanted))
        .map(driver -> new ReplicaId(name(driver)))
        .toList();
  }

  private static boolean isOf(String pool, GenericKubernetesResource driver) {
    return pool.equals(NamespaceWatch.label(driver, SparkApplications.POOL_LABEL));
  }

  private boolean isClaimable(GenericKubernetesResource driver, Blueprint wanted) {
    String name = name(driver);
    synchronized (this) {
      if (version(driver).equals(lost.get(name))) {
        return false;
      }
    }
    return Sighting.of(driver, watch.driver(name).orElse(null)).stage() == Sighting.Stage.LISTENING
        && wanted.isThatOf(driver);
  }

  /** Has nobody else here claim or end one; empty if it cannot be claimed. */
  Optional<GenericKubernetesResource> take(ReplicaId id, String pool, Blueprint wanted) {
    return free().stream()
        .filter(driver -> name(driver).equals(id.value()) && isOf(pool, driver))
        .filter(driver -> isClaimable(driver, wanted))
        .findFirst()
        .filter(this::take);
  }

  private synchronized boolean take(GenericKubernetesResource driver) {
    return taken.add(name(driver));
  }

  /** Gives back one that was taken and is neither claimed nor ended after all. */
  synchronized void release(GenericKubernetesResource driver) {
    taken.remove(name(driver));
  }

  /** Gives back one that was taken and could not be claimed as it is now. */
  synchronized void lose(GenericKubernetesResource driver) {
    taken.remove(name(driver));
    lost.put(name(driver), version(driver));
  }

  /**
   * Has one that was taken belong to a cluster from now on, and go with it; blocks.
   *
   * @param start of this claim, by which it is known again when the answer is lost
   * @return whether it does; if not, it belongs to another one, is gone, or may not be changed
   * @throws KubernetesClientException if that cannot be told now: to be asked again
   */
  boolean claim(GenericKubernetesResource driver, KubernetesSettings settings, String start) {
    Map<String, Object> metadata =
        Map.of(
            "resourceVersion",
            version(driver),
            "labels",
            Map.of(SparkApplications.CLUSTER_LABEL, settings.cluster()),
            "annotations",
            Map.of(SparkApplications.START_ANNOTATION, start),
            "ownerReferences",
            settings.owner().stream().toList());
    try {
      Patches.merge(client, application(driver), Map.of("metadata", metadata));
      return true;
    } catch (KubernetesClientException answer) {
      if (answer.getCode() == Refusals.CONFLICT && isOurs(driver, start)) {
        return true;
      }
      Optional<String> refused = Refusals.why(answer, "patch", APPLICATIONS);
      if (refused.isEmpty()) {
        throw answer;
      }
      LOG.info("driver {}: cannot be claimed: {}", name(driver), refused.get());
      lose(driver);
      return false;
    }
  }

  private boolean isOurs(GenericKubernetesResource driver, String start) {
    GenericKubernetesResource there = application(driver).get();
    return there != null && SparkApplications.start(there).equals(Optional.of(start));
  }

  /**
   * Ends one, unless somebody has claimed it meanwhile; blocks.
   *
   * @throws KubernetesClientException if it cannot be told to end now
   */
  void end(GenericKubernetesResource driver, String reason) {
    if (!take(driver)) {
      return;
    }
    try {
      application(driver).lockResourceVersion(version(driver)).delete();
      LOG.info("driver {}: is not kept ready any longer: {}", name(driver), reason);
    } catch (KubernetesClientException answer) {
      release(driver);
      if (answer.getCode() != Refusals.CONFLICT && answer.getCode() != NOT_FOUND) {
        throw answer;
      }
    }
  }

  private Resource<GenericKubernetesResource> application(GenericKubernetesResource driver) {
    return client
        .genericKubernetesResources(SparkApplications.CONTEXT)
        .inNamespace(driver.getMetadata().getNamespace())
        .withName(name(driver));
  }

  @Override
  public void close() {
    watch.unlisten(SparkApplications.UNCLAIMED, listener);
  }
}
