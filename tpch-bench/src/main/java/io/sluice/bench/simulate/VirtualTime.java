package io.sluice.bench.simulate;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that jumps from one event to the next. */
final class VirtualTime {

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private long now;
  private long lastNumber;

  /** Returns milliseconds since the beginning. */
  long millis() {
    return now;
  }

  Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  /** Has something done at a time that is not past. */
  void at(long millis, Runnable action) {
    if (millis < now) {
      throw new IllegalArgumentException("that is past");
    }
    events.add(new Event(millis, ++lastNumber, action));
  }

  /** Does all that is due until then, each at its time. */
  void runUntil(long millis) {
    while (!events.isEmpty() && events.peek().at() <= millis) {
      Event event = events.remove();
      now = event.at();
      event.action().run();
    }
    now = millis;
  }

  private record Event(long at, long number, Runnable action) {}
}
