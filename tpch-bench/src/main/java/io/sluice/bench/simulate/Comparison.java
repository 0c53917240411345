package io.sluice.bench.simulate;

import io.sluice.bench.measure.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One trace, scaled in each of several ways. */
public final class Comparison {

  private final Trace trace;
  private final Map<String, Outcome> outcomes;

  private Comparison(Trace trace, Map<String, Outcome> outcomes) {
    this.trace = trace;
    this.outcomes = outcomes;
  }

  /** Simulates them all. */
  public static Comparison of(Trace trace, List<Contender> contenders) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    contenders.forEach(one -> outcomes.put(one.name(), Simulation.run(trace, one)));
    return new Comparison(trace, outcomes);
  }

  /** Returns the trace's name and size. */
  public String title() {
    return String.format(
        Locale.ROOT,
        "%s: %,d statements, %.1f h of work",
        trace.name(),
        trace.statements().size(),
        trace.statements().stream().mapToLong(Trace.TracedStatement::durationMillis).sum() / 3.6e6);
  }

  /** Whether none of the others waits less at the same cost or costs less at the same wait. */
  boolean isOnFront(String name) {
    Outcome own = outcomes.get(name);
    return own != null && outcomes.values().stream().noneMatch(own::isDominatedBy);
  }

  /** Returns the trace's name. */
  String trace() {
    return trace.name();
  }

  /** Returns those that are on the front. */
  List<String> front() {
    return outcomes.keySet().stream().filter(this::isOnFront).toList();
  }

  /** Returns a line for each way to scale. */
  public TextTable table() {
    TextTable table =
        new TextTable(
            "policy", "p50 s", "p95 s", "p99 s", "over 1 s", "replica-h", "starts", "cut", "front");
    outcomes.forEach(
        (name, outcome) ->
            table.row(
                name,
                number(outcome.waitSeconds(0.5)),
                number(outcome.waitSeconds(0.95)),
                number(outcome.waitSeconds(0.99)),
                number(outcome.shareOverOneSecond() * 100) + " %",
                number(outcome.replicaHours()),
                Integer.toString(outcome.starts()),
                Integer.toString(outcome.interruptedDrains()),
                isOnFront(name) ? "yes" : ""));
    return table;
  }

  /** Returns what to plot. */
  public List<ScatterPlot.Point> points() {
    return outcomes.entrySet().stream()
        .map(
            entry ->
                new ScatterPlot.Point(
                    entry.getKey(),
                    entry.getValue().replicaHours(),
                    entry.getValue().waitSeconds(0.95),
                    isOnFront(entry.getKey())))
        .toList();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
