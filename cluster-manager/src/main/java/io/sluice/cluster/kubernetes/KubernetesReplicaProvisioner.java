package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.kubernetes.Sighting.Stage;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's replicas as applications of the Apache Spark Kubernetes operator, which makes the
 * drivers and executors. They outlive the gateway; other gateways see them too.
 *
 * <p>While the API server cannot be reached nothing is taken for gone, and what was asked for is
 * asked again until it is heard. An end is believed when the API server tells of it.
 */
public final class KubernetesReplicaProvisioner implements ReplicaProvisioner {

  private volatile KubernetesSettings settings;
  private final NamespaceWatch watch;
  private final WarmDrivers warm;
  private final ConnectKey key;
  private final ApplicationRequests requests;
  private final Executor blocking;
  private final ScheduledExecutorService scheduler;
  private final Runnable listener = this::look;
  private final ReplicaRegister register = new ReplicaRegister();
  private final StuckExecutors stuck;

  /** Guarded by the register. */
  private ReplicaSpec spec;

  /** Whose drivers may be claimed. */
  private volatile Optional<String> pool = Optional.empty();

  /** What replicas were last made by. */
  private volatile @Nullable Planned planned;

  private record Planned(ReplicaSpec spec, Blueprint blueprint) {}

  /** Whether all that was there at first was told. */
  private volatile boolean caughtUp;

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
    this.watch = watch;
    this.warm = warm;
    this.key = new ConnectKey(settings);
    this.requests =
        new ApplicationRequests(settings, client, warm, blocking, scheduler, new Asker());
    this.blocking = blocking;
    this.scheduler = scheduler;
    this.stuck = new StuckExecutors(watch, clock);
    watch.listen(settings.cluster(), listener);
    look();
  }

  /**
   * Says what replicas are to be like from now on, by which those found are told apart, and how
   * long the next ones may take to start.
   */
  public void current(ReplicaSpec next, Duration startLimit) {
    synchronized (register) {
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
    if (register.add(replica)) {
      requests.create(
          replica, SparkApplications.manifest(settings, id, wanted, UUID.randomUUID().toString()));
    }
    return replica.endpoint;
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
    if (register.add(replica)) {
      requests.claim(replica, driver.get());
    }
    return replica.endpoint;
  }

  private final class Asker implements ApplicationRequests.Asker {

    @Override
    public boolean isWanted(KubernetesReplica replica) {
      boolean stopping;
      synchronized (register) {
        if (register.isClosed() || replica.ended) {
          return false;
        }
        stopping = replica.stopping;
        if (stopping) {
          register.end(replica, "Spark was told to end before it was started");
        }
      }
      register.tell();
      return !stopping;
    }

    @Override
    public void created(KubernetesReplica replica) {
      boolean stop;
      synchronized (register) {
        replica.created = true;
        stop = replica.stopping;
      }
      scheduler.schedule(
          () -> late(replica), settings.startLimit().toMillis(), TimeUnit.MILLISECONDS);
      if (stop) {
        delete(replica);
      }
      look();
    }

    @Override
    public void refused(KubernetesReplica replica, String reason) {
      register.end(replica, reason);
      register.tell();
      look();
    }

    @Override
    public boolean isToBeDeleted(KubernetesReplica replica) {
      synchronized (register) {
        return replica.condemned && !register.isClosed();
      }
    }

    @Override
    public void deleted(KubernetesReplica replica) {
      synchronized (register) {
        replica.seen = true;
      }
      look();
    }
  }

  private void late(KubernetesReplica replica) {
    String reason;
    synchronized (register) {
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
    register.end(replica, reason);
    register.tell();
    delete(replica);
  }

  /** Compares what the API server shows with what is known here, and tells what is new. */
  private void look() {
    List<KubernetesReplica> hopeless = new ArrayList<>();
    synchronized (register) {
      if (register.isClosed() || !watch.isComplete()) {
        return;
      }
      for (GenericKubernetesResource application : watch.applications(settings.cluster())) {
        see(application, hopeless);
      }
      for (KubernetesReplica replica : register.all()) {
        Optional<GenericKubernetesResource> there = watch.application(replica.id.value());
        if (replica.seen && there.filter(this::isCluster).isEmpty()) {
          register.end(replica, whyGone(replica, there.isPresent()));
          if (there.isPresent() || watch.driver(replica.id.value()).isEmpty()) {
            register.forget(replica);
          }
        }
      }
      register.later(() -> caughtUp = true);
    }
    register.tell();
    hopeless.forEach(this::delete);
  }

  private void delete(KubernetesReplica replica) {
    synchronized (register) {
      replica.condemned = true;
    }
    requests.delete(replica);
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
    KubernetesReplica replica = register.get(id);
    if (replica == null) {
      replica = new KubernetesReplica(id, false);
      register.addSeen(replica);
      if (now.stage() == Stage.ENDED) {
        // Nobody was told that it is there.
        replica.ended = true;
      } else {
        register.found(found(application, replica));
      }
    }
    replica.seen = true;
    if (replica.ended) {
      return;
    }
    replica.reason = now.reason();
    switch (now.stage()) {
      case LISTENING -> listens(replica, now.address());
      case STARTING -> {}
      case ENDED -> {
        register.end(replica, now.reason());
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
      register.end(replica, "Spark's driver was replaced");
      return;
    }
    if (replica.address.isEmpty()) {
      replica.address = address;
      // Reads a file.
      register.later(() -> blocking.execute(() -> connectable(replica, address)));
    }
  }

  private void connectable(KubernetesReplica replica, String address) {
    try {
      replica.endpoint.complete(new SparkEndpoint(address, SparkApplications.PORT, key.read()));
    } catch (IOException unreadable) {
      giveUp(replica, key.missing());
    }
  }

  @Override
  public List<ReplicaId> list() {
    return register.living();
  }

  @Override
  public void watch(BiConsumer<ReplicaId, String> ended) {
    register.watch(ended);
  }

  @Override
  public void discover(Consumer<FoundReplica> finder) {
    register.discover(
        finder,
        replica ->
            watch.application(replica.id.value()).map(application -> found(application, replica)));
    register.tell();
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

  /** One that is otherwise may fare better: only replicas as they are to be count. */
  @Override
  public String shortage() {
    List<Pod> drivers = new ArrayList<>();
    Duration limit;
    synchronized (register) {
      limit = settings.startLimit();
      for (KubernetesReplica replica : register.all()) {
        if (!replica.address.isEmpty() && !replica.ended && !replica.stopping) {
          watch
              .application(replica.id.value())
              .filter(application -> SparkApplications.spec(application, spec).equals(spec))
              .flatMap(application -> watch.driver(replica.id.value()))
              .ifPresent(drivers::add);
        }
      }
    }
    return stuck.reason(drivers, limit);
  }

  @Override
  public CompletableFuture<Void> stop(ReplicaId id) {
    KubernetesReplica replica;
    boolean created;
    synchronized (register) {
      replica = register.get(id);
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
      delete(replica);
    }
    return replica.gone;
  }

  @Override
  public void relinquish() {
    synchronized (register) {
      for (KubernetesReplica replica : register.all()) {
        replica.condemned = false;
        replica.stopping &= replica.ended;
      }
    }
  }

  @Override
  public void close() {
    watch.unlisten(settings.cluster(), listener);
    register.close();
  }
}
