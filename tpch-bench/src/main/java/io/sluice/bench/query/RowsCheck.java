package io.sluice.bench.query;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares two answers to one query as multisets: the order of rows is the query's only as far as
 * its ORDER BY is total, and none of the 22 relies on more.
 */
public final class RowsCheck {

  private RowsCheck() {}

  /** Returns what differs, or nothing when the answers agree and have the size they must have. */
  public static Optional<String> compare(
      int query, List<List<String>> left, List<List<String>> right) {
    Optional<Integer> expected = TpchQueries.rows(query);
    if (expected.isPresent() && left.size() != expected.get()) {
      return Optional.of("%d rows, not %d".formatted(left.size(), expected.get()));
    }
    if (left.size() != right.size()) {
      return Optional.of("%d rows and %d".formatted(left.size(), right.size()));
    }
    Map<List<String>, Integer> counts = new HashMap<>();
    left.forEach(row -> counts.merge(row, 1, Integer::sum));
    for (List<String> row : right) {
      Integer count = counts.get(row);
      if (count == null) {
        return Optional.of("only on the right: " + row);
      }
      if (count == 1) {
        counts.remove(row);
      } else {
        counts.put(row, count - 1);
      }
    }
    return Optional.empty();
  }
}
