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

  /** Spark adds a partition's number to the seed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select o_orderkey, rand(0) from orders",
        "select `RAND` (null) from orders",
        "select random(1 + 1) from orders where rand() < 2",
        "select o_orderkey from orders order by randn(/* seed */ 0)",
        "select rand(seed => 0) from orders",
        "select uuid(0) from orders",
        "select uniform(0, 10, 5) from orders",
        "select randstr(5, 0) from orders",
        "select shuffle(array(1, 2), 0) from orders",
        "select * from nation, (select rand(?) as r from orders)",
        "select o_orderkey from orders tablesample (50 percent) repeatable (0)",
        "select o_orderkey from orders tablesample(1 PERCENT)repeatable(7)",
        "select o_orderkey from (select * from orders) tablesample (bucket 1 out of 2) Repeatable (0)",
        "with o as (select * from orders) select rand(1) from o",
        "insert into scratch.notes select rand(1), '' from orders",
        "begin declare r double; set r = (select max(rand(0)) from orders); end",
      })
  void aSeedDoesNotTellThemOverATableWithARowFilter(String sql) {
    assertThat(analyst.sql(sql).refused(ErrorCode.FUNCTION_NOT_ALLOWED).getMessage())
        .contains("counts them too");
    PlannerFixture.tpch().sql(sql).analysis();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select rand(), random(), randn(), uuid(), randstr(5), uniform(0, 10) from orders",
        "select shuffle(array(1, 2)) from orders",
        "select o_orderkey from orders tablesample (50 percent)",
        "select o_orderkey from orders tablesample ( 100 percent ) repeatable (5)",
        "select o_orderkey as rand, 'rand(0) repeatable' as uniform from orders",
        "select rand(0), c_phone from customer tablesample (10 percent) repeatable (0)",
      })
  void whatTakesNoSeedIsServed(String sql) {
    analyst.sql(sql).analysis();
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
    analyst
        .having(
            "create temporary view some as select * from nation tablesample (9 percent) repeatable (1)",
            "n_nationkey")
        .sql("select n_nationkey from some, orders")
        .refused(ErrorCode.FUNCTION_NOT_ALLOWED);
    analyst
        .having("create temporary function drawn() returns double return rand(0)")
        .sql("select drawn(), o_orderkey from orders")
        .refused(ErrorCode.FUNCTION_NOT_ALLOWED);
  }

  @Test
  void masksHideNoRows() {
    analyst.sql("select spark_partition_id(), c_phone from customer").analysis();
    analyst.sql("select spark_partition_id() from nation").analysis();
  }
}
