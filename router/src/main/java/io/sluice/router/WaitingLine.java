package io.sluice.router;

import io.sluice.model.StatementId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The statements that wait for a permit, and whose turn it is: the rule stands at {@link
 * Admission}.
 */
final class WaitingLine {

  private final ToIntFunction<String> running;

  /** In the order of arrival. */
  private final Map<StatementId, Waiting> queue = new LinkedHashMap<>();

  /** The same statements, each user's and priority's for itself. */
  private final Map<Flow, LinkedHashSet<StatementId>> flows = new HashMap<>();

  /** How many of higher priorities were taken since one of each was, while some of it waited. */
  private final Map<Priority, Integer> passedOver = new EnumMap<>(Priority.class);

  private long lastArrival;

  private record Flow(String user, Priority priority) {}

  private record Waiting(Flow flow, long arrival, Instant since) {}

  /** A statement whose turn has come, and its user. */
  record Next(StatementId statement, String user) {}

  /**
   * Nobody waits.
   *
   * @param running how many statements of a user hold a permit
   */
  WaitingLine(ToIntFunction<String> running) {
    this.running = running;
  }

  void add(StatementId statement, String user, Priority priority, Instant now) {
    Flow flow = new Flow(user, priority);
    queue.put(statement, new Waiting(flow, ++lastArrival, now));
    flows.computeIfAbsent(flow, none -> new LinkedHashSet<>()).add(statement);
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int size() {
    return queue.size();
  }

  /** Takes out the statement whose turn it is; there must be one. */
  Next take() {
    StatementId next =
        flows.values().stream()
            .map(statements -> statements.iterator().next())
            .min(Comparator.comparing(first -> turn(waiting(first), 0)))
            .orElseThrow();
    Flow flow = waiting(next).flow;
    remove(next);
    countPassedOver(flow.priority);
    return new Next(next, flow.user);
  }

  private void countPassedOver(Priority taken) {
    for (Priority priority : Priority.values()) {
      boolean waits = flows.keySet().stream().anyMatch(flow -> flow.priority == priority);
      if (priority == taken || !waits) {
        passedOver.remove(priority);
      } else if (priority.weight() < taken.weight()) {
        passedOver.merge(priority, 1, Integer::sum);
      }
    }
  }

  /** When it is the turn of a statement before which so many of its user's own are taken. */
  private Turn turn(Waiting waiting, int earlier) {
    Flow flow = waiting.flow;
    int weight = weight(flow.priority);
    int share = running.applyAsInt(flow.user) + earlier;
    return new Turn((double) share / weight, -weight, waiting.arrival);
  }

  private int weight(Priority priority) {
    int highest = Priority.HIGH.weight();
    return passedOver.getOrDefault(priority, 0) < highest / priority.weight()
        ? priority.weight()
        : highest;
  }

  private record Turn(double share, int lightness, long arrival) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      return Comparator.comparingDouble(Turn::share)
          .thenComparingInt(Turn::lightness)
          .thenComparingLong(Turn::arrival)
          .compare(this, other);
    }
  }

  /**
   * Returns how many of each user's statements are taken before one, if nothing more comes; empty
   * if it does not wait. Lower priorities that take a turn before higher ones are not reckoned
   * with.
   */
  Optional<Map<String, Integer>> before(StatementId statement) {
    Waiting own = queue.get(statement);
    if (own == null) {
      return Optional.empty();
    }
    int earlierOwn = 0;
    for (StatementId other : flows.getOrDefault(own.flow, new LinkedHashSet<>())) {
      if (other.equals(statement)) {
        break;
      }
      earlierOwn++;
    }
    Turn turn = turn(own, earlierOwn);
    Map<String, Integer> before = new HashMap<>();
    flows.forEach(
        (flow, statements) -> {
          int earlier = 0;
          for (StatementId other : statements) {
            if (turn(waiting(other), earlier).compareTo(turn) >= 0) {
              break;
            }
            earlier++;
          }
          before.merge(flow.user, earlier, Integer::sum);
        });
    return Optional.of(before);
  }

  /** Returns how many statements of each user wait. */
  Map<String, Integer> byUser() {
    Map<String, Integer> waiting = new HashMap<>();
    flows.forEach((flow, statements) -> waiting.merge(flow.user, statements.size(), Integer::sum));
    return waiting;
  }

  /** Returns since when the one that has waited longest waits. */
  Optional<Instant> oldest() {
    return queue.values().stream().findFirst().map(Waiting::since);
  }

  /** Takes out those that wait since an instant or for longer. */
  List<StatementId> expire(Instant since) {
    List<StatementId> expired = new ArrayList<>();
    for (Map.Entry<StatementId, Waiting> entry : queue.entrySet()) {
      if (entry.getValue().since.isAfter(since)) {
        break;
      }
      expired.add(entry.getKey());
    }
    expired.forEach(this::remove);
    return expired;
  }

  /** Takes out all. */
  List<StatementId> clear() {
    List<StatementId> all = List.copyOf(queue.keySet());
    all.forEach(this::remove);
    return all;
  }

  /** Takes out a statement; returns whether it waited. */
  boolean remove(StatementId statement) {
    Waiting removed = queue.remove(statement);
    if (removed == null) {
      return false;
    }
    flows.computeIfPresent(
        removed.flow,
        (flow, statements) -> {
          statements.remove(statement);
          return statements.isEmpty() ? null : statements;
        });
    return true;
  }

  private Waiting waiting(StatementId statement) {
    Waiting waiting = queue.get(statement);
    if (waiting == null) {
      throw new IllegalStateException("statement " + statement + " does not wait");
    }
    return waiting;
  }
}
