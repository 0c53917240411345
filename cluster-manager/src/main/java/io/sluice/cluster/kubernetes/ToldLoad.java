package io.sluice.cluster.kubernetes;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a gateway tells the others of one cluster.
 *
 * @param load its statements
 * @param leftAlone the draining replicas that get nothing new through it, and since when they drain
 *     by the clock of the gateway that leads; the load is of no earlier moment
 */
record ToldLoad(ClusterLoad load, Map<ReplicaId, Instant> leftAlone) {

  /** What is told of a cluster by one that does not mention it. */
  static final ToldLoad NOTHING = new ToldLoad(ClusterLoad.none(Instant.EPOCH), Map.of());

  ToldLoad {
    leftAlone = Map.copyOf(leftAlone);
  }

  /**
   * Returns whether the gateway that leads is to hear of this sooner than of what it said before.
   */
  boolean isUrgentAfter(ToldLoad before) {
    return !leftAlone.equals(before.leftAlone) || (load.queued() > 0 && before.load.queued() == 0);
  }

  /** Returns this as JSON has it; zeros are left out. */
  Map<String, Object> write() {
    Map<String, Object> written = new LinkedHashMap<>();
    put(written, "running", load.running());
    put(written, "queued", load.queued());
    put(written, "oldestWait", load.oldestWait().toSeconds());
    put(written, "runningWork", load.runningWork());
    put(written, "queuedWork", load.queuedWork());
    put(written, "offered", load.offered());
    written.put("lastActivity", load.lastActivity().toString());
    put(written, "runningOn", load.runningOn());
    put(written, "leftAlone", leftAlone);
    return written;
  }

  private static void put(Map<String, Object> written, String field, Number number) {
    if (number.doubleValue() != 0) {
      written.put(field, number);
    }
  }

  private static void put(Map<String, Object> written, String field, Map<ReplicaId, ?> values) {
    Map<String, Object> byName = new LinkedHashMap<>();
    values.forEach(
        (replica, value) ->
            byName.put(replica.value(), value instanceof Number ? value : value.toString()));
    if (!byName.isEmpty()) {
      written.put(field, byName);
    }
  }

  /**
   * Reads what {@link #write} returned.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static ToldLoad read(ResourceFields told) {
    Map<ReplicaId, Integer> running = new HashMap<>();
    ResourceFields runningOn = told.object("runningOn");
    told.map("runningOn")
        .keySet()
        .forEach(id -> running.put(new ReplicaId(id), runningOn.integer(id, 0)));
    Map<ReplicaId, Instant> leftAlone = new HashMap<>();
    told.texts("leftAlone")
        .forEach((id, since) -> leftAlone.put(new ReplicaId(id), instant(since)));
    ClusterLoad load =
        new ClusterLoad(
            told.integer("running", 0),
            told.integer("queued", 0),
            Duration.ofSeconds(told.integer("oldestWait", 0)),
            told.number("runningWork", 0),
            told.number("queuedWork", 0),
            told.number("offered", 0),
            told.optionalText("lastActivity").map(ToldLoad::instant).orElse(Instant.EPOCH),
            running);
    return new ToldLoad(load, leftAlone);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException otherwise) {
      throw new IllegalArgumentException("no time: " + text, otherwise);
    }
  }
}
