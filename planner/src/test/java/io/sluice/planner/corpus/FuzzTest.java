package io.sluice.planner.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.corpus.CorpusReadings.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Statements of the corpus, changed by chance, as Spark and as the planner read them. The system
 * property {@code sluice.fuzz.mutations} sets how many, {@code sluice.fuzz.first} the first one's
 * number.
 */
class FuzzTest {

  private static final long FIRST = Long.getLong("sluice.fuzz.first", 0);

  private static final long MUTATIONS = Long.getLong("sluice.fuzz.mutations", 20_000);

  private static final int MOST_REPORTED = 20;

  @Test
  void changedStatementsAreReadAsSparkReadsThem() {
    Mutator mutator = new Mutator(CorpusReadings.accepted().map(Reading::text).toList());
    Map<String, Long> outcomes = new TreeMap<>();
    List<String> differences =
        SparkThread.call(
            () -> {
              List<String> found = new ArrayList<>();
              for (long number = FIRST; number < FIRST + MUTATIONS; number++) {
                Mutation mutation = mutator.mutation(number);
                Comparison comparison = Comparison.of(mutation.text());
                outcomes.merge(comparison.outcome(), 1L, Long::sum);
                if (comparison.difference().isPresent() && found.size() < MOST_REPORTED) {
                  found.add(mutation + "\n" + comparison.difference().get());
                }
              }
              return found;
            });
    CorpusReadings.record("fuzz.txt", outcomes);
    assertThat(differences).isEmpty();
    // Enough changes must leave something to compare.
    assertThat(outcomes.getOrDefault("served", 0L)).isGreaterThan(MUTATIONS / 5);
    long parsed =
        MUTATIONS
            - outcomes.getOrDefault(Comparison.REJECTED, 0L)
            - outcomes.getOrDefault(Comparison.BAD_NAME_OUTCOME, 0L);
    System.out.printf(
        "fuzz: %d of %d changed statements parse, %.1f %%%n",
        parsed, MUTATIONS, 100.0 * parsed / MUTATIONS);
    assertThat(parsed).isGreaterThan(MUTATIONS / 3);
  }
}
