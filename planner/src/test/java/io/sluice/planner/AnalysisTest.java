package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TableName;
import io.sluice.planner.Analysis.RelationUse;
import io.sluice.planner.Analysis.SparkQuery;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnalysisTest {

  private static RelationUse use(Optional<Long> bytes) {
    TableName table = new TableName("lake", "tpch", "orders");
    return new RelationUse(table, "uuid", 0, false, List.of(), bytes);
  }

  private static SparkQuery query(RelationUse... uses) {
    return new SparkQuery(
        "text",
        Arrays.asList(uses),
        false,
        List.of(),
        List.of(),
        false,
        List.of(),
        List.of(),
        SourceMap.ofOwn("text"),
        "");
  }

  @Test
  void aStatementHoldsWhatItsTablesHoldTogether() {
    assertThat(query().bytes()).contains(0L);
    assertThat(query(use(Optional.of(3L)), use(Optional.of(4L))).bytes()).contains(7L);
    assertThat(query(use(Optional.of(Long.MAX_VALUE)), use(Optional.of(4L))).bytes())
        .contains(Long.MAX_VALUE);
  }

  @Test
  void whatOneTableDoesNotTellIsNotKnown() {
    assertThat(query(use(Optional.of(3L)), use(Optional.empty())).bytes()).isEmpty();
  }

  @Test
  void aTableThatHasGrownMeansTheSame() {
    assertThat(query(use(Optional.of(3L)))).isEqualTo(query(use(Optional.of(4L))));
    assertThat(use(Optional.of(3L))).hasSameHashCodeAs(use(Optional.empty()));
  }
}
