package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cluster.ClusterManager;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clusters that LakehouseCluster objects of some namespaces define, each with a {@link
 * ClusterManager} in every gateway, and the pools of ClusterPool objects. The gateway that holds
 * the Lease of {@link GatewaySettings#lease} starts, scales and stops their replicas by the
 * statements of all gateways, keeps the pools and writes what becomes of both; the others use the
 * replicas that they see.
 *
 * <p>To use it, give it a client (made where the environment may be read, with the JDK's HTTP
 * client) and a {@link Host}, which is told of each cluster before it starts. Have {@link #wake}
 * called when a statement begins to wait for one. Nothing here is needed for a statement that runs:
 * while the API server is away, everything stays as it was last known.
 */
public final class KubernetesClusters implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesClusters.class);
  private static final Duration START_TIME = Duration.ofSeconds(45);

  private final GatewaySettings settings;
  private final KubernetesClient client;
  private final Host host;
  private final Executor blocking;
  private final Executor work;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final Wakeable reconciliation;
  private final Map<String, Watched<GenericKubernetesResource>> definitions = new LinkedHashMap<>();
  private final Map<String, NamespaceWatch> replicas = new HashMap<>();
  private final Map<String, NamespacePools> pools = new HashMap<>();
  private final GatewayLoads loads;
  private final ClusterObjects objects;
  private final Leadership leadership;
  private final SessionLedger ledger;
  private final LostGateways lost;

  /** Whether what is known is to be written down: once a tick, however much changes. */
  private final AtomicBoolean keepDue = new AtomicBoolean(true);

  /** By name; changed by the reconciliation alone. */
  private final Map<String, ManagedCluster> clusters = new ConcurrentHashMap<>();

  private volatile boolean serves;

  /** Touched by the reconciliation alone. */
  private boolean listed;

  /** Touched by {@link #tick} alone. */
  private String toldTrouble = "";

  /**
   * Begins to serve; the clusters come soon.
   *
   * @param blocking waits for the API server
   * @param work runs short steps that never block: that the replicas hear of this gateway must not
   *     wait for the API server
   */
  public KubernetesClusters(
      GatewaySettings settings,
      KubernetesClient client,
      Host host,
      Executor blocking,
      Executor work,
      ScheduledExecutorService scheduler,
      InstantSource clock) {
    this.settings = settings;
    this.client = client;
    this.host = host;
    this.blocking = blocking;
    this.work = work;
    this.scheduler = scheduler;
    this.clock = clock;
    this.reconciliation = new Wakeable("the clusters' definitions", blocking, this::reconcile);
    this.objects = new ClusterObjects(client, clock);
    for (String namespace : settings.namespaces()) {
      String here = LakehouseCluster.OBJECTS + " in namespace " + namespace;
      NamespaceWatch watch =
          new NamespaceWatch(client, namespace, Optional.of(settings.state()), clock);
      replicas.put(namespace, watch);
      pools.put(
          namespace,
          new NamespacePools(
              settings, namespace, client, watch, this::leads, blocking, clock, this::soon));
      definitions.put(
          namespace,
          new Watched<>(
              here,
              client.genericKubernetesResources(LakehouseCluster.CONTEXT).inNamespace(namespace),
              name -> soon(),
              Optional.of(
                  LastKnown.of(
                      settings.state(), here, GenericKubernetesResource.class, client, clock))));
    }
    this.ledger = new SessionLedger(UUID.randomUUID(), host::sessions, clock);
    this.lost = new LostGateways(settings.term(), clock);
    this.loads = new GatewayLoads(client, settings, ledger.id(), clock);
    this.leadership =
        new Leadership(
            client,
            settings.ownNamespace(),
            settings.lease(),
            settings.identity(),
            settings.term(),
            blocking,
            this::leadershipChanged);
    serves = true;
    soon();
    every(settings.tick(), this::tick);
    every(settings.tick(), () -> ledger.write(backends()));
    // More often than ledgers are written, so that little time goes by once one stands still.
    every(settings.tick().dividedBy(5), () -> lost.look(loads.gateways(), backends()));
  }

  /** Has something done again and again, off the timer's thread and never beside itself. */
  private void every(Duration pause, Runnable duty) {
    if (serves) {
      scheduler.schedule(
          () ->
              work.execute(
                  () -> {
                    try {
                      duty.run();
                    } catch (RuntimeException defect) {
                      LOG.error("a duty of every {} failed", pause, defect);
                    } finally {
                      every(pause, duty);
                    }
                  }),
          pause.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  /** One that leads no longer decides nothing more, however long the API server takes. */
  private void leadershipChanged(boolean leads) {
    if (!leads) {
      clusters.values().forEach(cluster -> cluster.manager().lead(false, 0));
    }
    soon();
  }

  private boolean leads() {
    return serves && isLeader();
  }

  /** Returns whether this gateway leads now. */
  public boolean isLeader() {
    return leadership.isLeader();
  }

  /** Returns a cluster's manager. */
  public Optional<ClusterManager> cluster(String name) {
    return Optional.ofNullable(clusters.get(name)).map(ManagedCluster::manager);
  }

  /**
   * Returns why the definitions may be old or are not there, for people; empty when they are not.
   */
  public String trouble() {
    return definitions.values().stream()
        .map(Watched::trouble)
        .filter(trouble -> !trouble.isEmpty())
        .findFirst()
        .orElse("");
  }

  /**
   * Returns whether some of what is known is what the gateway before this one knew last: the API
   * server has not answered since. Nothing is started or stopped meanwhile.
   */
  public boolean isRemembered() {
    return definitions.keySet().stream().anyMatch(this::isRemembered);
  }

  private boolean isRemembered(String namespace) {
    return present(definitions.get(namespace)).isRemembered()
        || present(replicas.get(namespace)).isRemembered();
  }

  private static <T> T present(@Nullable T known) {
    return Objects.requireNonNull(known, "of another namespace");
  }

  /** Tells that a statement waits for a cluster. */
  public void wake(String cluster) {
    cluster(cluster).ifPresent(ClusterManager::wake);
    soon();
  }

  private void tick() {
    String trouble = trouble();
    if (!trouble.equals(toldTrouble)) {
      toldTrouble = trouble;
      LOG.warn("the clusters' definitions: {}", trouble.isEmpty() ? "known again" : trouble);
    }
    keepDue.set(true);
    soon();
  }

  private Map<ReplicaId, SparkBackend> backends() {
    Map<ReplicaId, SparkBackend> backends = new HashMap<>();
    for (ManagedCluster cluster : clusters.values()) {
      ClusterManager manager = cluster.manager();
      for (ClusterSnapshot.ReplicaStatus replica : manager.snapshot().replicas()) {
        manager.backend(replica.id()).ifPresent(backend -> backends.put(replica.id(), backend));
      }
    }
    return backends;
  }

  private void soon() {
    if (serves) {
      reconciliation.wake();
    }
  }

  private void reconcile() {
    if (!serves) {
      return;
    }
    // Before anything that may wait for the API server.
    boolean complete = true;
    List<GenericKubernetesResource> resources = new ArrayList<>();
    for (Watched<GenericKubernetesResource> watched : definitions.values()) {
      complete &= watched.isComplete();
      resources.addAll(watched.objects());
    }
    // Another object may have the name of one that is gone.
    Map.copyOf(clusters)
        .forEach(
            (name, cluster) -> {
              if (resources.stream().noneMatch(cluster::is)) {
                remove(name);
              }
            });
    Map<String, ToldLoad> own = new HashMap<>();
    clusters.forEach(
        (name, cluster) -> cluster.told(clock.instant()).ifPresent(told -> own.put(name, told)));
    loads.tell(own);
    for (GenericKubernetesResource resource : resources) {
      try {
        reconcile(resource);
      } catch (RuntimeException unforeseen) {
        // One tenant's object holds up nobody else's.
        LOG.error(
            "cluster {}: its object was not dealt with",
            resource.getMetadata().getName(),
            unforeseen);
      }
    }
    if (complete && !listed) {
      listed = true;
      if (isRemembered()) {
        LOG.warn("the clusters are those that were known last: {}", trouble());
      }
      host.listed();
    }
    if (leadership.isLeader()) {
      loads.forget();
      pools.values().forEach(NamespacePools::keep);
    }
    if (serves && keepDue.getAndSet(false)) {
      definitions.values().forEach(Watched::keep);
      replicas.values().forEach(NamespaceWatch::keep);
    }
  }

  private void reconcile(GenericKubernetesResource resource) {
    String name = resource.getMetadata().getName();
    ManagedCluster cluster = clusters.get(name);
    String problem = "";
    if (cluster != null && !cluster.is(resource)) {
      problem =
          "namespace "
              + cluster.definition().namespace()
              + " has a cluster of this name; names are unique among the gateway's namespaces";
      cluster = null;
    } else {
      try {
        if (cluster != null) {
          cluster.admit(resource);
        }
        LakehouseCluster definition = LakehouseCluster.read(resource, settings.gateway());
        if (cluster == null) {
          cluster = open(resource, definition);
        } else {
          cluster.define(resource, definition);
        }
      } catch (IllegalArgumentException wrong) {
        problem = String.valueOf(wrong.getMessage());
      } catch (RuntimeException unforeseen) {
        LOG.error("cluster {}: cannot be kept as its object says", name, unforeseen);
        problem = "the gateway cannot keep it as it is defined; the gateway's log says why";
      }
    }
    boolean leads = leadership.isLeader() && !isRemembered(resource.getMetadata().getNamespace());
    if (cluster != null) {
      boolean decides = leads && ClusterObjects.mayHold(resource);
      cluster.manager().lead(decides, StatusReport.lastReplica(resource));
      if (!leadership.isLeader()) {
        // It may have ended since it was asked for.
        cluster.manager().lead(false, 0);
      }
      if (!decides) {
        cluster.manager().follow(StatusReading.report(resource));
      }
    }
    if (leads) {
      objects.write(resource, cluster, problem);
    }
  }

  private ManagedCluster open(GenericKubernetesResource resource, LakehouseCluster definition) {
    NamespaceWatch watch =
        Objects.requireNonNull(replicas.get(definition.namespace()), "a watched namespace");
    KubernetesSettings coordinates =
        settings.coordinates().of(definition.name(), definition.namespace(), owner(resource));
    KubernetesReplicaProvisioner provisioner =
        new KubernetesReplicaProvisioner(
            coordinates.withStartLimit(definition.coldStartTimeout()),
            definition.replica(),
            client,
            watch,
            Objects.requireNonNull(pools.get(definition.namespace()), "a watched namespace")
                .drivers(),
            blocking,
            scheduler,
            clock);
    ClusterManager manager =
        new ClusterManager(
            ManagedCluster.settings(definition, START_TIME),
            provisioner,
            host::connect,
            blocking,
            scheduler,
            clock);
    manager.lead(false, 0);
    SharedDemand demand =
        new SharedDemand(definition.name(), host.opened(definition, manager), loads.peers());
    provisioner.claimFrom(definition.warmPool());
    ManagedCluster cluster =
        new ManagedCluster(resource, manager, provisioner, demand, host, START_TIME, definition);
    clusters.put(definition.name(), cluster);
    // What drains or does not start the others are to know at once, and the leader that they do.
    manager.addListener(snapshot -> soon());
    manager.start(demand);
    LOG.info("cluster {}: is defined in namespace {}", definition.name(), definition.namespace());
    return cluster;
  }

  static OwnerReference owner(GenericKubernetesResource resource) {
    return new OwnerReferenceBuilder()
        .withApiVersion(resource.getApiVersion())
        .withKind(resource.getKind())
        .withName(resource.getMetadata().getName())
        .withUid(resource.getMetadata().getUid())
        .withController(true)
        .build();
  }

  private void remove(String name) {
    ManagedCluster cluster = clusters.remove(name);
    if (cluster != null) {
      LOG.info("cluster {}: is no longer defined", name);
      host.closed(name);
      cluster.manager().close();
    }
  }

  /**
   * Hands over to another gateway; the replicas go on. What this one has on them is ended, for
   * which it waits four fifths of the term; of what has not ended by then the others take care.
   */
  @Override
  public void close() {
    leadership.close();
    boolean ended = endSessions(settings.term().multipliedBy(4).dividedBy(5));
    serves = false;
    if (ended) {
      loads.leave();
    } else {
      LOG.warn("not all that ran on Spark has ended: that is left to the other gateways");
    }
    loads.close();
    definitions.values().forEach(Watched::close);
    clusters.values().forEach(cluster -> cluster.manager().close());
    pools.values().forEach(NamespacePools::close);
    replicas.values().forEach(NamespaceWatch::close);
  }

  private boolean endSessions(Duration limit) {
    try {
      return ledger.end(backends()).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException unfinished) {
      return false;
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
