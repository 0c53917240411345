package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.policy.Access;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of writes and definitions that may run. */
class CommandTest {

  private static final String ORDERS =
      "(SELECT * FROM (SELECT `r`.`o_orderkey`, `r`.`o_custkey`, `r`.`o_orderstatus`, `r`.`o_totalprice`,"
          + " `r`.`o_orderdate`, `r`.`o_orderpriority`, `r`.`o_clerk`, `r`.`o_shippriority`,"
          + " `r`.`o_comment` FROM `lake`.`tpch`.`orders` AS `r` WHERE (`r`.`o_orderpriority` in"
          + " ('1-URGENT', '2-HIGH'))) TABLESAMPLE (100 PERCENT) REPEATABLE (0))";

  private final PlannerFixture planner = PlannerFixture.tpch();

  private static String names(String text) {
    return text.replace("{O}", ORDERS)
        .replace("{N}", "`lake`.`tpch`.`nation`")
        .replace("{R}", "`lake`.`tpch`.`region`")
        .replace("{S}", "`lake`.`scratch`.`notes`");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          insert into nation values (1, 'a', 1, 'b')     | insert into {N} values (1, 'a', 1, 'b')
          insert into table tpch.nation values (default, 'a', 1, 'b') | insert into table {N} values (default, 'a', 1, 'b')
          insert into nation (n_name) select r_name from region | insert into {N} (n_name) select r_name from {R}
          insert into nation by name select r_name as n_name from region | insert into {N} by name select r_name as n_name from {R}
          insert into nation partition (n_regionkey = 1) select 1, 'a', 'b' | insert into {N} partition (n_regionkey = 1) select 1, 'a', 'b'
          insert into nation table nation                | insert into {N} table {N}
          insert into nation from nation select *        | insert into {N} from {N} select *
          insert into nation with a as (select * from nation) select * from a | insert into {N} with a as (select * from {N}) select * from a
          with a as (select * from nation) insert into nation select * from a | with a as (select * from {N}) insert into {N} select * from a
          insert overwrite nation select * from nation where n_nationkey > 1 | insert overwrite {N} select * from {N} where n_nationkey > 1
          insert overwrite table nation partition (n_regionkey) select * from nation | insert overwrite table {N} partition (n_regionkey) select * from {N}
          insert into nation replace where n_regionkey = 1 select * from nation | insert into {N} replace where n_regionkey = 1 select * from {N}
          insert into nation /* x */ select 1, 'a', 2, 'b' -- y | insert into {N}   select 1, 'a', 2, 'b'
          from nation insert into region select n_nationkey, n_name, n_comment insert overwrite nation select * where n_nationkey > 1 | from {N} insert into {R} select n_nationkey, n_name, n_comment insert overwrite {N} select * where n_nationkey > 1
          truncate table nation                          | truncate table {N}
          delete from nation                             | delete from {N}
          delete from nation n where n.n_nationkey in (select r_regionkey from region) | delete from {N} n where n.n_nationkey in (select r_regionkey from {R})
          delete from nation where tpch.nation.n_name = 'a' and exists (select 1 from region where r_regionkey = n_regionkey) | delete from {N} where tpch.nation.n_name = 'a' and exists (select 1 from {R} where r_regionkey = n_regionkey)
          update nation set n_name = 'a', n_comment = n_name where n_nationkey = 1 | update {N} set n_name = 'a', n_comment = n_name where n_nationkey = 1
          update nation as n set n.n_comment = (select max(r_name) from region) | update {N} as n set n.n_comment = (select max(r_name) from {R})
          merge into nation using region on n_regionkey = r_regionkey when matched and r_name = 'a' then delete when matched then update set n_name = r_name when not matched then insert (n_nationkey, n_name) values (1, (select max(r_name) from region)) when not matched by source then update set n_comment = '' | merge into {N} using {R} on n_regionkey = r_regionkey when matched and r_name = 'a' then delete when matched then update set n_name = r_name when not matched then insert (n_nationkey, n_name) values (1, (select max(r_name) from {R})) when not matched by source then update set n_comment = ''
          merge into nation t using (select * from nation) s on t.n_nationkey = s.n_nationkey when matched then update set * when not matched then insert * | merge into {N} t using (select * from {N}) s on t.n_nationkey = s.n_nationkey when matched then update set * when not matched then insert *
          with s as (select * from region) merge into nation using s on true when matched then delete | with s as (select * from {R}) merge into {N} using s on true when matched then delete
          """)
  void writesNameTheirTargetsInFull(String sql, String expected) {
    planner.sql(sql).becomes(names(expected));
    assertThat(planner.sql(sql).analysis().command()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          create table t (a int, b string not null comment 'x') | create table `lake`.`tpch`.`t` (a int, b string not null comment 'x')
          create table if not exists scratch.t (a struct<b: array<int>>) using iceberg | create table if not exists `lake`.`scratch`.`t` (a struct<b: array<int>>) using iceberg
          create table lake.scratch.t (a int, b date) using ICEBERG partitioned by (a, bucket(4, a), months(b)) comment 'c' tblproperties ('format-version' = '2', write.format.default = 'parquet') | create table `lake`.`scratch`.`t` (a int, b date) using ICEBERG partitioned by (a, bucket(4, a), months(b)) comment 'c' tblproperties ('format-version' = '2', write.format.default = 'parquet')
          create table t as select * from nation         | create table `lake`.`tpch`.`t` as select * from {N}
          create table t using iceberg partitioned by (n_name) as table nation | create table `lake`.`tpch`.`t` using iceberg partitioned by (n_name) as table {N}
          create table nation as with nation as (select 1 a) select * from nation | create table {N} as with nation as (select 1 a) select * from nation
          create or replace table t as select 1 a        | create or replace table `lake`.`tpch`.`t` as select 1 a
          replace table t (a int)                        | replace table `lake`.`tpch`.`t` (a int)
          drop table nation                              | drop table {N}
          drop table if exists tpch.gone                 | drop table if exists `lake`.`tpch`.`gone`
          create schema s                                | create schema `lake`.`s`
          create database if not exists lake.s comment 'x' | create database if not exists `lake`.`s` comment 'x'
          drop schema if exists scratch restrict         | drop schema if exists `lake`.`scratch` restrict
          alter table nation add column x int comment 'c' after n_name | alter table {N} add column x int comment 'c' after n_name
          alter table nation add columns (x int, y struct<z: int>) | alter table {N} add columns (x int, y struct<z: int>)
          alter table nation alter column n_name type string | alter table {N} alter column n_name type string
          alter table nation alter column n_name comment 'x' | alter table {N} alter column n_name comment 'x'
          alter table nation alter column n_name drop not null | alter table {N} alter column n_name drop not null
          alter table nation rename column n_name to name | alter table {N} rename column n_name to name
          alter table nation drop column n_comment       | alter table {N} drop column n_comment
          alter table nation drop columns (n_comment, n_name) | alter table {N} drop columns (n_comment, n_name)
          alter table nation change column n_name n_name string comment 'x' after n_comment | alter table {N} change column n_name n_name string comment 'x' after n_comment
          drop schema if exists scratch cascade          | drop schema if exists `lake`.`scratch` cascade
          alter table nation rename to land              | alter table {N} rename to `tpch`.`land`
          alter table nation rename to scratch.land      | alter table {N} rename to `scratch`.`land`
          alter table scratch.notes rename to lake.tpch.land | alter table {S} rename to `tpch`.`land`
          alter table nation set tblproperties ('comment' = 'x', `write.delete.mode` = 'merge-on-read') | alter table {N} set tblproperties ('comment' = 'x', `write.delete.mode` = 'merge-on-read')
          alter table nation unset tblproperties if exists ('comment') | alter table {N} unset tblproperties if exists ('comment')
          comment on table nation is 'x'                 | comment on table {N} is 'x'
          comment on schema tpch is null                 | comment on schema `lake`.`tpch` is null
          """)
  void definitionsNameTheirObjectsInFull(String sql, String expected) {
    planner.sql(sql).becomes(names(expected));
    assertThat(planner.sql(sql).analysis().command()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          create table scratch.t as select * from orders | create table `lake`.`scratch`.`t` as select * from {O} AS `orders`
          insert into nation select o_orderkey, o_clerk, 1, '' from orders o | insert into {N} select o_orderkey, o_clerk, 1, '' from {O} o
          with o as (table orders) insert into nation select o_orderkey, o_clerk, 1, '' from o | with o as ((SELECT * FROM {O} AS `orders`)) insert into {N} select o_orderkey, o_clerk, 1, '' from o
          from orders insert into nation select o_orderkey, o_clerk, 1, '' | from {O} AS `orders` insert into {N} select o_orderkey, o_clerk, 1, ''
          delete from nation where n_name in (select o_clerk from orders) | delete from {N} where n_name in (select o_clerk from {O} AS `orders`)
          update nation set n_name = (select max(o_clerk) from orders) where exists (select 1 from orders) | update {N} set n_name = (select max(o_clerk) from {O} AS `orders`) where exists (select 1 from {O} AS `orders`)
          merge into nation using orders on o_orderkey = n_nationkey when matched then update set n_name = tpch.orders.o_clerk | merge into {N} using {O} AS `orders` on o_orderkey = n_nationkey when matched then update set n_name = orders.o_clerk
          merge into nation using orders as o on o.o_orderkey = n_nationkey when matched and exists (select 1 from orders) then delete | merge into {N} using {O} as o on o.o_orderkey = n_nationkey when matched and exists (select 1 from {O} AS `orders`) then delete
          merge into nation using (select * from orders) o on o.o_orderkey = n_nationkey when not matched then insert (n_name) values ((select max(o_clerk) from orders)) | merge into {N} using (select * from {O} AS `orders`) o on o.o_orderkey = n_nationkey when not matched then insert (n_name) values ((select max(o_clerk) from {O} AS `orders`))
          insert into scratch.notes replace where id in (select o_orderkey from orders) select 1, 'a' | insert into {S} replace where id in (select o_orderkey from {O} AS `orders`) select 1, 'a'
          """)
  void whatTheyReadIsWhatPolicyLeaves(String sql, String expected) {
    PlannerFixture analyst = planner.as("analyst");
    analyst.sql(sql).becomes(names(expected));
    assertThat(analyst.sql(sql).analysis().restricted()).isTrue();
  }

  @Test
  void maskedValuesAreWrittenMasked() {
    assertThat(
            planner
                .as("analyst")
                .sql("create table scratch.c as select c_custkey, c_phone from customer")
                .rewritten())
        .startsWith("create table `lake`.`scratch`.`c` as select c_custkey, c_phone from (SELECT")
        .contains("END AS string) AS `c_phone`", "CAST(NULL AS decimal")
        .doesNotContain("c_address");
  }

  /** The user may read all of customer but c_address. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "with c as (select c_custkey, c_name from customer) insert into scratch.notes select * from c",
        "from customer insert into scratch.notes select c_custkey, c_name",
        "delete from scratch.notes where id in (select c_custkey from customer)",
        "delete from scratch.notes where exists (select 1 from customer where c_name = note)",
        "update scratch.notes set note = (select max(c_name) from customer)",
        "merge into scratch.notes using customer on id = c_custkey when matched then delete",
        "merge into scratch.notes using (select 1 a) on id = a when matched then update set note = (select max(c_name) from customer)",
        "insert into scratch.notes replace where id = 1 select c_custkey, c_name from customer",
      })
  void aTableWithADeniedColumnIsReadWithoutIt(String sql) {
    Analysis.SparkQuery write = planner.as("analyst").sql(sql).analysis();
    assertThat(write.sql()).contains("`.`c_name`, `").doesNotContain("c_address");
  }

  @Test
  void relationsAreThoseReadAndWritten() {
    planner
        .sql("insert into nation select r_regionkey, r_name, 1, '' from region")
        .reads("lake.tpch.nation", "lake.tpch.region");
    planner.sql("drop table nation").reads();
    planner.sql("create table t as select 1").reads();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          update nation set n_name = ? where n_nationkey = ?  | string, bigint
          update nation n set n.n_nationkey = ? where ? <> n.n_comment | bigint, string
          delete from orders where o_orderdate < ? and o_clerk like ? | date, string
          insert into nation values (?, ?, ?, ?)              | bigint, string, bigint, string
          insert into nation values (1, ?, 2, 'a'), (?, 'b', (?), cast(? as date)) | string, int, int, date
          insert into nation (n_comment, n_nationkey) values (?, ?) | string, bigint
          insert into orders (o_totalprice) values (?)        | decimal(15,2)
          with a as (select 1) insert into nation (n_regionkey) values (?) | bigint
          insert into nation select cast(? as int), ?, 1, ''  | int, -
          insert into nation values (upper(?), 1, 2, '') order by ? | string, int
          merge into nation using (select ? as a) s on n_name = ? when matched then update set n_regionkey = ? when not matched then insert (n_name, n_nationkey) values (?, ?) | -, string, bigint, string, bigint
          """)
  void parametersHaveTheTypesOfTheColumnsThatTakeThem(String sql, String types) {
    assertThat(planner.sql(sql).analysis().parameters().stream().map(type -> type.orElse("-")))
        .containsExactly(types.split(", "));
  }

  @Test
  void definitionsTakeNoParameters() {
    for (String sql :
        List.of(
            "create table t as select ? a",
            "create table t (a int) comment ?",
            "alter table nation set tblproperties ('comment' = ?)",
            "comment on table nation is ?")) {
      planner.sql(sql).refused(ErrorCode.NOT_SUPPORTED);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          update nation set n_name = current_user()      | update {N} set n_name = 'admin'
          update nation set n_name = user                | update {N} set n_name = 'admin'
          delete from nation where n_name = session_user | delete from {N} where n_name = 'admin'
          insert into nation values (1, current_user(), 1, current_schema()) | insert into {N} values (1, 'admin', 1, 'tpch')
          delete from logins where user = 'x'            | delete from `lake`.`tpch`.`logins` where user = 'x'
          merge into logins using (select max(n_name) as n, current_user() as me from nation) s on logins.user = s.n when matched then delete | merge into `lake`.`tpch`.`logins` using (select max(n_name) as n, 'admin' as me from {N}) s on logins.user = s.n when matched then delete
          """)
  void theUserIsTheOneWhoAsks(String sql, String expected) {
    planner.sql(sql).becomes(names(expected));
  }

  @Test
  void whatIsWrittenIsTold() {
    assertThat(planner.sql("insert into nation select * from nation").analysis().writes())
        .containsExactly("lake.tpch.nation");
    assertThat(
            planner
                .sql(
                    "from nation insert into region select 1, 'a', 'b' insert into"
                        + " scratch.notes select 1, 'a'")
                .analysis()
                .writes())
        .containsExactly("lake.tpch.region", "lake.scratch.notes");
    assertThat(planner.sql("create table scratch.t as select 1").analysis().writes())
        .containsExactly("lake.scratch.t");
    assertThat(planner.sql("drop schema scratch").analysis().writes())
        .containsExactly("lake.scratch");
    assertThat(planner.sql("select * from nation").analysis().writes()).isEmpty();
  }

  /** Spark's error texts quote the columns of what a definition names. */
  @Test
  void aDefinitionOfWhatItsSenderMayNotReadIsRestricted() {
    PlannerFixture altering =
        PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            PlannerFixture.tpchPolicies()
                .permit("clerk", Access.ALTER, "lake.tpch.region")
                .permit("analyst", Access.ALTER, "lake.tpch.customer"));
    String add = "alter table %s add column x int";
    assertThat(altering.as("clerk").sql(add.formatted("region")).analysis().restricted()).isTrue();
    assertThat(altering.as("analyst").sql(add.formatted("customer")).analysis().restricted())
        .isTrue();
    assertThat(altering.as("analyst").sql(add.formatted("region")).analysis().restricted())
        .isFalse();
  }
}
