package io.sluice.planner.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.FakePolicies;
import io.sluice.planner.Namespace;
import io.sluice.planner.Principals;
import io.sluice.planner.StatementAnalyzer;
import io.sluice.planner.corpus.CorpusReadings.Reading;
import io.sluice.planner.corpus.SparkReading.Accepted;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every statement that Spark accepts, analysed where every name is a table's: the text for Spark
 * parses there and names what the user's own text does, in full, and nothing else.
 */
class RewrittenCorpusTest {

  private static final Namespace NAMESPACE = new Namespace("lake", "tpch");

  private static final FakePolicies POLICIES =
      new FakePolicies()
          .grant("unrestricted", "*")
          .permitAll("unrestricted", "*")
          .grant("filtered", "*")
          .filter("filtered", "*", "k > 0 and v in ('a', 'b')")
          .mask("filtered", "*", "m", "MASK_SHOW_LAST_4");

  private final StatementAnalyzer analyzer;

  RewrittenCorpusTest() {
    EveryTable tables = new EveryTable(catalogs());
    analyzer =
        new StatementAnalyzer(
            tables, POLICIES, tables, new Nobody(), InstantSource.fixed(Instant.EPOCH));
  }

  /** Whatever comes first in a name of three parts is a catalog, but for Spark's own. */
  private static Set<String> catalogs() {
    Set<String> catalogs = new HashSet<>(Set.of(NAMESPACE.catalog()));
    CorpusReadings.accepted()
        .map(Reading::spark)
        .filter(Accepted.class::isInstance)
        .flatMap(spark -> ((Accepted) spark).relations().stream())
        .filter(name -> name.size() == 3)
        .forEach(name -> catalogs.add(name.get(0)));
    catalogs.remove("spark_catalog");
    return catalogs;
  }

  @ParameterizedTest
  @ValueSource(strings = {"unrestricted", "filtered"})
  void theTextForSparkNamesWhatTheUsersTextDoes(String user) {
    Map<String, Long> outcomes = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    SparkThread.call(
        () -> {
          CorpusReadings.accepted()
              .forEach(
                  reading -> outcomes.merge(outcome(reading, user, differences), 1L, Long::sum));
          return true;
        });
    CorpusReadings.record("analysed-" + user + ".txt", outcomes);
    assertThat(differences).isEmpty();
    assertThat(outcomes.get("query")).isGreaterThan(9_000);
    assertThat(user.equals("filtered") || outcomes.get("command") > 700).isTrue();
    assertThat(outcomes.get("view")).isGreaterThan(200);
  }

  private String outcome(Reading reading, String user, List<String> differences) {
    Analysis analysis;
    try {
      analysis =
          analyzer.analyze(
              new AnalysisRequest(
                  reading.text(), new Principal(user, Set.of()), "127.0.0.1", NAMESPACE, Map.of()));
    } catch (SluiceException e) {
      return "refused: " + e.code() + ": " + Comparison.withoutNames(e.getMessage());
    }
    Optional<Analysis.SparkQuery> sent = query(analysis);
    if (sent.isEmpty()) {
      return "answered: " + analysis.getClass().getSimpleName();
    }
    Analysis.SparkQuery query = sent.get();
    SparkReading expected = reading.spark();
    if (expected instanceof Accepted accepted) {
      List<List<String>> names = new ArrayList<>(qualified(accepted.relations()));
      if (analysis instanceof Analysis.DefineView view) {
        TableName made = view.definition().name();
        names.remove(List.of(made.catalog(), made.schema(), made.table()));
      }
      expected = named(names, accepted);
    }
    SparkReading actual = SparkOracle.read(query.sql());
    if (actual instanceof Accepted accepted) {
      actual = named(accepted.relations(), accepted);
    }
    if (!actual.equals(expected)) {
      differences.add(
          "statement: %s\n  for Spark: %s\n  expected: %s\n  actual:   %s"
              .formatted(reading.text(), query.sql(), expected, actual));
    }
    return analysis == query ? query.command() ? "command" : "query" : "view";
  }

  /** Returns what Spark is sent: of a view, what it reads. */
  private static Optional<Analysis.SparkQuery> query(Analysis analysis) {
    if (analysis instanceof Analysis.DefineView view) {
      return Optional.of(view.query());
    }
    if (analysis instanceof Analysis.DefineTemporaryView view) {
      return Optional.of(view.query());
    }
    return analysis instanceof Analysis.SparkQuery query ? Optional.of(query) : Optional.empty();
  }

  /** Returns what must be alike; a name of WITH may be a table's, so what is written may not be. */
  private static Accepted named(List<List<String>> relations, Accepted accepted) {
    return new Accepted(relations, accepted.commonReferences(), List.of());
  }

  private static List<List<String>> qualified(List<List<String>> names) {
    return names.stream()
        .map(
            name ->
                switch (name.size()) {
                  case 1 -> List.of(NAMESPACE.catalog(), NAMESPACE.schema(), name.get(0));
                  case 2 -> List.of(NAMESPACE.catalog(), name.get(0), name.get(1));
                  default -> name;
                })
        .sorted(Comparator.comparing(Object::toString))
        .toList();
  }

  private static final class Nobody implements Principals {
    @Override
    public boolean isAdministrator(Principal principal) {
      return false;
    }

    @Override
    public Optional<Principal> find(String user) {
      return Optional.empty();
    }
  }
}
