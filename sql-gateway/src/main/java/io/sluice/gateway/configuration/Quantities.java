package io.sluice.gateway.configuration;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes with their units. */
final class Quantities {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,6})(b|k|m|g|t)");

  private Quantities() {}

  /** Reads {@code 500ms}, {@code 30s}, {@code 5m}, {@code 8h}, {@code 7d}. */
  static Optional<Duration> duration(String text) {
    Matcher form = DURATION.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(form.group(1));
    return Optional.of(
        switch (form.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }

  /** Reads {@code 512b}, {@code 64k}, {@code 64m}, {@code 2g}, {@code 1t}, by powers of 1,024. */
  static Optional<Long> size(String text) {
    Matcher form = SIZE.matcher(text);
    return form.matches()
        ? Optional.of(Long.parseLong(form.group(1)) << (10 * "bkmgt".indexOf(form.group(2))))
        : Optional.empty();
  }
}
