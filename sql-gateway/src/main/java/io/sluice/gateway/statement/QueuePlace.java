package io.sluice.gateway.statement;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a statement stands that waits for its turn.
 *
 * @param position 1 for the one whose turn it is next
 * @param expectedWait a guess from how long statements took before; empty while no Spark server is
 *     ready
 * @param reason why none is ready, for people; empty when one is
 */
public record QueuePlace(int position, Optional<Duration> expectedWait, String reason) {

  /** Returns it for people, in words that do not change with every second. */
  public String words() {
    return "number "
        + position
        + " in the queue"
        + expectedWait.map(wait -> ", for about " + about(wait.toSeconds())).orElse("")
        + (reason.isEmpty() ? "" : "; " + reason);
  }

  private static String about(long seconds) {
    return seconds < 60 ? (seconds / 10 + 1) * 10 + " s" : (seconds + 30) / 60 + " min";
  }
}
