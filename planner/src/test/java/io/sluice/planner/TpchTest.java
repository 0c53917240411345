package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TpchTest {

  private static final Pattern TABLE =
      Pattern.compile("\\b(nation|region|customer|orders|lineitem|part|partsupp|supplier)\\b");

  private final PlannerFixture planner =
      PlannerFixture.with(
          PlannerFixture.tpchCatalog()
              .table("lake", "tpch", "part", "p_partkey bigint", "p_name string", "p_type string")
              .table("lake", "tpch", "partsupp", "ps_partkey bigint", "ps_suppkey bigint")
              .table(
                  "lake",
                  "tpch",
                  "supplier",
                  "s_suppkey bigint",
                  "s_name string",
                  "s_nationkey bigint"),
          PlannerFixture.tpchPolicies());

  static List<String> queries() {
    return TpchQueries.all();
  }

  /** The tables' names stand nowhere else in these queries than in FROM. */
  private static List<String> tables(String query) {
    TreeSet<String> tables = new TreeSet<>();
    Matcher matcher = TABLE.matcher(query);
    while (matcher.find()) {
      tables.add("lake.tpch." + matcher.group());
    }
    return new ArrayList<>(tables);
  }

  @Test
  void thereAreTwentyTwo() {
    assertThat(queries()).hasSize(22);
  }

  @ParameterizedTest
  @MethodSource("queries")
  void everyTableIsFoundAndNothingElse(String query) {
    assertThat(planner.sql(query).analysis().relations())
        .extracting(use -> use.table().toString())
        .containsExactlyInAnyOrderElementsOf(tables(query));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void theAnalystMayAskAllButTheTenth(String query) {
    if (query.contains("c_address")) {
      planner
          .as("analyst")
          .sql(query)
          .refused(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: user [analyst] does not have [select] privilege on"
                  + " [tpch/customer/c_address]");
      return;
    }
    Analysis.SparkQuery analysis = planner.as("analyst").sql(query).analysis();
    boolean restricted = query.contains("orders") || query.contains("customer");
    assertThat(analysis.restricted()).isEqualTo(restricted);
    assertThat(analysis.sql().contains(" AS `_sluice_")).isEqualTo(restricted);
  }
}
