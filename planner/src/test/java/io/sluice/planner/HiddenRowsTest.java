package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of partitions count rows that a filter hides. */
class HiddenRowsTest {

  private final PlannerFixture analyst = PlannerFixture.tpch().as("analyst");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select spark_partition_id() from orders",
        "select max(`Monotonically_Increasing_Id`()) from orders with ('split-size'='1')",
        // Folded as Spark looks functions up, the Kelvin sign is a k.
        "select `spar\u212a_partition_id`() from orders",
        "select * from nation, (select spark_partition_id() as p from orders)",
        "with o as (select * from orders) select spark_partition_id() from o",
        "insert into scratch.notes select spark_partition_id(), '' from orders",
      })
  void theyAreNotToldOverATableWithARowFilter(String sql) {
    assertThat(analyst.sql(sql).refused(ErrorCode.FUNCTION_NOT_ALLOWED).getMessage())
        .contains("row_number()");
    PlannerFixture.tpch().sql(sql).analysis();
  }

  @Test
  void viewsAndFunctionsDoNotHideThem() {
    analyst
        .having("create temporary view parts as select spark_partition_id() as p from nation", "p")
        .sql("select * from parts, orders")
        .refused(ErrorCode.FUNCTION_NOT_ALLOWED);
    analyst
        .having("create temporary view urgent as select * from orders", "o_orderkey")
        .sql("select spark_partition_id() from urgent")
        .refused(ErrorCode.FUNCTION_NOT_ALLOWED);
  }

  @Test
  void masksHideNoRows() {
    analyst.sql("select spark_partition_id(), c_phone from customer").analysis();
    analyst.sql("select spark_partition_id() from nation").analysis();
  }
}
