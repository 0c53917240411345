package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.Analysis;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions, procedures and caches, as tools ask about them. */
class ToolStatementsTest {

  private final MetadataFixture lake = new MetadataFixture();

  @Test
  void showsTheFunctionsThatMayBeCalled() {
    assertThat(lake.columns("SHOW FUNCTIONS")).containsExactly("function");
    assertThat(lake.rows("SHOW FUNCTIONS"))
        .contains("abs", "count", "explode", "range", "current_user")
        .doesNotContain("reflect", "java_method", "input_file_name")
        .isSorted()
        .isEqualTo(lake.rows("SHOW ALL FUNCTIONS IN lake.tpch"))
        .isEqualTo(lake.rows("SHOW SYSTEM FUNCTIONS FROM lake"));
    assertThat(lake.rows("SHOW FUNCTIONS LIKE 'ABS|acos'")).containsExactly("abs", "acos");
    assertThat(lake.rows("SHOW FUNCTIONS 'abs'")).containsExactly("abs");
    assertThat(lake.rows("SHOW FUNCTIONS abs")).containsExactly("abs");
    assertThat(lake.rows("SHOW USER FUNCTIONS")).isEmpty();
  }

  @Test
  void showsNoFunctionsOfASchemaThatIsClosed() {
    lake.refusal("SHOW FUNCTIONS IN lake.nowhere", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("SHOW MY FUNCTIONS", ErrorCode.PARSE_SYNTAX_ERROR);
    lake.as("intern").refusal("SHOW FUNCTIONS IN hr", ErrorCode.SCHEMA_NOT_FOUND);
  }

  @Test
  void describesAFunctionByNameAndKind() {
    assertThat(lake.rows("DESCRIBE FUNCTION EXTENDED Sum"))
        .containsExactly(
            "Function: sum",
            "Kind: aggregate of many rows",
            "Usage: as in Spark 4.1.2, see https://spark.apache.org/docs/4.1.2/api/sql/#sum");
    assertThat(lake.rows("DESC FUNCTION 'range'")).contains("Kind: table function");
    lake.refusal("DESCRIBE FUNCTION reflect", ErrorCode.FUNCTION_NOT_ALLOWED)
        .hasMessage("The function `reflect` does not exist or may not be called.");
    lake.refusal("DESCRIBE FUNCTION lake.tpch.abs", ErrorCode.FUNCTION_NOT_ALLOWED);
    lake.refusal("DESCRIBE FUNCTION identifier('abs')", ErrorCode.NOT_SUPPORTED);
    lake.refusal("DESCRIBE FUNCTION +", ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void showsTheProceduresThatAreServed() {
    assertThat(lake.columns("SHOW PROCEDURES"))
        .containsExactly("catalog", "namespace", "schema", "procedure_name");
    assertThat(lake.rows("SHOW PROCEDURES"))
        .contains("lake|system|system|expire_snapshots", "lake|system|system|rewrite_data_files")
        .noneMatch(row -> row.contains("register_table"))
        .isSorted()
        .isEqualTo(lake.rows("SHOW PROCEDURES IN system"))
        .isEqualTo(lake.rows("SHOW PROCEDURES FROM lake"))
        .isEqualTo(lake.rows("SHOW PROCEDURES IN lake.System"));
    assertThat(lake.rows("SHOW PROCEDURES IN pond")).contains("pond|system|system|ancestors_of");
    lake.refusal("SHOW PROCEDURES IN lake.tpch", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("SHOW PROCEDURES IN tpch", ErrorCode.SCHEMA_NOT_FOUND);
    lake.as("analyst").refusal("SHOW PROCEDURES IN pond", ErrorCode.SCHEMA_NOT_FOUND);
  }

  @Test
  void describesWhatAProcedureTakesHere() {
    assertThat(lake.rows("DESCRIBE PROCEDURE lake.system.Remove_Orphan_Files"))
        .containsExactly(
            "table|string|true",
            "older_than|timestamp|false",
            "dry_run|boolean|false",
            "max_concurrent_deletes|int|false",
            "prefix_listing|boolean|false",
            "stream_results|boolean|false");
    assertThat(lake.rows("DESC PROCEDURE ancestors_of")).hasSize(2);
    for (String name :
        List.of("register_table", "nothing", "lake.tpch.ancestors_of", "x.system.ancestors_of")) {
      lake.refusal("DESCRIBE PROCEDURE " + name, ErrorCode.NOT_SUPPORTED);
    }
  }

  @Test
  void cachesAreSpokenOfButNotKept() {
    for (String sql :
        List.of(
            "REFRESH TABLE orders",
            "CACHE TABLE orders",
            "CACHE LAZY TABLE tpch.orders OPTIONS ('storageLevel' = 'DISK_ONLY')",
            "UNCACHE TABLE lake.tpch.orders",
            "CLEAR CACHE")) {
      assertThat(lake.as("analyst").analyze(sql)).as(sql).contains(new Analysis.Nothing());
    }
    assertThat(lake.analyze("UNCACHE TABLE IF EXISTS hr.pay")).contains(new Analysis.Nothing());
    lake.refusal("CACHE TABLE x AS SELECT 1", ErrorCode.NOT_SUPPORTED);
    lake.refusal("CACHE TABLE orders AS TABLE customer", ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void whoMayNotReadATableLearnsNothingByItsCache() {
    for (String sql :
        List.of("REFRESH TABLE hr.pay", "CACHE TABLE hr.pay", "UNCACHE TABLE hr.missing")) {
      lake.as("analyst").refusal(sql, ErrorCode.PERMISSION_DENIED);
    }
    lake.as("admin").refusal("REFRESH TABLE missing", ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
    lake.refusal("REFRESH TABLE identifier('orders')", ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void refreshForgetsWhatWasRemembered() {
    assertThat(lake.catalog.timesForgotten()).isZero();
    lake.analyze("REFRESH TABLE orders");
    assertThat(lake.catalog.timesForgotten()).isOne();
    lake.analyze("CACHE TABLE orders");
    assertThat(lake.catalog.timesForgotten()).isOne();
  }
}
