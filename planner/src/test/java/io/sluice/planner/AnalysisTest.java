package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TableName;
import io.sluice.planner.Analysis.RelationUse;
import io.sluice.planner.Analysis.SparkQuery;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnalysisTest {

  private static RelationUse use(long bytes) {
    return use(bytes, false);
  }

  private static RelationUse use(long bytes, boolean restricted) {
    TableName table = new TableName("lake", "tpch", "orders");
    return new RelationUse(table, "uuid", 0, restricted, List.of(), bytes);
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
    assertThat(query().bytes()).isZero();
    assertThat(query(use(3), use(4)).bytes()).isEqualTo(7);
    assertThat(query(use(Long.MAX_VALUE), use(4), use(5)).bytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatHidesSomethingFromTheUserCountsNothing() {
    assertThat(query(use(3), use(400, true), use(4)).bytes()).isEqualTo(7);
  }

  @Test
  void aTableThatHasGrownMeansTheSame() {
    assertThat(query(use(3))).isEqualTo(query(use(4)));
    assertThat(use(3)).hasSameHashCodeAs(use(0));
  }
}
