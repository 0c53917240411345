package io.sluice.gateway.statement;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A decimal type of Spark: {@code decimal(precision,scale)}, at most 38 digits. */
public record SparkDecimal(int precision, int scale) {

  private static final Pattern FORM = Pattern.compile("decimal\\((\\d{1,2}), ?(\\d{1,2})\\)");

  /** Reads a Spark type's name; empty when it is another type's. */
  public static Optional<SparkDecimal> parse(String sparkType) {
    Matcher matcher = FORM.matcher(sparkType);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new SparkDecimal(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
  }
}
