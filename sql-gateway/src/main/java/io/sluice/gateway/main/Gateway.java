package io.sluice.gateway.main;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.arrow.ResultReader;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.CurrentUsers;
import io.sluice.gateway.identity.StoredPrincipals;
import io.sluice.gateway.identity.UsersWatch;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.metrics.Observed;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.gateway.statement.Analyses;
import io.sluice.gateway.statement.Clusters;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.Journal;
import io.sluice.gateway.statement.SeparateRuns;
import io.sluice.gateway.statement.SparkSessions;
import io.sluice.gateway.statement.SparkStatementService;
import io.sluice.gateway.statement.StatementQueue;
import io.sluice.gateway.statement.ViewChanges;
import io.sluice.model.ClusterLoad;
import io.sluice.model.StatementId;
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
import io.sluice.spark.SparkEndpoint;
import java.nio.file.Path;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graph of a running gateway: put together in one place, taken apart in reverse. The bounds of
 * what may hold it up, Spark's end beside the doors', come to about 12 s after the grace that
 * running statements have.
 */
final class Gateway implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration SPARK_SESSION_IDLE = Duration.ofMinutes(15);
  private static final Duration CATALOG_FRESHNESS = Duration.ofSeconds(1);

  /** What analyses may hold of the heap; a tenth of a small one. */
  private static final long ANALYSES_BYTES = 48L << 20;

  static final Duration HOUSEKEEPING = Duration.ofSeconds(1);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final GatewayMetrics metrics = new GatewayMetrics();
  private final InstantSource clock = InstantSource.system();
  private final RunningClusters clusters;
  private final boolean comeAndGo;
  private final ClusterFeed feed;
  private final PolicyEngine policies;
  private final SparkSessions sparkSessions;
  private final SessionRegistry sessions;
  private final Supplier<UsersWatch.Health> usersHealth;
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
    CurrentUsers users = new CurrentUsers(settings.users());
    Principals principals = new StoredPrincipals(users, settings.administrators());
    AnalysisCache analyzer =
        new AnalysisCache(
            catalog,
            policies,
            (tables, decisions) ->
                new StatementAnalyzer(tables, decisions, metadata, principals, clock)::analyze,
            ANALYSES_BYTES);

    sparkSessions = new SparkSessions(SPARK_SESSION_IDLE, clock);
    Clusters routes = new Clusters(this::whyUnknown, clock);
    clusters = new RunningClusters(settings.routing(), routes, this::joined);
    comeAndGo = settings.clusters().comeAndGo();
    feed =
        settings
            .clusters()
            .feed(
                new ClusterSource.Surroundings(
                    clusters, sparkSessions, installation, settings.data(), java, threads, clock));
    AutoCloseable sparks = opened(new ClosedOnce(feed));

    RowEncoder encoder = new RowEncoder(allocator);
    Journal journal = new Journal(clock, metrics.statements());
    GatewayAnswers answers =
        new GatewayAnswers(settings.limits().clientStall(), threads.work(), clock);
    statements =
        new SparkStatementService(
            new Analyses(
                metrics.timed(analyzer::analyze, ProcessorTime::ofThisThread),
                analyzer::isCurrent,
                threads.planning()),
            principals::isAdministrator,
            clusters,
            routes,
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
            settings.home(),
            settings.sessionIdleExpiry(),
            clock,
            statements::isBusy,
            routes::check,
            users::isCurrent);
    sessions.onClose(this::closed);
    users.onChange(names -> logOut(names, users));
    usersHealth = watch(settings, users, threads);
    threads
        .timer()
        .scheduleWithFixedDelay(
            () ->
                threads
                    .work()
                    .execute(
                        () ->
                            keepHouse(
                                () -> clusters.all().forEach(RunningCluster::changed),
                                () -> metrics.keepOnly(clusters.names()),
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
            users,
            principals,
            new Doors.Reports(
                this::readiness,
                principal -> clusters.reports(principal, principals.isAdministrator(principal)),
                metrics::expose),
            clock);
    metrics.observe(() -> observed(catalog));
    opened(() -> beginToStop(settings.grace(), sparks, threads.blocking()));
    feed.start();
    doors.start();
  }

  private String whyUnknown() {
    return feed.trouble();
  }

  private void joined(RunningCluster cluster) {
    cluster.manager().addListener(snapshot -> sparkSessions.keepOnly(clusters.replicaIds()));
    StatementQueue queue = cluster.queues().statements();
    cluster
        .manager()
        .onInterrupt(
            gone -> {
              List<StatementId> interrupted = queue.runningOn(gone);
              metrics.clusters().interrupted(cluster.name(), interrupted.size());
              statements.replicaLeaves(interrupted);
            });
    cluster.count(metrics.clusters());
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
  private void beginToStop(Duration grace, AutoCloseable sparks, Executor blocking) {
    drain(grace);
    statements.shutDown();
    blocking.execute(() -> close(sparks));
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

  /** All of the statements first, so that none gets the permit that another gives back. */
  private void logOut(Set<String> names, CurrentUsers users) {
    statements.cancelAll(
        session ->
            names.contains(session.principal().name()) && !users.isCurrent(session.principal()),
        "The user was changed or taken away.");
    sessions.closeFormer(names);
  }

  private Supplier<UsersWatch.Health> watch(
      GatewaySettings settings, CurrentUsers users, Threads threads) {
    return settings
        .usersFile()
        .map(
            file ->
                opened(
                    new UsersWatch(
                        file, users, HOUSEKEEPING, threads.timer(), threads.watching(), clock)))
        .<Supplier<UsersWatch.Health>>map(watch -> watch::health)
        .orElse(() -> UsersWatch.Health.FIXED);
  }

  private void closed(Session session) {
    statements.cancelAll(session::equals, "The session was closed.");
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
   * Completes when each cluster has a Spark server that is ready; fails with {@link StartException}
   * if one did not start.
   */
  CompletableFuture<Void> whenReady() {
    return CompletableFuture.allOf(
        clusters.all().stream()
            .map(RunningCluster::whenReady)
            .toArray(CompletableFuture<?>[]::new));
  }

  /**
   * Runs a small query on every Spark server that is ready or comes to be.
   *
   * @return completes when those that are ready now have run it
   */
  CompletableFuture<Void> warmUp(String sql) {
    return CompletableFuture.allOf(
        clusters.all().stream()
            .map(cluster -> cluster.warmUp(sql))
            .toArray(CompletableFuture<?>[]::new));
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

  /** Returns the Spark processes' ids, of those that run here. */
  List<Long> sparkPids() {
    return feed.pids().toList();
  }

  /** Returns where the ready Spark servers listen. */
  List<SparkEndpoint> sparkEndpoints() {
    return feed.endpoints().toList();
  }

  /** Returns how many statements have not ended. */
  int runningStatements() {
    return statements.running();
  }

  /** Returns how much it holds of what clients and statements take and must give back. */
  Map<String, Long> held() {
    List<ClusterLoad> loads = clusters.all().stream().map(RunningCluster::load).toList();
    return Map.of(
        "statements",
        (long) statements.running(),
        "textBytes",
        statements.textBytes(),
        "permits",
        loads.stream().mapToLong(ClusterLoad::running).sum(),
        "waiting",
        loads.stream().mapToLong(ClusterLoad::queued).sum(),
        "sessions",
        (long) sessions.size(),
        "handles",
        doors.handles(),
        "clientBytes",
        doors.clientBytes(),
        "sparkSessions",
        (long) sparkSessions.size(),
        "sparkLeases",
        (long) sparkSessions.leases(),
        "vectorBytes",
        allocator.getAllocatedMemory());
  }

  private Observed observed(IcebergCatalogs catalog) {
    return new Observed(
        clock.instant(),
        statements.running(),
        sparkSessions.size(),
        sessions.sizes(),
        doors.connections(),
        allocator.getAllocatedMemory(),
        clusters.all().stream().map(RunningCluster::observed).toList(),
        policies.health(),
        usersHealth.get(),
        catalog.requests());
  }

  /** Returns whether the gateway serves, and what is wrong, in words for anybody. */
  HttpDoor.Readiness readiness() {
    if (statements.isStopping()) {
      return ReadinessReport.stopping();
    }
    HttpDoor.Readiness report =
        ReadinessReport.of(
            clusters.isListed(),
            comeAndGo,
            clusters.all().stream().map(ReadinessReport.ClusterState::of).toList(),
            policies.health(),
            usersHealth.get());
    return feed.isRemembered() ? ReadinessReport.remembered(report) : report;
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
