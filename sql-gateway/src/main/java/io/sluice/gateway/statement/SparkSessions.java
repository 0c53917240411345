package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ReplicaId;
import io.sluice.model.SessionId;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Spark sessions that statements run in. What a statement leaves behind in Spark is nothing, so
 * all statements of one principal that has SET nothing share one Spark session on each replica: a
 * new one costs Spark more than a small query. Those that want their results compressed share
 * another. A session that has SET something else has Spark sessions of its own, made with those
 * settings wherever it runs, and they end with it. So has one with variables, for the statements
 * that name any: Spark is given the variables that are named, with their values, before the
 * statement runs. No Spark session ever serves two principals.
 */
public final class SparkSessions {

  /** Spark's setting of how it compresses the bodies of results. */
  static final String CODEC = "spark.sql.execution.arrow.compression.codec";

  private final Duration idleExpiry;
  private final InstantSource clock;
  private final Map<Owner, Pooled> sessions = new HashMap<>();

  /**
   * Every one that Spark has not been told to release, those too that no statement to come gets.
   */
  private final Set<Pooled> held = new HashSet<>();

  /** Every one that Spark has not confirmed to have released: what ran there may be ending. */
  private final Map<ReplicaId, Set<Pooled>> present = new HashMap<>();

  /**
   * @param idleExpiry how long after its last statement a Spark session is released; well below the
   *     60 minutes after which Spark drops it
   */
  public SparkSessions(Duration idleExpiry, InstantSource clock) {
    this.idleExpiry = idleExpiry;
    this.clock = clock;
  }

  /**
   * Leases a Spark session for one statement; {@link Lease#close} must follow.
   *
   * @param configuration what the session had SET when the statement was authorised
   * @param variables those that the statement may name
   */
  CompletableFuture<Lease> lease(
      Session session,
      Map<String, String> configuration,
      List<SessionVariable> variables,
      ReplicaId replica,
      SparkBackend backend) {
    boolean shared = variables.isEmpty() && Set.of(CODEC).containsAll(configuration.keySet());
    Owner owner =
        new Owner(
            replica,
            session.principal().name(),
            shared ? configuration.getOrDefault(CODEC, "") : "",
            shared ? null : session.id());
    CompletableFuture<Void> ready;
    Pooled pooled;
    Pooled outdated = null;
    synchronized (sessions) {
      pooled = sessions.get(owner);
      if (pooled == null
          || !pooled.configuration.equals(configuration)
          || !pooled.takes(variables)) {
        outdated = pooled;
        pooled = new Pooled(replica, backend, owner.principal, configuration);
        sessions.put(owner, pooled);
        hold(pooled);
      }
      pooled.leases++;
      ready = pooled.give(variables);
      if (outdated != null) {
        outdated.retired = true;
      }
    }
    if (outdated != null && outdated.isFree()) {
      outdated.release();
    }
    Lease lease = new Lease(pooled);
    return ready
        .thenApply(done -> lease)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                forget(owner, lease.pooled);
                lease.close();
              }
            });
  }

  /**
   * Leases a Spark session that nothing else uses, and that is released when the lease is closed:
   * what is uploaded to Spark stays as long as its session.
   *
   * @param variables those that it may name
   */
  CompletableFuture<Lease> leaseAlone(
      Session session,
      Map<String, String> configuration,
      List<SessionVariable> variables,
      ReplicaId replica,
      SparkBackend backend) {
    Pooled alone = new Pooled(replica, backend, session.principal().name(), configuration);
    synchronized (sessions) {
      hold(alone);
      alone.leases = 1;
      alone.retired = true;
    }
    Lease lease = new Lease(alone);
    return alone
        .give(variables)
        .thenApply(done -> lease)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                lease.close();
              }
            });
  }

  /** Releases what a closed session had of its own. */
  public void release(SessionId session) {
    retire(owner -> session.equals(owner.session));
  }

  /** Releases what has been idle for too long; to be called every so often. */
  public void expire() {
    Instant oldest = clock.instant().minus(idleExpiry);
    List<Pooled> free = new ArrayList<>();
    synchronized (sessions) {
      sessions
          .values()
          .removeIf(
              pooled -> {
                boolean idle = pooled.leases == 0 && pooled.lastUse.isBefore(oldest);
                if (idle) {
                  pooled.retired = true;
                  free.add(pooled);
                }
                return idle;
              });
    }
    free.forEach(Pooled::release);
  }

  /** Forgets the sessions of every replica but these. */
  public void keepOnly(List<ReplicaId> replicas) {
    retire(owner -> !replicas.contains(owner.replica));
  }

  /** Forgets the sessions of a replica; those in use end with their use. */
  public void forget(ReplicaId replica) {
    retire(owner -> owner.replica.equals(replica));
  }

  /**
   * Returns how many Spark sessions there are that were not released: those kept for statements to
   * come, and those that are in use for the last time.
   */
  public int size() {
    synchronized (sessions) {
      return held.size();
    }
  }

  /** Returns those on a replica that Spark has not confirmed to have released. */
  public List<SparkSession> on(ReplicaId replica) {
    synchronized (sessions) {
      return present.getOrDefault(replica, Set.of()).stream()
          .map(pooled -> pooled.session)
          .toList();
    }
  }

  /** Under the lock. */
  private void hold(Pooled pooled) {
    held.add(pooled);
    present.computeIfAbsent(pooled.replica, replica -> new HashSet<>()).add(pooled);
  }

  private void left(Pooled pooled) {
    synchronized (sessions) {
      present.computeIfPresent(
          pooled.replica, (replica, left) -> left.remove(pooled) && left.isEmpty() ? null : left);
    }
  }

  /** Returns how many statements use one of them now. */
  public int leases() {
    synchronized (sessions) {
      return held.stream().mapToInt(pooled -> pooled.leases).sum();
    }
  }

  private void retire(Predicate<Owner> which) {
    List<Pooled> free = new ArrayList<>();
    synchronized (sessions) {
      sessions
          .entrySet()
          .removeIf(
              entry -> {
                boolean retired = which.test(entry.getKey());
                if (retired) {
                  entry.getValue().retired = true;
                  if (entry.getValue().leases == 0) {
                    free.add(entry.getValue());
                  }
                }
                return retired;
              });
    }
    free.forEach(Pooled::release);
  }

  private void forget(Owner owner, Pooled pooled) {
    synchronized (sessions) {
      sessions.remove(owner, pooled);
      pooled.retired = true;
    }
  }

  /**
   * Whose it is: a principal's shared one for results of one codec, or that of one session with
   * settings of its own.
   */
  private record Owner(
      ReplicaId replica, String principal, String codec, @Nullable SessionId session) {}

  private final class Pooled {
    private final ReplicaId replica;
    private final SparkBackend backend;
    private final SparkSession session;
    private final Map<String, String> configuration;
    private final Map<String, SessionVariable> given = new HashMap<>();
    private CompletableFuture<Void> ready;
    private int leases;
    private boolean retired;
    private Instant lastUse = clock.instant();

    Pooled(
        ReplicaId replica,
        SparkBackend backend,
        String principal,
        Map<String, String> configuration) {
      this.replica = replica;
      this.backend = backend;
      this.session = new SparkSession(UUID.randomUUID(), principal);
      this.configuration = configuration;
      this.ready =
          configuration.isEmpty()
              ? CompletableFuture.completedFuture(null)
              : backend.setConfiguration(session, configuration);
    }

    /**
     * Returns whether it can have these variables, and has no others: what a statement does not
     * name was not authorised for it.
     */
    boolean takes(List<SessionVariable> variables) {
      boolean has =
          variables.stream().allMatch(variable -> variable.equals(given.get(key(variable))));
      Set<String> named = variables.stream().map(Pooled::key).collect(Collectors.toSet());
      return (has || leases == 0) && named.containsAll(given.keySet());
    }

    /** Returns what completes when Spark has these variables. */
    CompletableFuture<Void> give(List<SessionVariable> variables) {
      for (SessionVariable variable : variables) {
        if (!variable.equals(given.put(key(variable), variable))) {
          String declaration = variable.declaration();
          ready = ready.thenCompose(before -> SmallResult.run(backend, session, declaration));
        }
      }
      return ready;
    }

    private static String key(SessionVariable variable) {
      return variable.name().toLowerCase(Locale.ROOT);
    }

    boolean isFree() {
      synchronized (sessions) {
        return leases == 0;
      }
    }

    void release() {
      synchronized (sessions) {
        held.remove(this);
      }
      // Best effort: Spark ends idle sessions by itself.
      backend.releaseSession(session).whenComplete((done, failure) -> left(this));
    }
  }

  /** The use of a Spark session by one statement. */
  final class Lease implements AutoCloseable {
    private final Pooled pooled;
    private boolean closed;

    private Lease(Pooled pooled) {
      this.pooled = pooled;
    }

    SparkSession session() {
      return pooled.session;
    }

    @Override
    public void close() {
      boolean last;
      synchronized (sessions) {
        if (closed) {
          return;
        }
        closed = true;
        pooled.leases--;
        pooled.lastUse = clock.instant();
        last = pooled.retired && pooled.leases == 0;
      }
      if (last) {
        pooled.release();
      }
    }
  }
}
