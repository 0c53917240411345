package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.kubernetes.Sighting.Stage;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster's replicas as applications of the Apache Spark Kubernetes operator, which makes the
 * drivers and executors. They outlive the gateway; other gateways see them too.
 *
 * <p>While the API server cannot be reached nothing is taken for gone, and what was asked for is
 * asked again until it is heard. An end is believed when the API server tells of it.
 */
public final class KubernetesReplicaProvisioner implements ReplicaProvisioner {

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesReplicaProvisioner.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration SHOWN_AFTER = Duration.ofSeconds(2);
  private static final String APPLICATIONS = "SparkApplications";

  private volatile KubernetesSettings settings;
  private final KubernetesClient client;
  private final NamespaceWatch watch;
  private final WarmDrivers warm;
  private final Executor blocking;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final Runnable listener = this::look;

  /** In the order in which they became known; guarded by itself, as is all below. */
  private final Map<ReplicaId, KubernetesReplica> replicas = new LinkedHashMap<>();

  private final List<BiConsumer<ReplicaId, String>> watchers = new ArrayList<>();

  /** Touched by what is told alone. */
  private final List<Consumer<FoundReplica>> finders = new ArrayList<>();

  /** What is to be told outside of the lock, in order. */
  private final Deque<Runnable> news = new ArrayDeque<>();

  private ReplicaSpec spec;
  private boolean telling;

  /** Whose drivers may be claimed. */
  private volatile Optional<String> pool = Optional.empty();

  /** What replicas were last made by. */
  private volatile @Nullable Planned planned;

  private record Planned(ReplicaSpec spec, Blueprint blueprint) {}

  /** Whether all that was there at first was told. */
  private volatile boolean caughtUp;

  private boolean closed;

  /**
   * Sees what there is.
   *
   * @param current what replicas are to be like; those found that are otherwise are told apart
   * @param warm what may be claimed
   * @param blocking for calls of the API server
   * @param scheduler times limits and repetitions
   */
  public KubernetesReplicaProvisioner(
      KubernetesSettings settings,
      ReplicaSpec current,
      KubernetesClient client,
      NamespaceWatch watch,
      WarmDrivers warm,
      Executor blocking,
      ScheduledExecutorService scheduler,
      InstantSource clock) {
    this.settings = settings;
    this.spec = current;
    this.client = client;
    this.watch = watch;
    this.warm = warm;
    this.blocking = blocking;
    this.scheduler = scheduler;
    this.clock = clock;
    watch.listen(settings.cluster(), listener);
    look();
  }

  /**
   * Says what replicas are to be like from now on, by which those found are told apart, and how
   * long the next ones may take to start.
   */
  public void current(ReplicaSpec next, Duration startLimit) {
    synchronized (replicas) {
      spec = next;
      settings = settings.withStartLimit(startLimit);
    }
  }

  /** Says of which pool drivers may be claimed from now on; of none at first. */
  public void claimFrom(Optional<String> warmPool) {
    pool = warmPool;
  }

  @Override
  public CompletableFuture<SparkEndpoint> start(ReplicaId id, ReplicaSpec wanted) {
    KubernetesReplica replica = new KubernetesReplica(id, true);
    if (add(replica)) {
      GenericKubernetesResource manifest =
          SparkApplications.manifest(settings, id, wanted, UUID.randomUUID().toString());
      blocking.execute(() -> create(replica, manifest, FIRST_WAIT));
    }
    return replica.endpoint;
  }

  private boolean add(KubernetesReplica replica) {
    synchronized (replicas) {
      if (closed) {
        replica.fail("the gateway is stopping");
        return false;
      }
      if (replicas.putIfAbsent(replica.id, replica) != null) {
        throw new IllegalArgumentException("there is a replica " + replica.id);
      }
      return true;
    }
  }

  @Override
  public List<ReplicaId> warm(ReplicaSpec wanted) {
    return watch.trouble().isEmpty()
        ? pool.map(name -> warm.claimable(name, () -> blueprint(wanted))).orElse(List.of())
        : List.of();
  }

  private Blueprint blueprint(ReplicaSpec wanted) {
    Planned known = planned;
    if (known == null || !known.spec.equals(wanted)) {
      known = new Planned(wanted, Blueprint.of(settings, wanted));
      planned = known;
    }
    return known.blueprint;
  }

  @Override
  public CompletableFuture<SparkEndpoint> claim(ReplicaId id, ReplicaSpec wanted) {
    Optional<GenericKubernetesResource> driver =
        pool.flatMap(name -> warm.take(id, name, blueprint(wanted)));
    if (driver.isEmpty()) {
      return ReplicaProvisioner.super.claim(id, wanted);
    }
    KubernetesReplica replica = new KubernetesReplica(id, true);
    if (add(replica)) {
      String start = UUID.randomUUID().toString();
      blocking.execute(() -> claim(replica, driver.get(), start, FIRST_WAIT));
    }
    return replica.endpoint;
  }

  private void claim(
      KubernetesReplica replica, GenericKubernetesResource driver, String start, Duration wait) {
    if (!isWanted(replica)) {
      warm.release(driver);
      return;
    }
    try {
      token();
      if (warm.claim(driver, settings, start)) {
        created(replica);
      } else {
        ended(replica, "Spark that was kept ready is not there for this cluster any longer");
        look();
      }
    } catch (KubernetesClientException answer) {
      LOG.warn("replica {}: cannot be claimed now: {}", replica.id, Refusals.message(answer));
      later(wait, () -> claim(replica, driver, start, longer(wait)));
    } catch (IOException unreadable) {
      warm.lose(driver);
      ended(replica, noKey());
    }
  }

  /** Returns whether one that the API server does not have yet is to be asked for still. */
  private boolean isWanted(KubernetesReplica replica) {
    boolean stopping;
    synchronized (replicas) {
      if (closed || replica.ended) {
        return false;
      }
      stopping = replica.stopping;
      if (stopping) {
        end(replica, "Spark was told to end before it was started");
      }
    }
    tell();
    return !stopping;
  }

  private void create(
      KubernetesReplica replica, GenericKubernetesResource manifest, Duration wait) {
    if (!isWanted(replica)) {
      return;
    }
    try {
      token();
      client.resource(manifest).create();
      created(replica);
    } catch (KubernetesClientException answer) {
      if (answer.getCode() == Refusals.CONFLICT && isOurs(manifest)) {
        created(replica);
        return;
      }
      Optional<String> refused = Refusals.why(answer, "create", APPLICATIONS);
      if (refused.isPresent()) {
        ended(replica, refused.get());
        return;
      }
      LOG.warn("replica {}: cannot be created now: {}", replica.id, Refusals.message(answer));
      later(wait, () -> create(replica, manifest, longer(wait)));
    } catch (IOException unreadable) {
      ended(replica, noKey());
    }
  }

  private String noKey() {
    return "the gateway cannot read the key of Spark Connect: mount the Secret "
        + settings.tokenSecret();
  }

  /** An answer may be lost although the question was heard. */
  private boolean isOurs(GenericKubernetesResource manifest) {
    try {
      GenericKubernetesResource there = application(manifest.getMetadata().getName()).get();
      return there != null
          && SparkApplications.start(there).equals(SparkApplications.start(manifest));
    } catch (KubernetesClientException unknown) {
      return false;
    }
  }

  private void created(KubernetesReplica replica) {
    boolean stop;
    synchronized (replicas) {
      replica.created = true;
      stop = replica.stopping;
    }
    scheduler.schedule(
        () -> late(replica), settings.startLimit().toMillis(), TimeUnit.MILLISECONDS);
    if (stop) {
      delete(replica, FIRST_WAIT);
    }
    look();
  }

  private void late(KubernetesReplica replica) {
    String reason;
    synchronized (replicas) {
      if (replica.endpoint.isDone() || replica.ended) {
        return;
      }
      reason =
          "Spark did not listen within "
              + settings.startLimit().toSeconds()
              + " s: "
              + replica.reason;
    }
    giveUp(replica, reason);
  }

  private void giveUp(KubernetesReplica replica, String reason) {
    ended(replica, reason);
    blocking.execute(() -> delete(replica, FIRST_WAIT));
  }

  private void ended(KubernetesReplica replica, String reason) {
    synchronized (replicas) {
      end(replica, reason);
    }
    tell();
  }

  /** Compares what the API server shows with what is known here, and tells what is new. */
  private void look() {
    List<KubernetesReplica> hopeless = new ArrayList<>();
    synchronized (replicas) {
      if (closed || !watch.isComplete()) {
        return;
      }
      for (GenericKubernetesResource application : watch.applications(settings.cluster())) {
        see(application, hopeless);
      }
      for (KubernetesReplica replica : List.copyOf(replicas.values())) {
        Optional<GenericKubernetesResource> there = watch.application(replica.id.value());
        if (replica.seen && there.filter(this::isCluster).isEmpty()) {
          end(replica, whyGone(replica, there.isPresent()));
          if (there.isPresent() || watch.driver(replica.id.value()).isEmpty()) {
            replicas.remove(replica.id);
            news.add(() -> replica.gone.complete(null));
          }
        }
      }
      news.add(() -> caughtUp = true);
    }
    tell();
    hopeless.forEach(replica -> blocking.execute(() -> delete(replica, FIRST_WAIT)));
  }

  private static String whyGone(KubernetesReplica replica, boolean there) {
    if (there) {
      return "its application is labelled as another cluster's";
    }
    return replica.stopping ? "Spark was told to end" : "its application was deleted";
  }

  private boolean isCluster(GenericKubernetesResource application) {
    return settings
        .cluster()
        .equals(application.getMetadata().getLabels().get(SparkApplications.CLUSTER_LABEL));
  }

  private void see(GenericKubernetesResource application, List<KubernetesReplica> hopeless) {
    ReplicaId id = new ReplicaId(application.getMetadata().getName());
    Sighting now = Sighting.of(application, watch.driver(id.value()).orElse(null));
    KubernetesReplica replica = replicas.get(id);
    if (replica == null) {
      replica = new KubernetesReplica(id, false);
      replica.created = true;
      replicas.put(id, replica);
      if (now.stage() == Stage.ENDED) {
        // Nobody was told that it is there.
        replica.ended = true;
      } else {
        FoundReplica found = found(application, replica);
        news.add(() -> List.copyOf(finders).forEach(finder -> finder.accept(found)));
      }
    }
    replica.seen = true;
    if (replica.ended) {
      return;
    }
    replica.reason = now.reason();
    switch (now.stage()) {
      case LISTENING -> listens(replica, now.address());
      case UNSCHEDULABLE -> unschedulable(replica);
      case STARTING -> replica.unschedulableSince = null;
      case ENDED -> {
        end(replica, now.reason());
        if (replica.own && !replica.stopping) {
          hopeless.add(replica);
        }
      }
    }
  }

  private FoundReplica found(GenericKubernetesResource application, KubernetesReplica replica) {
    return new FoundReplica(
        replica.id, SparkApplications.spec(application, spec), replica.endpoint);
  }

  private void listens(KubernetesReplica replica, String address) {
    if (!replica.address.isEmpty() && !replica.address.equals(address)) {
      end(replica, "Spark's driver was replaced");
      return;
    }
    if (replica.address.isEmpty()) {
      replica.address = address;
      // Reads a file.
      news.add(() -> blocking.execute(() -> connectable(replica, address)));
    }
  }

  private void connectable(KubernetesReplica replica, String address) {
    try {
      replica.endpoint.complete(new SparkEndpoint(address, SparkApplications.PORT, token()));
    } catch (IOException unreadable) {
      giveUp(replica, noKey());
    }
  }

  private String token() throws IOException {
    String token = Files.readString(settings.tokenFile()).strip();
    if (token.isEmpty()) {
      throw new IOException("an empty key");
    }
    return token;
  }

  /** A node may yet be added for it. */
  private void unschedulable(KubernetesReplica replica) {
    if (replica.unschedulableSince != null) {
      return;
    }
    Instant since = clock.instant();
    replica.unschedulableSince = since;
    scheduler.schedule(
        () -> {
          String reason;
          synchronized (replicas) {
            if (replica.ended || !since.equals(replica.unschedulableSince)) {
              return;
            }
            reason = replica.reason;
          }
          giveUp(replica, reason);
        },
        settings.schedulingLimit().toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Under the lock. */
  private void end(KubernetesReplica replica, String reason) {
    if (replica.ended) {
      return;
    }
    replica.ended = true;
    if (!replica.created) {
      replicas.remove(replica.id);
      news.add(() -> replica.gone.complete(null));
    }
    news.add(
        () -> {
          replica.fail(reason);
          List<BiConsumer<ReplicaId, String>> told;
          synchronized (replicas) {
            told = List.copyOf(watchers);
          }
          told.forEach(watcher -> watcher.accept(replica.id, reason));
        });
  }

  /** Tells what is new, outside of the lock and in order. */
  private void tell() {
    while (true) {
      Runnable next;
      synchronized (replicas) {
        if (telling || news.isEmpty()) {
          return;
        }
        telling = true;
        next = news.remove();
      }
      try {
        next.run();
      } finally {
        synchronized (replicas) {
          telling = false;
        }
      }
    }
  }

  @Override
  public List<ReplicaId> list() {
    synchronized (replicas) {
      return replicas.values().stream()
          .filter(replica -> !replica.ended)
          .map(replica -> replica.id)
          .toList();
    }
  }

  @Override
  public void watch(BiConsumer<ReplicaId, String> ended) {
    synchronized (replicas) {
      watchers.add(ended);
    }
  }

  @Override
  public void discover(Consumer<FoundReplica> finder) {
    synchronized (replicas) {
      // Behind what is being told to the others, so that it hears of each once.
      news.add(() -> finders.add(finder));
      for (KubernetesReplica replica : replicas.values()) {
        if (!replica.own && !replica.ended) {
          watch
              .application(replica.id.value())
              .map(application -> found(application, replica))
              .ifPresent(found -> news.add(() -> finder.accept(found)));
        }
      }
    }
    tell();
  }

  @Override
  public String hindrance() {
    String trouble = watch.trouble();
    if (!trouble.isEmpty() || caughtUp) {
      return trouble;
    }
    // Where there is nothing, nothing calls for a look.
    look();
    return caughtUp ? "" : "Kubernetes has not answered yet";
  }

  @Override
  public CompletableFuture<Void> stop(ReplicaId id) {
    KubernetesReplica replica;
    boolean created;
    synchronized (replicas) {
      replica = replicas.get(id);
      if (replica == null) {
        return CompletableFuture.completedFuture(null);
      }
      if (replica.stopping) {
        return replica.gone;
      }
      replica.stopping = true;
      created = replica.created;
    }
    if (created) {
      blocking.execute(() -> delete(replica, FIRST_WAIT));
    }
    return replica.gone;
  }

  private void delete(KubernetesReplica replica, Duration wait) {
    synchronized (replicas) {
      if (closed) {
        return;
      }
    }
    try {
      application(replica.id.value())
          .withPropagationPolicy(DeletionPropagation.BACKGROUND)
          .delete();
      // It may have come and gone before the watch showed it.
      later(SHOWN_AFTER, () -> deleted(replica));
    } catch (KubernetesClientException answer) {
      Optional<String> refused = Refusals.why(answer, "delete", APPLICATIONS);
      LOG.warn(
          "replica {}: cannot be deleted now: {}",
          replica.id,
          refused.orElseGet(() -> Refusals.message(answer)));
      later(wait, () -> delete(replica, longer(wait)));
    }
  }

  private void deleted(KubernetesReplica replica) {
    synchronized (replicas) {
      replica.seen = true;
    }
    look();
  }

  private Resource<GenericKubernetesResource> application(String name) {
    return client
        .genericKubernetesResources(SparkApplications.CONTEXT)
        .inNamespace(settings.namespace())
        .withName(name);
  }

  private void later(Duration wait, Runnable task) {
    scheduler.schedule(() -> blocking.execute(task), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Duration longer(Duration wait) {
    Duration doubled = wait.multipliedBy(2);
    return doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
  }

  @Override
  public void close() {
    List<KubernetesReplica> left;
    synchronized (replicas) {
      closed = true;
      left = List.copyOf(replicas.values());
      replicas.clear();
    }
    watch.unlisten(settings.cluster(), listener);
    left.forEach(replica -> replica.fail("the gateway is stopping"));
    left.forEach(replica -> replica.gone.complete(null));
  }
}
