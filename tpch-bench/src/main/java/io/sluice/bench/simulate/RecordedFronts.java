package io.sluice.bench.simulate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which ways to scale a page says are on the front of each trace: in a section with the trace's
 * name, the tables that {@link Comparison#table()} makes, of which the first column names the way
 * and the last says yes.
 */
public final class RecordedFronts {

  private static final String SECTION = "### ";

  private final Map<String, Set<String>> fronts = new LinkedHashMap<>();

  /** Reads them out of a page in Markdown. */
  public RecordedFronts(List<String> page) {
    String trace = "";
    for (String line : page) {
      if (line.startsWith(SECTION)) {
        trace = line.substring(SECTION.length()).strip().toLowerCase(Locale.ROOT);
      } else if (line.startsWith("|")) {
        String[] cells = line.substring(1).split("\\|", -1);
        Set<String> front = fronts.computeIfAbsent(trace, none -> new TreeSet<>());
        if (cells.length > 2 && cells[cells.length - 2].strip().equals("yes")) {
          front.add(cells[0].strip());
        }
      }
    }
  }

  /** Returns how a simulation differs from the page, for people; empty if it does not. */
  public Optional<String> difference(Comparison comparison) {
    Set<String> recorded = fronts.get(comparison.trace());
    Set<String> found = new TreeSet<>(comparison.front());
    if (recorded == null) {
      return Optional.of("The page has no table of " + comparison.trace() + ".");
    }
    return recorded.equals(found)
        ? Optional.empty()
        : Optional.of(
            "On the front of "
                + comparison.trace()
                + " are "
                + String.join("; ", found)
                + ". The page says "
                + String.join("; ", recorded)
                + ".");
  }
}
