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
    assertThat(CorpusReadings.all().size()).isEqualTo(14_332);
    assertThat(CorpusReadings.accepted().count()).isEqualTo(14_068);
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
  void inputsAreReadAlikeWithTheirComments() {
    List<Reading> readings = Reading.all(Corpus.commented());
    CorpusReadings.record(
        "commented.txt",
        CorpusReadings.count(readings.stream(), reading -> reading.comparison().outcome()));
    assertThat(readings.stream().filter(Reading::parsesInSpark).count()).isGreaterThan(2_000);
    assertThat(
            readings.stream()
                .filter(reading -> reading.comparison().difference().isPresent())
                .map(Reading::describeDifference))
        .isEmpty();
  }

  /** Spark keeps the bodies of functions as texts, which it reads when they are called. */
  @Test
  void bodiesOfFunctionsAreReadAlike() {
    List<String> bodies =
        CorpusReadings.accepted()
            .flatMap(reading -> PlannerReading.Reader.functionBody(reading.text()).stream())
            .distinct()
            .toList();
    List<Reading> readings = Reading.all(bodies);
    CorpusReadings.record(
        "bodies.txt",
        CorpusReadings.count(readings.stream(), reading -> reading.comparison().outcome()));
    assertThat(readings.stream().filter(Reading::parsesInSpark).count()).isGreaterThan(80);
    assertThat(
            readings.stream()
                .filter(reading -> reading.comparison().difference().isPresent())
                .map(Reading::describeDifference))
        .isEmpty();
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
    assertThat(outcomes.get("served: CREATE VIEW")).isGreaterThan(300);
    assertThat(outcomes.get("served: CREATE FUNCTION")).isGreaterThan(100);
    assertThat(outcomes.get("served: DESCRIBE")).isGreaterThan(70);
  }
}
