package io.sluice.router;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The permits and the queue of one cluster.
 *
 * <p>A statement runs when a ready replica has a free permit; until then it waits. Whose turn it is
 * is decided when a permit comes free: the user with the smallest share of what runs goes first,
 * and of one user's statements, or between users with equal shares, the oldest. So a user who sends
 * a thousand statements delays another's single one by at most one statement, and no statement
 * waits behind one that could not run anyway. The permit goes to the replica that is least loaded
 * for its size; how many permits that has follows its throughput: {@link ConcurrencyLimit}.
 *
 * <p>A {@link Priority} weighs the share, and of equal shares the higher one goes first. When so
 * many higher ones have gone before those of a priority that wait as it weighs less than the
 * highest, it weighs as much until one of its own goes. So some of every priority go, however many
 * higher ones come, even of the same user or on a single permit.
 *
 * <p>Pure: it holds no clock, lock or thread; the caller serialises the calls.
 */
public final class Admission {

  private AdmissionLimits limits;
  private final WorkEstimate work;
  private final WaitingLine line;
  private final Map<StatementId, Running> running = new HashMap<>();
  private final Map<String, Integer> runningByUser = new HashMap<>();
  private final Map<ReplicaId, Integer> runningByReplica = new HashMap<>();
  private final Map<ReplicaId, ConcurrencyLimit> concurrency = new HashMap<>();
  private Instant lastActivity;

  /**
   * An empty queue.
   *
   * @param now from when on it counts as idle
   */
  public Admission(AdmissionLimits limits, Instant now) {
    this.limits = limits;
    this.work = new WorkEstimate(now);
    this.line = new WaitingLine(user -> runningByUser.getOrDefault(user, 0));
    this.lastActivity = now;
  }

  /** Has other limits hold from now on; what waits and runs stays. */
  public void limits(AdmissionLimits next) {
    if (!next.equals(limits)) {
      limits = next;
      concurrency.clear();
    }
  }

  /** Puts a statement of normal priority in the queue. */
  public void enter(StatementId statement, String user, Instant now) {
    enter(statement, user, Priority.NORMAL, now);
  }

  /**
   * Puts a statement in the queue; {@link #grant} takes it out.
   *
   * @throws SluiceException {@code QUEUE_FULL}
   */
  public void enter(StatementId statement, String user, Priority priority, Instant now) {
    lastActivity = now;
    // What could run at once passes through the queue too, so a queue of length 0 still admits it.
    if (line.size() > limits.queueLength()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          "The queue is full: "
              + limits.queueLength()
              + " statements are waiting. Send the statement again later.");
    }
    add(statement, user, priority, now);
  }

  /**
   * Puts a statement back that had a permit and lost it with its replica. A full queue takes it
   * too: there are never more of them than there were permits.
   */
  public void enterAgain(StatementId statement, String user, Priority priority, Instant now) {
    lastActivity = now;
    add(statement, user, priority, now);
  }

  private void add(StatementId statement, String user, Priority priority, Instant now) {
    line.add(statement, user, priority, now);
    work.arrived(user, now);
  }

  /** Takes the next statement whose turn it is, if a ready replica has room; call until empty. */
  public Optional<Grant> grant(ClusterSnapshot cluster, Instant now) {
    if (line.isEmpty()) {
      return Optional.empty();
    }
    forgetAllBut(cluster);
    Optional<ReplicaStatus> replica = leastLoaded(cluster);
    if (replica.isEmpty()) {
      concurrency.values().forEach(limit -> limit.waits(now));
      replica = leastLoaded(cluster);
    }
    if (replica.isEmpty()) {
      return Optional.empty();
    }
    ReplicaStatus chosen = replica.get();
    WaitingLine.Next next = line.take();
    String reason =
        "least loaded of the ready replicas: "
            + runningOn(chosen.id())
            + " of "
            + permits(chosen)
            + " permits in use";
    running.put(next.statement(), new Running(next.user(), chosen.id(), now));
    limit(chosen).begins(now);
    runningByUser.merge(next.user(), 1, Integer::sum);
    runningByReplica.merge(chosen.id(), 1, Integer::sum);
    return Optional.of(new Grant(next.statement(), chosen.id(), reason));
  }

  private Optional<ReplicaStatus> leastLoaded(ClusterSnapshot cluster) {
    return cluster.replicas().stream()
        .filter(status -> status.state() == ReplicaState.READY)
        .filter(status -> runningOn(status.id()) < permits(status))
        .min(Comparator.comparingDouble(s -> (double) runningOn(s.id()) / permits(s)));
  }

  /**
   * Returns where a statement stands in the queue; empty if it does not wait. It is what would
   * happen if nothing more came: those who come later may have a smaller share. Lower priorities
   * that take a turn before higher ones are not reckoned with, so where several wait it may be a
   * few more.
   */
  public Optional<Place> place(StatementId statement, ClusterSnapshot cluster, Instant now) {
    return line.before(statement).map(before -> place(before, cluster, now));
  }

  private Place place(Map<String, Integer> before, ClusterSnapshot cluster, Instant now) {
    int position = 1;
    double ahead = runningWork(now);
    for (Map.Entry<String, Integer> user : before.entrySet()) {
      position += user.getValue();
      ahead += user.getValue() * work.seconds(user.getKey());
    }
    int permits =
        cluster.replicas().stream()
            .filter(replica -> replica.state() == ReplicaState.READY)
            .mapToInt(this::permits)
            .sum();
    return new Place(
        position,
        permits == 0
            ? Optional.empty()
            : Optional.of(Duration.ofMillis((long) (1e3 * ahead / permits))));
  }

  /** Forgets a statement, wherever it stands; returns whether it was known. */
  public boolean leave(StatementId statement, Instant now) {
    Running ended = running.get(statement);
    if (ended != null) {
      lastActivity = now;
      ConcurrencyLimit limit = concurrency.get(ended.replica());
      if (limit != null) {
        limit.ended(!line.isEmpty() && runningOn(ended.replica()) >= limit.value(), now);
      }
      work.ended(ended.user(), Duration.between(ended.since(), now));
      running.remove(statement);
      runningByUser.computeIfPresent(ended.user(), (user, n) -> n == 1 ? null : n - 1);
      runningByReplica.computeIfPresent(ended.replica(), (replica, n) -> n == 1 ? null : n - 1);
      return true;
    }
    if (!line.remove(statement)) {
      return false;
    }
    lastActivity = now;
    return true;
  }

  /** Takes out the statements that have waited longer than is allowed. */
  public List<StatementId> expire(Instant now) {
    return line.expire(now.minus(limits.queueTimeout()));
  }

  /** Takes out all statements that wait. */
  public List<StatementId> giveUp() {
    return line.clear();
  }

  /** Returns what runs and waits, and how long that is expected to take. */
  public ClusterLoad load(Instant now) {
    Map<String, Double> agesByUser = new HashMap<>();
    for (Running one : running.values()) {
      Duration age = Duration.between(one.since(), now);
      agesByUser.merge(one.user(), age.toMillis() / 1e3, Double::sum);
    }
    double queuedWork = 0;
    for (Map.Entry<String, Integer> waiting : line.byUser().entrySet()) {
      String user = waiting.getKey();
      // What runs and has not ended tells too: the next ones will hardly take less.
      double age = agesByUser.getOrDefault(user, 0.0) / runningByUser.getOrDefault(user, 1);
      queuedWork += waiting.getValue() * Math.max(work.seconds(user), age);
    }
    Duration oldestWait =
        line.oldest().map(since -> Duration.between(since, now)).orElse(Duration.ZERO);
    return new ClusterLoad(
        running.size(),
        line.size(),
        oldestWait,
        runningWork(now),
        queuedWork,
        work.offered(now),
        lastActivity,
        runningByReplica);
  }

  private double runningWork(Instant now) {
    double seconds = 0;
    for (Running one : running.values()) {
      seconds += work.rest(one.user(), Duration.between(one.since(), now));
    }
    return seconds;
  }

  /** Returns the statements that run on a replica. */
  public List<StatementId> runningStatements(ReplicaId replica) {
    return running.entrySet().stream()
        .filter(entry -> entry.getValue().replica().equals(replica))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns how many statements wait. */
  public int waiting() {
    return line.size();
  }

  /** Returns how many statements hold a permit. */
  public int running() {
    return running.size();
  }

  private int runningOn(ReplicaId replica) {
    return runningByReplica.getOrDefault(replica, 0);
  }

  /** Returns how many statements a replica runs at a time, as things stand. */
  public int permits(ReplicaStatus replica) {
    return limit(replica).value();
  }

  private ConcurrencyLimit limit(ReplicaStatus replica) {
    return concurrency.computeIfAbsent(replica.id(), id -> limits.concurrency(replica.taskSlots()));
  }

  private void forgetAllBut(ClusterSnapshot cluster) {
    if (concurrency.size() > cluster.replicas().size()) {
      List<ReplicaId> known = cluster.replicas().stream().map(ReplicaStatus::id).toList();
      concurrency.keySet().retainAll(known);
    }
  }

  /**
   * A permit.
   *
   * @param statement whose turn it is
   * @param replica where it runs
   * @param reason why there, for people
   */
  public record Grant(StatementId statement, ReplicaId replica, String reason) {}

  /**
   * A place in the queue.
   *
   * @param position 1 for the statement whose turn it is next
   * @param expectedWait until a permit is free for it, from how long statements took before; empty
   *     while no replica is ready
   */
  public record Place(int position, Optional<Duration> expectedWait) {}

  private record Running(String user, ReplicaId replica, Instant since) {}
}
