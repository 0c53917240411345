package io.sluice.planner.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.corpus.CorpusReadings.Reading;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The planner's parser and inspector against Spark's parser, over Spark's own tests. */
class CorpusTest {

  @Test
  void theCorpusIsWhole() {
    assertThat(CorpusReadings.all()).hasSize(14_345);
    assertThat(CorpusReadings.accepted()).hasSize(14_087);
  }

  @Test
  void whatSparkAcceptsIsParsedAndNothingThatItsGrammarRejects() {
    List<String> differences =
        CorpusReadings.all().stream()
            .filter(
                reading ->
                    reading.planner() instanceof PlannerReading.Rejected
                        || reading.planner() instanceof PlannerReading.BeyondLimits
                        || reading.spark() instanceof SparkReading.Rejected)
            .filter(reading -> reading.comparison().difference().isPresent())
            .map(Reading::describeDifference)
            .toList();
    assertThat(differences).isEmpty();
    assertThat(CorpusReadings.all())
        .noneMatch(reading -> reading.planner() instanceof PlannerReading.BeyondLimits);
  }

  @Test
  void servedQueriesReadTheRelationsOfSparksPlan() {
    Map<String, Long> outcomes =
        CorpusReadings.count(
            CorpusReadings.all().stream(), reading -> reading.comparison().outcome());
    CorpusReadings.record("relations.txt", outcomes);
    List<String> differences =
        CorpusReadings.accepted()
            .filter(reading -> reading.comparison().difference().isPresent())
            .map(Reading::describeDifference)
            .toList();
    assertThat(differences).isEmpty();
    assertThat(outcomes.get("served")).isGreaterThan(9_000);
  }
}
