package io.sluice.router;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long statements are expected to take, from those that ended: a moving average for each user,
 * since a dashboard's statements resemble each other more than those of everybody.
 */
final class WorkEstimate {

  /** What is expected as long as nothing has ended. */
  private static final double FIRST_GUESS_SECONDS = 5;

  private static final double NEWEST = 0.1;
  private static final double MEMORY_SECONDS = 120;
  private static final int MOST_USERS = 1000;

  private final Map<String, Double> byUser =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Double> eldest) {
          return size() > MOST_USERS;
        }
      };

  private double all = Double.NaN;

  /** Statement-seconds that arrived, fading with {@link #MEMORY_SECONDS}. */
  private double arrived;

  private Instant arrivedUntil;

  WorkEstimate(Instant now) {
    this.arrivedUntil = now;
  }

  void arrived(String user, Instant now) {
    fade(now);
    arrived += seconds(user);
  }

  void ended(String user, Duration took) {
    double seconds = took.toMillis() / 1e3;
    all = Double.isNaN(all) ? seconds : all + NEWEST * (seconds - all);
    double before = byUser.getOrDefault(user, all);
    byUser.put(user, before + NEWEST * (seconds - before));
  }

  /** Returns how long one of the user's statements takes, in seconds. */
  double seconds(String user) {
    return byUser.getOrDefault(user, Double.isNaN(all) ? FIRST_GUESS_SECONDS : all);
  }

  /**
   * Returns how much longer one takes that has run for a while, in seconds. One that has outlived
   * what was expected is likely to be of the long kind.
   */
  double rest(String user, Duration ran) {
    double seconds = ran.toMillis() / 1e3;
    return Math.max(seconds(user) - seconds, seconds / 2);
  }

  /** Returns how many statements would run at a time if none had to wait. */
  double offered(Instant now) {
    fade(now);
    return arrived / MEMORY_SECONDS;
  }

  private void fade(Instant now) {
    double passed = Duration.between(arrivedUntil, now).toMillis() / 1e3;
    if (passed > 0) {
      arrived *= Math.exp(-passed / MEMORY_SECONDS);
      arrivedUntil = now;
    }
  }
}
