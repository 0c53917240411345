package io.sluice.cluster.autoscale;

import java.time.Duration;
import java.util.Locale;

/** Times in reasons. */
final class Words {

  private Words() {}

  static String duration(Duration duration) {
    return seconds(duration.toMillis() / 1e3);
  }

  static String seconds(double seconds) {
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return seconds < 120
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%.0f min", seconds / 60);
  }

  static String count(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }
}
