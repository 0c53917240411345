package io.sluice.planner.columns;

import static io.sluice.planner.columns.ColumnUseFixture.sql;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The types that the places of parameters suggest. */
class ParameterTypesTest {

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void followFromThePlace(String query, String types) {
    sql(query).hasParameters(types.isEmpty() ? new String[0] : types.split("; "));
  }

  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of("select 1", ""),
        Arguments.of("select '?' from nation -- ?", ""),
        Arguments.of("select * from nation where n_nationkey = ?", "bigint"),
        Arguments.of("select * from nation where ? < n_nationkey", "bigint"),
        Arguments.of("select * from nation n where n.n_name <=> ?", "string"),
        Arguments.of("select * from orders where o_orderdate between ? and ?", "date; date"),
        Arguments.of("select * from orders where ? between o_orderdate and ?", "date; date"),
        Arguments.of("select * from nation where n_nationkey in (?, ?)", "bigint; bigint"),
        Arguments.of("select * from nation where n_nationkey not in (1, ?)", "bigint"),
        Arguments.of("select 1 where ? in (select n_name from nation)", "string"),
        Arguments.of("select * from nation where n_name like ?", "string"),
        Arguments.of("select * from nation where ? like 'a%'", "string"),
        Arguments.of("select * from nation where n_name like any (?, ?)", "string; string"),
        Arguments.of("select * from customer where c_acctbal > ?", "decimal(15,2)"),
        Arguments.of("select * from customer where c_acctbal * 2 > ?", "decimal(15,2)"),
        Arguments.of("select c_acctbal + ? from customer", "decimal(15,2)"),
        Arguments.of("select - ? + c_custkey from customer", "bigint"),
        Arguments.of("select c_name || ? from customer", "string"),
        Arguments.of("select o_orderdate + ? from orders", "int"),
        Arguments.of(
            "select cast(? as int), cast(? as decimal(10, 2)), ?::long",
            "int; decimal(10,2); bigint"),
        Arguments.of("select * from nation limit ? offset ?", "int; int"),
        Arguments.of("select * from nation order by n_name limit ?", "int"),
        Arguments.of(
            "select coalesce(n_name, ?), nvl(?, n_nationkey) from nation", "string; bigint"),
        Arguments.of("select substring(n_name, ?, ?) from nation", "int; int"),
        Arguments.of("select date_add(o_orderdate, ?) from orders", "int"),
        Arguments.of("select case when ? then 1 else 2 end", "boolean"),
        Arguments.of("select case when true then ? else n_name end from nation", "string"),
        Arguments.of("select case n_nationkey when ? then 1 end from nation", "bigint"),
        Arguments.of("select * from nation where ? and n_name = ?", "boolean; string"),
        Arguments.of("select count(*) from nation having count(*) > ?", "bigint"),
        Arguments.of(
            "select sum(c_acctbal) from customer having sum(c_acctbal) > ?", "decimal(25,2)"),
        Arguments.of("select x from (select n_nationkey as x from nation) where x = ?", "bigint"),
        Arguments.of(
            "with c(k) as (select o_orderdate from orders) select * from c where k > ?", "date"),
        Arguments.of(
            "select * from orders where o_orderdate > date '2026-01-01' and 1.25 < ?",
            "decimal(3,2)"),
        Arguments.of("select * from nation where n_nationkey = (select max(?) from region)", "-"),
        Arguments.of("select ?, ? + ?", "-; -; -"),
        Arguments.of("select * from values (1, 'a'), (?, ?)", "int; string"),
        Arguments.of("select nothing from nation where n_nothing = ? and n_name = ?", "-; string"),
        Arguments.of("select (?) = n_nationkey from nation", "bigint"),
        Arguments.of("select * from doc where a.b = ?", "-"),
        Arguments.of("select * from doc where doc.id is distinct from ?", "bigint"),
        Arguments.of("select extract(year from o_orderdate) = ? from orders", "int"));
  }
}
