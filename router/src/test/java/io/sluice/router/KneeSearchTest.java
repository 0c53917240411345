package io.sluice.router;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KneeSearchTest {

  @ParameterizedTest
  @ValueSource(doubles = {1.05, 1, 0.95})
  void aServerThatChangesByItselfFavoursNoLimit(double perWindow) {
    KneeSearch search = new KneeSearch(2, 12, 24);
    double throughput = 100;
    for (int window = 0; window < 100; window++) {
      search.measured(throughput);
      throughput *= perWindow;
    }
    // Where more statements bring nothing, fewer are better.
    assertThat(search.limit()).isBetween(2, 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 12, 23, 24})
  void withoutNoiseTheKneeItselfIsFound(int knee) {
    KneeSearch search = new KneeSearch(2, 12, 24);
    int within = 0;
    for (int window = 0; window < 200; window++) {
      search.measured(100.0 * Math.min(knee, search.limit()));
      if (window >= 100 && search.limit() >= 0.8 * knee && search.limit() <= 1.25 * knee) {
        within++;
      }
    }
    assertThat(within).isGreaterThan(90);
  }
}
