package io.sluice.planner.columns;

import static io.sluice.planner.columns.ColumnUseFixture.sql;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of the columns that a query gives. */
class GivenColumnsTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      textBlock =
          """
          select r_name, 1 as one, `r_comment` c from region => r_name,one,c
          select * from region => r_regionkey,r_name,r_comment
          select * except (r_name) from region => r_regionkey,r_comment
          select * except (b.name) from dept a cross join (select 'x' name) b => id,name,city,budget
          select b.* except (b.name) from dept a cross join (select 'x' name, 1 one) b => one
          select r.*, 2 as x from region r => r_regionkey,r_name,r_comment,x
          table dept => id,name,city,budget
          from region => r_regionkey,r_name,r_comment
          from region |> set r_name = 'x' |> drop r_comment => r_regionkey,r_name
          from region |> extend 1 as y |> select y, r_name => y,r_name
          with c(a, b) as (select 1, 2) select * from c => a,b
          select 1 as a union all select r_name from region => a
          select a from (select 1 as a) limit 1 => a
          (select 1 as a) order by a => a
          values (1, 'x') => col1,col2
          select * from values (1) as t(n) => n
          select * from range(3) => id
          select cast(r_name as int), r_regionkey::string from region => r_name,r_regionkey
          select a.b from doc => b
          select explode(tags) as tag from doc => tag
          select inline(attrs) as (k, v) from doc => k,v
          select id, tag from doc lateral view explode(tags) t as tag => id,tag
          select * from dept d(a, b, c, e) => a,b,c,e
          select current_date as today, x as y from region => today,y
          select r_name as x, upper(x) as y from region => x,y
          select (select max(id) from dept) as most => most
          """)
  void areTold(String query, String names) {
    sql(query).gives(names.split(","));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "select count(*) from region",
        "select r_name || 'x' from region",
        "select explode(tags) from doc",
        "select a.* from doc",
        "select * from doc lateral view explode(attrs) t",
        "select * from json_tuple('{}', 'a')",
        "select * from dept pivot (sum(budget) for city in ('x', 'y'))",
        "select transform(id) using 'cat' from dept",
        "from dept select id select name",
        "select current_date",
        "select `current_user` from region",
        "select x from region",
        "select session.x",
        // An alias list over columns whose number only Spark knows.
        "select * from (select inline(attrs) from doc) as t(a, b, c)",
        "with c(a, b, c) as (select inline(attrs) from doc) select * from c",
        "select * from (select a.* from doc) t(x, y)",
        // Spark takes away a field of the column, and gives the column without it.
        "select * except (s.name) from (select named_struct('name', 1, 'k', 2) s, 'x' name)",
        "select * from dept a cross join (select 'x' name) b unpivot (v for n in (b.name))"
      })
  void areNotToldWhereSparkNamesThem(String query) {
    sql(query).gives();
  }

  @Test
  void areTheTableNames() {
    sql("select n_name, r_name from nation natural join region where r_regionkey = n_regionkey")
        .gives("n_name", "r_name");
  }
}
