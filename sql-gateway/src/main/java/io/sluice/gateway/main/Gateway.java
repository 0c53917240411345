package io.sluice.gateway.main;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.LocalSettings;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.arrow.ResultReader;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.StoredPrincipals;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.gateway.statement.Analyses;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.Journal;
import io.sluice.gateway.statement.Replicas;
import io.sluice.gateway.statement.SeparateRuns;
import io.sluice.gateway.statement.SparkSessions;
import io.sluice.gateway.statement.SparkStatementService;
import io.sluice.gateway.statement.StatementQueue;
import io.sluice.gateway.statement.ViewChanges;
import io.sluice.gateway.statement.WarmUp;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.planner.Principals;
import io.sluice.planner.StatementAnalyzer;
import io.sluice.planner.cache.AnalysisCache;
import io.sluice.planner.catalog.CatalogConfiguration;
import io.sluice.planner.catalog.IcebergCatalogs;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.loader.PolicyEngineLoader;
import io.sluice.planner.rewrite.PolicyExpressionCheck;
import io.sluice.router.AdmissionLimits;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graph of a running gateway: put together in one place, taken apart in reverse. The bounds of
 * what may hold it up, Spark's end beside the doors', come to about 10 s after the grace that
 * running statements have.
 */
final class Gateway implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final String CLUSTER = "local";
  private static final Duration SPARK_SESSION_IDLE = Duration.ofMinutes(15);
  private static final Duration CATALOG_FRESHNESS = Duration.ofSeconds(1);

  /** What analyses may hold of the heap; a tenth of a small one. */
  private static final long ANALYSES_BYTES = 48L << 20;

  static final Duration HOUSEKEEPING = Duration.ofSeconds(1);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<SparkEndpoint, SparkBackend> endpoints = new ConcurrentHashMap<>();
  private final Set<SparkBackend> seenReady = ConcurrentHashMap.newKeySet();
  private final InstantSource clock = InstantSource.system();
  private final LocalReplicaProvisioner provisioner;
  private final ClusterManager cluster;
  private final PolicyEngine policies;
  private final StatementQueue queue;
  private final StatementQueue schemaQueue;
  private final SparkSessions sparkSessions;
  private final SessionRegistry sessions;
  private final BufferAllocator allocator;
  private final SparkStatementService statements;
  private final Doors doors;
  private boolean closed;

  private Gateway(
      GatewaySettings settings, Installation installation, Path java, Consumer<Gateway> beforeStart)
      throws Exception {
    beforeStart.accept(this);
    Threads threads = opened(Threads.start());
    allocator = opened(new RootAllocator());

    IcebergCatalogs catalog =
        opened(new IcebergCatalogs(settings.catalogs(), CATALOG_FRESHNESS, Ticker.systemTicker()));
    policies =
        opened(
            PolicyEngineLoader.load(installation.policyEngine())
                .open(
                    settings.policyFolder(),
                    settings.policyServices(),
                    new PolicyExpressionCheck(clock)));
    MetadataReader metadata = new AuthorizedMetadata(catalog, policies, clock);
    Principals principals = new StoredPrincipals(settings.users(), settings.administrators());
    AnalysisCache analyzer =
        new AnalysisCache(
            catalog,
            policies,
            (tables, decisions) ->
                new StatementAnalyzer(tables, decisions, metadata, principals, clock)::analyze,
            ANALYSES_BYTES);

    provisioner =
        opened(
            new LocalReplicaProvisioner(
                LocalSettings.of(java, installation.sparkClassPath(), settings.data()),
                threads.blocking(),
                threads.timer(),
                new SecureRandom()));
    // It has just emptied the folder; what it makes anew would be open to other users.
    PrivateFolder.make(settings.data().resolve("replicas"));
    ReplicaSpec replica =
        new ReplicaSpec(
            settings.taskSlots(),
            settings.sparkHeap(),
            Version.ofSpark(),
            settings.sparkConfiguration());
    cluster =
        new ClusterManager(
            ClusterSettings.of(CLUSTER, replica, settings.scaling()),
            provisioner,
            endpoint -> {
              SparkBackend backend =
                  SparkConnectBackend.connect(endpoint, threads.work(), threads.timer());
              endpoints.put(endpoint, backend);
              return backend;
            },
            threads.work(),
            threads.timer(),
            clock);
    AutoCloseable spark = opened(new ClosedOnce(cluster));

    queue = new StatementQueue(settings.admission(), cluster::snapshot, clock);
    // A schema is asked for while results of the same client wait, so it has permits of its own.
    // They add up with those of the statements, and together stay at Spark's knee: DemoSettings.
    AdmissionLimits schemaLimits =
        new AdmissionLimits(
            DemoSettings.SCHEMAS_PER_SLOT,
            settings.admission().queueLength(),
            settings.admission().queueTimeout());
    schemaQueue = new StatementQueue(schemaLimits, cluster::snapshot, clock);
    sparkSessions = new SparkSessions(SPARK_SESSION_IDLE, clock);
    RowEncoder encoder = new RowEncoder(allocator);
    Journal journal = new Journal(clock);
    GatewayAnswers answers =
        new GatewayAnswers(settings.limits().clientStall(), threads.work(), clock);
    statements =
        new SparkStatementService(
            new Analyses(analyzer::analyze, analyzer::isCurrent, threads.planning()),
            principals::isAdministrator,
            replicas(),
            queue,
            schemaQueue,
            sparkSessions,
            journal,
            new AnswerTables(encoder),
            answers,
            threads.work(),
            Ticker.systemTicker(),
            settings.limits(),
            catalog::forget,
            new ViewChanges(catalog, threads.planning(), catalog::forget),
            new SeparateRuns(new ResultReader(allocator)),
            clock);
    sessions =
        new SessionRegistry(
            settings.home(), settings.sessionIdleExpiry(), clock, statements::isBusy);
    sessions.onClose(this::closed);
    cluster.addListener(
        snapshot -> {
          sparkSessions.keepOnly(
              snapshot.replicas().stream().map(ClusterSnapshot.ReplicaStatus::id).toList());
          queue.changed();
          schemaQueue.changed();
          forgetEndpoints();
        });
    queue.onWait(cluster::wake);
    schemaQueue.onWait(cluster::wake);
    cluster.onInterrupt(gone -> statements.replicaLeaves(queue.runningOn(gone)));
    cluster.addDecisionListener(new ClusterJournal(CLUSTER));
    threads
        .timer()
        .scheduleWithFixedDelay(
            () ->
                threads
                    .work()
                    .execute(
                        () ->
                            keepHouse(
                                queue::changed,
                                schemaQueue::changed,
                                statements::enforceLimits,
                                answers::enforceLimits,
                                sessions::expire,
                                sparkSessions::expire)),
            HOUSEKEEPING.toMillis(),
            HOUSEKEEPING.toMillis(),
            TimeUnit.MILLISECONDS);

    doors =
        new Doors(
            settings,
            this::opened,
            threads,
            allocator,
            new Doors.Road(
                sessions,
                statements,
                metadata,
                answers,
                journal,
                () -> policyVersion(settings.catalogs())),
            principals,
            new Doors.Reports(this::readiness, () -> List.of(ClusterReports.of(cluster.status()))),
            clock);
    opened(() -> beginToStop(settings.grace(), spark, threads.blocking()));
    cluster.start(new QueuedDemand(queue, schemaQueue, settings.taskSlots()));
    doors.start();
  }

  /** One that fails keeps none of the others from its work. */
  private static void keepHouse(Runnable... duties) {
    for (Runnable duty : duties) {
      try {
        duty.run();
      } catch (RuntimeException defect) {
        LOG.error("a duty of every second failed", defect);
      }
    }
  }

  /** One that cannot be told of any catalog cannot be told of all. */
  private Optional<String> policyVersion(List<CatalogConfiguration> catalogs) {
    List<String> versions =
        catalogs.stream().flatMap(known -> policies.version(known.name()).stream()).toList();
    return versions.size() == catalogs.size() ? Optional.of(versions.toString()) : Optional.empty();
  }

  private <T extends AutoCloseable> T opened(T part) {
    synchronized (parts) {
      if (!closed) {
        parts.push(part);
        return part;
      }
    }
    close(part);
    throw new StartException("The gateway was stopped while it started.");
  }

  /**
   * Statements end first, so that no door waits for one; Spark takes longest, so it goes beside.
   */
  private void beginToStop(Duration grace, AutoCloseable spark, Executor blocking) {
    drain(grace);
    statements.shutDown();
    blocking.execute(() -> close(spark));
  }

  /** Waits for what runs, and for the clients that fetch the last of it; the doors tell others. */
  private void drain(Duration grace) {
    Instant end = clock.instant().plus(grace);
    CompletableFuture<Void> drained = statements.drain();
    try {
      if (!drained.isDone()) {
        LOG.info("{} statements run and have {} s to end", statements.running(), grace.toSeconds());
        drained.get(grace.toMillis(), TimeUnit.MILLISECONDS);
      }
      doors.drain(Duration.between(clock.instant(), end));
    } catch (TimeoutException late) {
      LOG.warn("{} statements are interrupted", statements.running());
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("an ending never fails", impossible);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private Replicas replicas() {
    return new Replicas() {
      @Override
      public ClusterSnapshot snapshot() {
        return cluster.snapshot();
      }

      @Override
      public Optional<SparkBackend> backend(ReplicaId replica) {
        return cluster.backend(replica);
      }

      @Override
      public CompletableFuture<Void> suspect(ReplicaId replica) {
        return cluster.suspect(replica);
      }
    };
  }

  private void closed(Session session) {
    statements.cancelAll(session.id(), "The session was closed.");
    sparkSessions.release(session.id());
  }

  /**
   * Starts everything; the doors answer at once, statements wait for Spark.
   *
   * @param beforeStart is given the gateway before anything of it runs, so that whatever happens it
   *     can be closed
   * @throws StartException if it cannot start
   */
  static Gateway start(
      GatewaySettings settings, Installation installation, Path java, Consumer<Gateway> beforeStart)
      throws Exception {
    return new Gateway(settings, installation, java, beforeStart);
  }

  /**
   * Completes when a Spark server is ready; fails with {@link StartException} if one did not start.
   */
  CompletableFuture<ClusterSnapshot> whenReady() {
    CompletableFuture<ClusterSnapshot> ready = cluster.awaitReady();
    cluster.addListener(
        snapshot ->
            cluster
                .startFailure()
                .ifPresent(
                    failure ->
                        ready.completeExceptionally(
                            new StartException(
                                failure.getMessage()
                                    + ". The end of its log:\n"
                                    + String.join("\n", failure.lastLines())))));
    return ready;
  }

  /**
   * Runs a small query on every Spark server that is ready or comes to be.
   *
   * @return completes when those that are ready now have run it
   */
  CompletableFuture<Void> warmUp(String sql) {
    Set<ReplicaId> begun = ConcurrentHashMap.newKeySet();
    cluster.addListener(snapshot -> warmUp(snapshot, begun, sql));
    return warmUp(cluster.snapshot(), begun, sql);
  }

  private CompletableFuture<Void> warmUp(
      ClusterSnapshot snapshot, Set<ReplicaId> begun, String sql) {
    return CompletableFuture.allOf(
        snapshot.replicas().stream()
            .filter(status -> status.state() == ReplicaState.READY && begun.add(status.id()))
            .flatMap(status -> cluster.backend(status.id()).stream())
            .map(backend -> WarmUp.run(backend, sql))
            .toArray(CompletableFuture[]::new));
  }

  int grpcPort() {
    return doors.grpcPort();
  }

  int httpPort() {
    return doors.httpPort();
  }

  int thriftPort() {
    return doors.thriftPort();
  }

  /** Returns the Spark processes' ids. */
  List<Long> sparkPids() {
    return provisioner.list().stream()
        .flatMap(provisioner::processes)
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Returns where the ready Spark servers listen. */
  List<SparkEndpoint> sparkEndpoints() {
    List<Optional<SparkBackend>> ready =
        cluster.snapshot().replicas().stream().map(status -> cluster.backend(status.id())).toList();
    return endpoints.entrySet().stream()
        .filter(entry -> ready.contains(Optional.of(entry.getValue())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Forgets where Spark servers listened that are gone; those that start are not known yet. */
  private void forgetEndpoints() {
    Set<SparkBackend> there =
        cluster.snapshot().replicas().stream()
            .flatMap(status -> cluster.backend(status.id()).stream())
            .collect(Collectors.toSet());
    seenReady.addAll(there);
    endpoints.values().removeIf(backend -> seenReady.contains(backend) && !there.contains(backend));
    seenReady.retainAll(there);
  }

  /** Returns how many statements have not ended. */
  int runningStatements() {
    return statements.running();
  }

  /** Returns how much it holds of what clients and statements take and must give back. */
  Map<String, Long> held() {
    ClusterLoad load = queue.load();
    ClusterLoad schemas = schemaQueue.load();
    return Map.of(
        "statements",
        (long) statements.running(),
        "permits",
        (long) load.running() + schemas.running(),
        "waiting",
        (long) load.queued() + schemas.queued(),
        "sessions",
        (long) sessions.size(),
        "handles",
        doors.handles(),
        "parameterBytes",
        doors.parameterBytes(),
        "sparkSessions",
        (long) sparkSessions.size(),
        "sparkLeases",
        (long) sparkSessions.leases(),
        "vectorBytes",
        allocator.getAllocatedMemory());
  }

  /** Returns whether the gateway serves, and what is wrong, in words for anybody. */
  HttpDoor.Readiness readiness() {
    if (statements.isStopping()) {
      return ReadinessReport.stopping();
    }
    ClusterSnapshot known = cluster.snapshot();
    // A cluster that stands still for want of statements serves: the next one starts it.
    return ReadinessReport.of(
        cluster.isSuspended() ? new ClusterSnapshot(known.cluster(), List.of(), "") : known,
        policies.health());
  }

  @Override
  public void close() {
    synchronized (parts) {
      if (closed) {
        return;
      }
      closed = true;
    }
    while (!parts.isEmpty()) {
      close(parts.pop());
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception failure) {
      LOG.error("{} did not close", part.getClass().getSimpleName(), failure);
    }
  }

  /** Closes a part once; who comes second waits until it is closed. */
  private static final class ClosedOnce implements AutoCloseable {
    private final AutoCloseable part;
    private boolean closed;

    ClosedOnce(AutoCloseable part) {
      this.part = part;
    }

    @Override
    public synchronized void close() throws Exception {
      if (!closed) {
        closed = true;
        part.close();
      }
    }
  }
}
