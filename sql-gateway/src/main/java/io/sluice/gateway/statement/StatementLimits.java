package io.sluice.gateway.statement;

import io.sluice.planner.SessionSettings;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a statement may take, and how much it may return. One that passes a limit of time ends
 * with {@code STATEMENT_TIMEOUT}, one whose result passes a limit with {@code RESULT_TOO_LARGE}
 * before anything beyond the limit is sent. The wait for a permit has a limit of its own, that of
 * the queue.
 *
 * @param clientStall how long its client may take no part of the result while there is more; above
 *     zero. Meanwhile it holds a permit, and Spark holds the rows
 * @param runTime how long it may run, from its permit on, with all that its client takes to fetch
 *     the result; above zero
 * @param rows how many rows its result may have; above zero
 * @param bytes how many bytes of Arrow data its result may have, as they are sent; above zero
 */
public record StatementLimits(Duration clientStall, Duration runTime, long rows, long bytes) {

  /** As many rows or bytes as there are. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  public StatementLimits {
    if (clientStall.isNegative()
        || clientStall.isZero()
        || runTime.isNegative()
        || runTime.isZero()
        || rows <= 0
        || bytes <= 0) {
      throw new IllegalArgumentException("a statement's limits are above zero");
    }
  }

  /** Returns these limits, or what a session has SET where that is lower. */
  StatementLimits loweredBy(Map<String, String> configuration) {
    return new StatementLimits(
        lower(clientStall, configuration.get(SessionSettings.STALL_TIMEOUT)),
        lower(runTime, configuration.get(SessionSettings.TIMEOUT)),
        lower(rows, configuration.get(SessionSettings.MAX_ROWS)),
        lower(bytes, configuration.get(SessionSettings.MAX_BYTES)));
  }

  private static Duration lower(Duration limit, @Nullable String seconds) {
    if (seconds == null) {
      return limit;
    }
    Duration wish = Duration.ofSeconds(Long.parseLong(seconds));
    return wish.compareTo(limit) < 0 ? wish : limit;
  }

  private static long lower(long limit, @Nullable String wish) {
    return wish == null ? limit : Math.min(Long.parseLong(wish), limit);
  }

  /** Returns a limit in words. */
  static String words(Duration limit) {
    long seconds = limit.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
