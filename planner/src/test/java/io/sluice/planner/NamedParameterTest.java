package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedParameterTest {

  @Test
  void eachStandsWhereItsValueGoes() {
    PlannerFixture.Statement statement =
        PlannerFixture.tpch()
            .sql(
                "select n_name || :tail from nation where n_nationkey < :most and n_regionkey <>"
                    + " :most limit :Most")
            .becomes(
                "select n_name || ? from `lake`.`tpch`.`nation` where n_nationkey < ? and"
                    + " n_regionkey <> ? limit ?");
    assertThat(statement.analysis().parameterNames())
        .containsExactly("tail", "most", "most", "Most");
    assertThat(statement.analysis().parameters())
        .hasSize(4)
        .element(1)
        .isEqualTo(Optional.of("bigint"));
  }

  @Test
  void thoseOfOneNameHaveOneType() {
    assertThat(
            PlannerFixture.tpch()
                .sql("select :a, n_name from nation where n_nationkey = :a and n_name = :b")
                .analysis()
                .parameters())
        .isEqualTo(List.of(Optional.of("bigint"), Optional.of("bigint"), Optional.of("string")));
  }

  @Test
  void writesTakeThem() {
    PlannerFixture.tpch()
        .as("analyst")
        .sql("insert into scratch.notes values (:id, :`the note`)")
        .becomes("insert into `lake`.`scratch`.`notes` values (?, ?)");
    assertThat(
            PlannerFixture.tpch()
                .as("analyst")
                .sql("insert into scratch.notes values (:id, :`the note`)")
                .analysis()
                .parameterNames())
        .containsExactly("id", "the note");
    assertThat(PlannerFixture.tpch().sql("select ?").analysis().parameterNames()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select :a, ?",
        "select ?, :a",
        "select * from identifier(:a)",
        "select identifier(:a) from nation",
        "select identifier(:a)(1)",
        "use identifier(:a)",
        "insert into identifier(:a) values (1)",
        "create table t as select :a x",
        "create view v as select :a x",
        "create temporary view v as select :a x",
      })
  void isRefused(String sql) {
    PlannerFixture.tpch().sql(sql).refused(NOT_SUPPORTED);
  }
}
