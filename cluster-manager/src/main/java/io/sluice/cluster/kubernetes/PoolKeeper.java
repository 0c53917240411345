package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one pool, in the gateway that leads: starts its drivers, replaces them, and tells how it
 * stands. Each does so by itself, so that one that the API server is slow about holds up neither
 * the others nor any cluster.
 */
final class PoolKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(PoolKeeper.class);

  /** After how long one that was asked for and is not shown was not made. */
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(30);

  /** In one pass: the threads that wait for the API server are shared by all. */
  private static final int MOST_STARTS = 5;

  private static final String OTHERWISE =
      "the API server keeps another specification than was asked for: such a driver is not claimed";

  private final GatewaySettings settings;
  private final KubernetesClient client;
  private final NamespaceWatch watch;
  private final WarmDrivers drivers;
  private final InstantSource clock;
  private final BooleanSupplier sees;
  private final BooleanSupplier leads;
  private final Patches patches;
  private final Wakeable pass;
  private volatile GenericKubernetesResource pool;
  private volatile boolean gone;

  /** Touched by a pass alone. */
  private final Filling filling = new Filling();

  /**
   * Does nothing yet.
   *
   * @param sees whether it is known what there is
   * @param leads whether this gateway leads
   */
  PoolKeeper(
      GenericKubernetesResource pool,
      GatewaySettings settings,
      KubernetesClient client,
      NamespaceWatch watch,
      WarmDrivers drivers,
      Executor blocking,
      InstantSource clock,
      BooleanSupplier sees,
      BooleanSupplier leads) {
    this.pool = pool;
    this.settings = settings;
    this.client = client;
    this.watch = watch;
    this.drivers = drivers;
    this.clock = clock;
    this.sees = sees;
    this.leads = leads;
    this.patches = new Patches(client, ClusterPool.CONTEXT);
    this.pass = new Wakeable("ClusterPool " + pool.getMetadata().getName(), blocking, this::pass);
  }

  /** Has the pool be kept so, soon. Does not block. */
  void keep(GenericKubernetesResource definition) {
    pool = definition;
    pass.wake();
  }

  /** Ends that; its drivers are for others to end. */
  void stop() {
    gone = true;
  }

  private boolean may() {
    return !gone && leads.getAsBoolean();
  }

  private void pass() {
    if (!sees.getAsBoolean()) {
      // Nobody knows whether they listen meanwhile.
      filling.silent.clear();
    } else if (may()) {
      NamespacePools.unlessRefused(pool, () -> keepNow(pool));
    }
  }

  private void keepNow(GenericKubernetesResource definition) {
    Instant now = clock.instant();
    // Before it is looked what there is: none may be missed by both.
    filling.asked.entrySet().removeIf(asked -> isOver(asked.getKey(), asked.getValue(), now));
    List<GenericKubernetesResource> own =
        drivers.free().stream()
            .filter(driver -> WarmDrivers.pool(driver).equals(definition.getMetadata().getUid()))
            .toList();
    String reason;
    try {
      fill(definition, ClusterPool.read(definition, settings.gateway()), own, now);
      reason = filling.reason;
    } catch (IllegalArgumentException wrong) {
      // What there is stays for those who can use it.
      reason = String.valueOf(wrong.getMessage());
    }
    long ready = own.stream().filter(driver -> isListening(driver)).count();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("observedGeneration", definition.getMetadata().getGeneration());
    status.put("replicas", own.size());
    status.put("readyReplicas", ready);
    status.put("reason", reason);
    patches.status(definition, status);
  }

  private boolean isListening(GenericKubernetesResource driver) {
    return sighting(driver).stage() == Sighting.Stage.LISTENING;
  }

  private Sighting sighting(GenericKubernetesResource driver) {
    return Sighting.of(driver, watch.driver(driver.getMetadata().getName()).orElse(null));
  }

  private void fill(
      GenericKubernetesResource owner,
      ClusterPool definition,
      List<GenericKubernetesResource> own,
      Instant now) {
    KubernetesSettings coordinates =
        settings
            .coordinates()
            .of(
                SparkApplications.UNCLAIMED,
                definition.namespace(),
                KubernetesClusters.owner(owner))
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
      if (plan.ends().contains(name) && may()) {
        try {
          drivers.end(driver, "it is not what its pool needs");
        } catch (KubernetesClientException answer) {
          filling.failed(Refusals.message(answer), now);
        }
      }
    }
    int starts = Math.min(plan.starts(), MOST_STARTS);
    for (int count = 0; count < starts && filling.mayStart(now); count++) {
      if (may()) {
        start(definition, coordinates, now);
      }
    }
  }

  private boolean isOver(String asked, Instant since, Instant now) {
    return watch.application(asked).isPresent()
        || Duration.between(since, now).compareTo(SHOWN_WITHIN) > 0;
  }

  private void start(ClusterPool definition, KubernetesSettings coordinates, Instant now) {
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

  /** How it goes with the pool. */
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
