package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the pools that ClusterPool objects of a namespace define: in the gateway that leads it
 * starts their drivers, replaces them, and ends those whose pool is gone. While the API server
 * cannot be heard nothing is done.
 */
final class NamespacePools implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NamespacePools.class);
  private static final String POOLS = "ClusterPools";

  /** After how long one that was asked for and is not shown was not made. */
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(30);

  /** Of one pool in one pass: other tenants' clusters wait for it. */
  private static final int MOST_STARTS = 5;

  private static final String OTHERWISE =
      "the API server keeps another specification than was asked for: such a driver is not claimed";

  private final KubernetesClusters.Settings settings;
  private final KubernetesClient client;
  private final NamespaceWatch watch;
  private final InstantSource clock;
  private final Watched<GenericKubernetesResource> pools;
  private final WarmDrivers drivers;
  private final Patches patches;

  /** By the pool's uid; touched by {@link #keep} alone, as is what follows. */
  private final Map<String, Filling> fillings = new HashMap<>();

  private String toldTrouble = "";

  /**
   * Begins to see what there is.
   *
   * @param changed is called when it may be otherwise; must not block
   */
  NamespacePools(
      KubernetesClusters.Settings settings,
      String namespace,
      KubernetesClient client,
      NamespaceWatch watch,
      InstantSource clock,
      Runnable changed) {
    this.settings = settings;
    this.client = client;
    this.watch = watch;
    this.clock = clock;
    this.patches = new Patches(client, ClusterPool.CONTEXT);
    this.drivers = new WarmDrivers(client, watch, changed);
    this.pools =
        new Watched<>(
            POOLS + " in namespace " + namespace,
            client.genericKubernetesResources(ClusterPool.CONTEXT).inNamespace(namespace),
            pool -> changed.run(),
            Optional.empty());
  }

  /** Returns what clusters of the namespace may claim. */
  WarmDrivers drivers() {
    return drivers;
  }

  /**
   * Does what there is to do now; blocks.
   *
   * @param leads whether this gateway still leads
   */
  void keep(BooleanSupplier leads) {
    String trouble = pools.trouble();
    if (!trouble.equals(toldTrouble)) {
      toldTrouble = trouble;
      LOG.warn("the pools' definitions: {}", trouble.isEmpty() ? "known again" : trouble);
    }
    if (!trouble.isEmpty()
        || !pools.isComplete()
        || !watch.isComplete()
        || !watch.trouble().isEmpty()) {
      // Nobody knows whether they listen meanwhile.
      fillings.values().forEach(filling -> filling.silent.clear());
      return;
    }
    Map<String, List<GenericKubernetesResource>> byPool = new HashMap<>();
    for (GenericKubernetesResource driver : drivers.free()) {
      byPool.computeIfAbsent(pool(driver), uid -> new ArrayList<>()).add(driver);
    }
    Set<String> known = new HashSet<>();
    for (GenericKubernetesResource pool : pools.objects()) {
      if (pool.getMetadata().getDeletionTimestamp() != null) {
        continue;
      }
      String uid = pool.getMetadata().getUid();
      known.add(uid);
      List<GenericKubernetesResource> own = byPool.remove(uid);
      if (leads.getAsBoolean()) {
        unlessRefused(pool, () -> keep(pool, own == null ? List.of() : own, leads));
      }
    }
    fillings.keySet().retainAll(known);
    for (List<GenericKubernetesResource> left : byPool.values()) {
      for (GenericKubernetesResource driver : left) {
        if (leads.getAsBoolean()) {
          unlessRefused(driver, () -> drivers.end(driver, "its pool is gone"));
        }
      }
    }
  }

  private static String pool(GenericKubernetesResource driver) {
    return driver.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse("");
  }

  private static void unlessRefused(GenericKubernetesResource object, Runnable task) {
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

  private void keep(
      GenericKubernetesResource pool, List<GenericKubernetesResource> own, BooleanSupplier leads) {
    String reason;
    try {
      ClusterPool definition = ClusterPool.read(pool, settings.gateway());
      Filling filling = fillings.computeIfAbsent(pool.getMetadata().getUid(), uid -> new Filling());
      fill(pool, definition, own, filling, leads);
      reason = filling.reason;
    } catch (IllegalArgumentException wrong) {
      // What there is stays for those who can use it.
      reason = String.valueOf(wrong.getMessage());
    }
    long ready = own.stream().filter(driver -> isListening(driver)).count();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("observedGeneration", pool.getMetadata().getGeneration());
    status.put("replicas", own.size());
    status.put("readyReplicas", ready);
    status.put("reason", reason);
    patches.status(pool, status);
  }

  private boolean isListening(GenericKubernetesResource driver) {
    return sighting(driver).stage() == Sighting.Stage.LISTENING;
  }

  private Sighting sighting(GenericKubernetesResource driver) {
    return Sighting.of(driver, watch.driver(driver.getMetadata().getName()).orElse(null));
  }

  private void fill(
      GenericKubernetesResource pool,
      ClusterPool definition,
      List<GenericKubernetesResource> own,
      Filling filling,
      BooleanSupplier leads) {
    Instant now = clock.instant();
    KubernetesSettings coordinates =
        settings
            .coordinates()
            .of(SparkApplications.UNCLAIMED, definition.namespace(), KubernetesClusters.owner(pool))
            .withStartLimit(definition.startTimeout());
    Blueprint blueprint = Blueprint.of(coordinates, definition.replica());
    List<PoolPlan.Driver> known = new ArrayList<>();
    Optional<String> failure = Optional.empty();
    filling
        .silent
        .keySet()
        .retainAll(own.stream().map(one -> one.getMetadata().getName()).toList());
    for (GenericKubernetesResource driver : own) {
      Sighting sighting = sighting(driver);
      String name = driver.getMetadata().getName();
      boolean listening = sighting.stage() == Sighting.Stage.LISTENING;
      boolean failed =
          sighting.stage() == Sighting.Stage.ENDED
              || (!listening && filling.isSilent(name, definition.startTimeout(), now));
      if (listening) {
        filling.silent.remove(name);
      }
      if (failed && driver.getMetadata().getDeletionTimestamp() == null) {
        failure = Optional.of(sighting.reason());
      }
      boolean current = blueprint.madeOnce(driver);
      if (current && !blueprint.isThatOf(driver)) {
        failure = Optional.of(OTHERWISE);
      }
      known.add(
          new PoolPlan.Driver(
              name,
              current,
              listening,
              failed,
              SparkApplications.made(driver).orElse(Instant.EPOCH)));
    }
    filling.asked.entrySet().removeIf(asked -> isOver(asked.getKey(), asked.getValue(), now));
    PoolPlan plan =
        PoolPlan.of(definition.replicas(), definition.maxAge(), known, filling.asked.size(), now);
    failure.ifPresent(reason -> filling.failed(reason, now));
    if (failure.isEmpty()
        && plan.starts() == 0
        && filling.asked.isEmpty()
        && known.stream().allMatch(PoolPlan.Driver::listening)) {
      filling.succeeded();
    }
    for (GenericKubernetesResource driver : own) {
      String name = driver.getMetadata().getName();
      if (plan.ends().contains(name) && leads.getAsBoolean()) {
        try {
          drivers.end(driver, "it is not what its pool needs");
        } catch (KubernetesClientException answer) {
          filling.failed(Refusals.message(answer), now);
        }
      }
    }
    int starts = Math.min(plan.starts(), MOST_STARTS);
    for (int count = 0; count < starts && filling.mayStart(now); count++) {
      if (leads.getAsBoolean()) {
        start(definition, coordinates, filling, now);
      }
    }
  }

  private boolean isOver(String asked, Instant since, Instant now) {
    return watch.application(asked).isPresent()
        || Duration.between(since, now).compareTo(SHOWN_WITHIN) > 0;
  }

  private void start(
      ClusterPool definition, KubernetesSettings coordinates, Filling filling, Instant now) {
    // A replica's number has no letters, so that none of a cluster's is called so.
    ReplicaId id =
        new ReplicaId(definition.name() + "-w" + UUID.randomUUID().toString().substring(0, 8));
    // Whether it was made may stay unknown.
    filling.asked.put(id.value(), now);
    try {
      client
          .resource(
              SparkApplications.pooled(
                  coordinates,
                  definition.name(),
                  id,
                  definition.replica(),
                  UUID.randomUUID().toString(),
                  now))
          .create();
      LOG.info("driver {}: starting {}", id, definition.replica());
    } catch (KubernetesClientException answer) {
      Optional<String> refused = Refusals.why(answer, "create", "SparkApplications");
      refused.ifPresent(why -> filling.asked.remove(id.value()));
      filling.failed(refused.orElseGet(() -> Refusals.message(answer)), now);
    }
  }

  @Override
  public void close() {
    pools.close();
    drivers.close();
  }

  /** How it goes with a pool. */
  private static final class Filling {

    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** Names of those that were asked for and are not shown yet, with when. */
    private final Map<String, Instant> asked = new HashMap<>();

    /** Since when each that does not listen was seen not to. */
    private final Map<String, Instant> silent = new HashMap<>();

    private Instant notBefore = Instant.MIN;
    private Duration wait = FIRST_WAIT;
    private String reason = "";

    boolean isSilent(String name, Duration limit, Instant now) {
      return !silent.computeIfAbsent(name, unseen -> now).plus(limit).isAfter(now);
    }

    boolean mayStart(Instant now) {
      return !now.isBefore(notBefore);
    }

    void failed(String why, Instant now) {
      reason = why;
      notBefore = now.plus(wait);
      Duration doubled = wait.multipliedBy(2);
      wait = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
    }

    void succeeded() {
      reason = "";
      wait = FIRST_WAIT;
    }
  }
}
