package io.sluice.bench.analysis;

import io.sluice.bench.query.TpchQueries;
import io.sluice.planner.catalog.TableMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The policies that are measured: every table has a row filter and its comment masked. For each
 * query there is a user of its own to whom in every table one more column is denied, one that the
 * query does not use; where it uses all, the table has none.
 */
final class Restrictions {

  /** To whom no column is denied. */
  static final String MASKED = "masked";

  private static final Pattern STAR = Pattern.compile("(?i)select\\s+\\*\\s+from\\s+(\\w+)");

  private Restrictions() {}

  /** Returns to whom columns are denied that a query does not use. */
  static String denied(int query) {
    return "denied" + query;
  }

  /** Returns all users. */
  static List<String> users() {
    List<String> users = new ArrayList<>(List.of(MASKED));
    for (int query = 1; query <= TpchQueries.COUNT; query++) {
      users.add(denied(query));
    }
    return users;
  }

  /** Returns the row filter. */
  static String filter(TableMetadata table) {
    String key = table.columnNames().get(0);
    return key + " > 0 and " + key + " % 7 <> 3";
  }

  /** Returns the masked column. */
  static String masked(TableMetadata table) {
    List<String> columns = table.columnNames();
    return columns.get(columns.size() - 1);
  }

  /** Returns the last column but the masked one that a query does not use; a star uses all. */
  static Optional<String> unused(TableMetadata table, int query) {
    String text = TpchQueries.text(query);
    Matcher stars = STAR.matcher(text);
    if (stars.results().anyMatch(star -> star.group(1).equals(table.name().table()))) {
      return Optional.empty();
    }
    List<String> columns = table.columnNames();
    return columns.subList(0, columns.size() - 1).stream()
        .filter(column -> !text.contains(column))
        .reduce((first, second) -> second);
  }
}
