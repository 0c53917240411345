package io.sluice.bench.query;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The 22 queries with the substitution parameters of the specification's validation run (TPC-H
 * 3.0.1, clause 2.4), in Spark SQL with one-part table names; the fifteenth in its WITH form.
 */
public final class TpchQueries {

  /** There are so many, numbered from 1. */
  public static final int COUNT = 22;

  /**
   * Result sizes that follow from the query alone, at any scale from 0.01 up: one row for a total,
   * one for each of a fixed set of groups.
   */
  private static final Map<Integer, Integer> ROWS =
      Map.of(1, 4, 4, 5, 6, 1, 7, 4, 8, 2, 12, 2, 14, 1, 17, 1, 19, 1, 22, 7);

  private TpchQueries() {}

  /**
   * Returns the text of a query, without a semicolon.
   *
   * @param number from 1 to 22
   */
  public static String text(int number) {
    if (number < 1 || number > COUNT) {
      throw new IllegalArgumentException("TPC-H has queries 1 to 22, not " + number + ".");
    }
    String name = "queries/q%02d.sql".formatted(number);
    try (InputStream text = TpchQueries.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IllegalStateException(name + " is missing from the jar.");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number of rows that a query gives at any scale from 0.01 up, where it is fixed. */
  public static Optional<Integer> rows(int number) {
    return Optional.ofNullable(ROWS.get(number));
  }
}
