package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  /** Ways past a policy that were seen to work on Spark, or on gateways in front of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // Iceberg reads a table's files and other states behind its name.
        "select * from nation.snapshots",
        "select * from tpch.nation.files",
        "select * from lake.tpch.nation.files",
        "select * from lake.tpch.nation.`all_entries`",
        "select * from tpch.nation.branch_main",
        "select * from tpch.nation.tag_x",
        "select * from tpch.nation.snapshot_id_1",
        "select * from tpch.nation.at_timestamp_1",
        "select * from tpch.nation.changes",
        "select * from tpch.nation.position_deletes",
        "select * from lake.tpch.nation.branch_main.files",
        // Names that are no text.
        "select * from identifier('nation')",
        "select * from identifier('na' || 'tion')",
        "select * from tpch.identifier('nation')",
        "select * from identifier('lake.tpch').nation",
        "select * from identifier(?)",
        "select identifier('n_name') from nation",
        "select identifier('abs')(1)",
        "select 1 as identifier('x')",
        "table identifier('nation')",
        "select * from explode(table(identifier('nation')))",
        "with identifier('a') as (select 1) select * from a",
        "use identifier('tpch')",
        // Other relations than tables.
        "select * from stream nation",
        "select * from stream(nation)",
        "select * from spark_catalog.default.t",
        "select * from SPARK_CATALOG.default.t",
        "select * from global_temp.v",
        "select * from nation_view",
        // Programs.
        "select transform(n_name) using 'cat' from nation",
        "from nation map n_name using 'cat'",
        "from nation reduce n_name using 'cat' as a",
        "select transform(n_name) row format delimited fields terminated by ',' using 'cat' as (a) from nation",
        // Substitution.
        "select * from ${t}",
        "select '${env:HOME}'",
        "select 1 /* ${system:user.home} */",
        // Data beside the current one.
        "select * from nation with ('snapshot-id' = 1)",
        "select * from nation with (`branch` = 'x')",
        "select * from nation with ('path' = '/etc')",
        "select * from nation with ('split-' 'size' = 1)",
        "select * from nation with ('split-size' = ?)",
        "select * from nation version as of ?",
        "select * from nation timestamp as of (select max(at) from logins)",
        "select * from nation timestamp as of n_name",
        "select * from nation timestamp as of date_sub(current_date(), 1)",
        "select * from nation timestamp as of rand()",
        // Parameters by name.
        // Hints that hold expressions.
        "select /*+ broadcast((select 1 from secret)) */ 1",
        // Iceberg's parser takes this for its own, Spark for SELECT 1.
        "/* /* */ ALTER TABLE t CREATE BRANCH x -- */ SELECT 1",
        // A recursive name within an expression is a table's to Spark.
        "with recursive t as (select 1 n union all select (select max(n) from t) from t) select * from t",
        "with recursive t as (select * from t version as of 1) select * from t",
        "with t as (select 1) select * from t timestamp as of '2026-01-01'",
        "select * from nation tablesample (bucket 1 out of 2 on rand())",
        "select * from (select 1) watermark a delay of interval 1 hour",
      })
  void isNotServed(String sql) {
    planner.sql(sql).refused(ErrorCode.NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert overwrite directory '/tmp/x' using parquet select * from nation",
        "insert overwrite local directory '/tmp/x' stored as orc select * from nation",
        "create table t like nation",
        "create temporary view v using text options (path '/etc/passwd')",
        "create function f as 'x' using jar '/x.jar'",
        "alter table nation set location '/etc'",
        "alter table nation set serde 'x'",
        "alter table nation replace columns (a int)",
        "alter table nation add partition (a = 1) location '/etc'",
        "alter table nation drop partition (a = 1)",
        "alter table nation recover partitions",
        "alter table nation add constraint c unique (n_name)",
        "alter table nation cluster by (n_name)",
        "alter schema tpch set location '/etc'",
        "alter schema tpch set dbproperties (location = '/etc')",
        "cache table x as select * from secret",
        "refresh function f",
        "refresh '/etc'",
        "analyze table nation compute statistics",
        "analyze tables compute statistics",
        "load data inpath '/etc/passwd' into table nation",
        "add jar '/x.jar'",
        "list files",
        "call lake.system.register_table('x', 'y')",
        "execute immediate 'select * from secret'",
        "set role admin",
        "grant select on nation to intern",
        "show roles",
        "explain create table t as select * from nation",
        "explain drop table nation",
        "explain extended truncate table nation",
        "explain explain select 1",
        "explain show tables",
        "msck repair table nation",
        "create index i on nation (n_name)",
        "drop index i on nation",
        "show partitions orders",
        "describe procedure p",
        "dfs -ls",
      })
  void otherKindsOfStatementAreRefusedByName(String sql) {
    assertThat(planner.sql(sql).refused(ErrorCode.NOT_SUPPORTED).getMessage())
        .contains(" is not served");
  }

  @Test
  void theRefusalSaysWhichKind() {
    planner
        .sql("  analyze table nation compute statistics")
        .refused(
            ErrorCode.NOT_SUPPORTED,
            "ANALYZE TABLE is not served: Spark does not run it for Iceberg's tables; use CALL"
                + " system.compute_table_stats.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select reflect('java.lang.System', 'getenv', 'PATH')",
        "select `reflect`('java.lang.System', 'getenv', 'PATH')",
        "select ReFlect('java.lang.System', 'getenv', 'PATH')",
        "select java_method('java.lang.System', 'getProperty', 'user.home')",
        "select try_reflect('java.lang.System', 'getenv', 'PATH')",
        "select input_file_name() from nation",
        "select INPUT_FILE_BLOCK_START() from nation",
        "select 1 from nation order by input_file_block_length()",
        "select from_protobuf(x, 'm', '/etc/passwd') from (select 1 x)",
        "select from_avro(x, 'int', map('avroSchemaUrl', 'http://x')) from (select 1 x)",
        "select from_xml('<a/>', 'a int', map('rowValidationXSDPath', '/etc/passwd'))",
        "select xpath_string('<!DOCTYPE a SYSTEM \"http://x\"><a/>', 'a')",
        "select lake.system.iceberg_version()",
        "select system.builtin.abs(1)",
        "select nation.identifier('n_name') from nation",
        "select builtin.abs(1)",
        "select no_such_function(1)",
        "select * from python_worker_logs()",
        "select * from no_such_function(1)",
        "select * from lake.system.f(1)",
        "select * from nation lateral view reflect('java.lang.System', 'getenv', 'PATH') t as x",
        "select * from nation lateral view abs(1) t as x",
        "select transform(array(1), x -> reflect('a', 'b'))",
        "select 1 having reflect('a', 'b') = 1",
        "values (reflect('a', 'b'))",
        "select * from range(reflect('a', 'b'))",
        "select sum(reflect('a', 'b')) over (partition by 1)",
        "select count(*) filter (where reflect('a', 'b') = 'c')",
        "select listagg(1) within group (order by reflect('a', 'b'))",
        "select * from nation limit reflect('a', 'b')",
        "select * from nation tablesample (reflect('a', 'b') rows)",
      })
  void functionsThatAreNotOnTheListAreRefused(String sql) {
    planner.sql(sql).refused(ErrorCode.FUNCTION_NOT_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from secret",
        "select * from tpch.secret",
        "select * from lake.tpch.`secret`",
        "table secret",
        "from secret",
        "from secret |> select *",
        "from nation |> join secret on true",
        "from nation |> union all table secret",
        "from nation |> where n_nationkey in (select s_key from secret)",
        "select (select max(s_key) from secret)",
        "select 1 where exists (select 1 from secret)",
        "select 1 in (table secret)",
        "select 1 limit (select count(*) from secret)",
        "select 1 limit 1 offset (select count(*) from secret)",
        "select 1 order by (select max(s_key) from secret)",
        "select 1 group by (select max(s_key) from secret)",
        "select 1 having (select max(s_key) from secret) > 1",
        "select 1 union select s_key from secret",
        "values ((select max(s_key) from secret))",
        "select * from values ((select max(s_key) from secret)) t(a)",
        "select * from (select * from (select * from secret))",
        "select * from nation, lateral (select * from secret)",
        "select * from nation join secret using (x)",
        "select * from nation join (nation n2 join secret) on true",
        "select * from secret pivot (max(s_key) for s_text in ('a'))",
        "select * from secret unpivot (v for k in (s_key))",
        "select * from explode(array((select max(s_key) from secret)))",
        "select * from nation lateral view explode(array((select max(s_key) from secret))) t",
        "with a as (select * from secret) select 1",
        "with secret as (select * from secret) select 1",
        "with a as (with secret as (select 1) select * from secret) select * from secret",
        "with a as (select * from nation) select * from a, secret",
        "select transform(array(1), x -> (select max(s_key) from secret))",
        "select sum(1) over (order by (select max(s_key) from secret))",
        "select sum(1) over w window w as (partition by (select max(s_key) from secret))",
        "select sum(1) over (rows between (select max(s_key) from secret) preceding and current row)",
        "select case when (select max(s_key) from secret) = 1 then 1 end",
        "select cast((select max(s_key) from secret) as int)",
        "select (select max(s_key) from secret)::int",
        "select array(1)[(select max(s_key) from secret)]",
        "select named_struct('a', (select max(s_key) from secret)).a",
        "select 'a' like any ((select max(s_text) from secret))",
        "select 1 between 0 and (select max(s_key) from secret)",
        "select extract(year from (select max(s_key) from secret))",
        "select position('a' in (select max(s_text) from secret))",
        "select trim(both 'a' from (select max(s_text) from secret))",
        "select substring((select max(s_text) from secret) from 1)",
        "select overlay('a' placing (select max(s_text) from secret) from 1)",
        "select timestampadd(day, (select max(s_key) from secret), now())",
        "select struct((select max(s_key) from secret))",
        "select count(*) filter (where exists (select 1 from secret))",
        "select * from nation tablesample ((select max(s_key) from secret) rows)",
        "select * from nation distribute by (select max(s_key) from secret)",
        "select * from nation sort by (select max(s_key) from secret)",
        "select * from nation cluster by (select max(s_key) from secret)",
        "select * from nation group by grouping sets (((select max(s_key) from secret)))",
        "explain select * from secret",
        "select id from nation /* /* */ -- */ , secret",
        "select 'a\\' FROM pub --' from secret",
        "select 1 from nation -- \\\n, nation n\n, secret",
        "select * from secret version as of 1",
        "select * from no_such_table, secret",
      })
  void everyPlaceThatCanNameARelationIsSeen(String sql) {
    planner
        .as("intern")
        .sql(sql.replace("no_such_table, secret", "secret, no_such_table"))
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/secret]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select * from no_such_table            | tpch/no_such_table
          select * from customer                 | tpch/customer
          select * from nation, orders, customer | tpch/orders
          select * from other.nation             | other/nation
          select * from nation_view              | tpch/nation_view
          select * from ocean.deep.fish          | deep/fish
          select * from parquet.`/data/nation`   | parquet//data/nation
          select * from csv.`/etc/passwd`        | csv//etc/passwd
          select * from Nation_X                 | tpch/Nation_X
          select * from lake.tpch.customer.files | tpch/customer
          select * from tpch.customer.files      | tpch/customer
          select * from lake.tpch.no_such.files  | tpch/no_such
          select * from customer.files           | customer/files
          select * from tpch.customer.files.x.y.history | tpch/customer
          """)
  void withoutPrivilegeTheAnswerIsTheSameWhateverExists(String sql, String object) {
    planner
        .as("intern")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on ["
                + object
                + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from no_such_table",
        "select * from NATION",
        "select * from tpch.no_such_table",
        "select * from lake.tpch.no_such_table",
        "select * from no_such_catalog.tpch.nation",
        "select * from parquet.`/data/nation`",
        "select * from lake.nation",
        "select * from tpch.parquet.`/data/nation`",
        "select * from system.session.x",
        "select * from lake.tpch.no_such.files",
        "select * from no_such.files",
        "select * from `tpch.nation`",
        "select * from `lake.tpch.nation`",
      })
  void withPrivilegeAMissingTableIsNotFound(String sql) {
    assertThat(planner.sql(sql).refused(ErrorCode.TABLE_OR_VIEW_NOT_FOUND).getMessage())
        .startsWith("The table or view `")
        .contains("` cannot be found.");
  }

  @Test
  void aTableWhoseSchemaIsCalledLikeATableIsServed() {
    planner.sql("select * from nation.files").becomes("select * from `lake`.`nation`.`files`");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select c_address from customer            | c_address
          select * from customer                    | c_address
          select c.* from nation, customer c        | c_address
          select 1 from customer where c_address = 'x' | c_address
          table customer                            | c_address
          select 1 from customer as c(a, b)         | c_address
          """)
  void aDeniedColumnIsNamed(String sql, String column) {
    planner
        .as("analyst")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/"
                + column
                + "]");
  }

  @Test
  void countNeedsOneColumnThatIsNotDenied() {
    planner.as("analyst").sql("select count(*) from customer").reads("lake.tpch.customer");
  }

  @Test
  void whereEveryColumnIsDeniedSoIsTheTable() {
    FakePolicies policies =
        new FakePolicies().grant("u", "lake.*").deny("u", "lake.tpch.secret", "s_key", "s_text");
    PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
        .as("u")
        .sql("select count(1) from secret")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [u] does not have [select] privilege on [tpch/secret]");
  }

  @Test
  void explainShowsNoPlanOfARestrictedTable() {
    planner
        .as("analyst")
        .sql("explain select 1 from nation, orders")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] may not see the plan of a statement on"
                + " [tpch/orders], of which a policy hides a part");
    planner.as("analyst").sql("explain extended select 1 from nation").reads("lake.tpch.nation");
  }

  @Test
  void explainShowsNoPlanOfAWriteThatReadsARestrictedTable() {
    for (String write :
        List.of(
            "insert into scratch.notes select o_orderkey, o_clerk from orders",
            "delete from nation where n_nationkey in (select o_orderkey from orders)",
            "update nation set n_name = (select max(o_clerk) from orders)",
            "merge into nation using orders on o_orderkey = n_nationkey when matched then delete",
            "from orders insert into scratch.notes select o_orderkey, o_clerk")) {
      planner.as("analyst").sql(write).analysis();
      planner
          .as("analyst")
          .sql("explain " + write)
          .refused(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: user [analyst] may not see the plan of a statement on"
                  + " [tpch/orders], of which a policy hides a part");
    }
  }

  @Test
  void aCatalogThatFailsIsToldToThoseAloneWhomPolicyGrantsTheName() {
    for (RuntimeException failure :
        List.of(
            new SluiceException(ErrorCode.CATALOG_UNAVAILABLE, "Catalog lake did not answer"),
            new SluiceException(
                ErrorCode.NOT_SUPPORTED, "Table lake.tpch.nation cannot be read"))) {
      PlannerFixture failing =
          PlannerFixture.with(
              PlannerFixture.tpchCatalog().failWith(failure), PlannerFixture.tpchPolicies());
      for (String table :
          List.of(
              "secret", "no_such", "lake.tpch.secret", "tpch.secret", "lake.tpch.secret.files")) {
        String base = table.replace("lake.", "").replace("tpch.", "").replace(".files", "");
        failing
            .as("intern")
            .sql("select * from " + table)
            .refused(
                ErrorCode.PERMISSION_DENIED,
                "Permission denied: user [intern] does not have [select] privilege on [tpch/"
                    + base
                    + "]");
      }
      failing
          .as("intern")
          .sql("select * from secret.files")
          .refused(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: user [intern] does not have [select] privilege on"
                  + " [secret/files]");
      assertThat(failing.as("intern").sql("select * from nation").failure()).isSameAs(failure);
    }
  }

  @Test
  void anEngineThatFailsAllowsNothing() {
    for (RuntimeException failure :
        new RuntimeException[] {new NullPointerException(), new IllegalStateException("x")}) {
      PlannerFixture.with(
              PlannerFixture.tpchCatalog(), PlannerFixture.tpchPolicies().failWith(failure))
          .sql("select * from nation")
          .refused(ErrorCode.POLICY_UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          selct 1                 | 1 | 0
          select 1 form nation x  | 1 | 14
          select                  | 1 | 6
          select 1; select 2      | 1 | 10
          select 'abc             | 1 | 7
          select 1 /* open        | 1 | 9
          select naïve from nation | 1 | 7
          select a from (select 1 | 1 | 23
          """)
  void syntaxErrorsNameTheirPlace(String sql, int line, int column) {
    planner.sql(sql).refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, line, column);
  }

  @Test
  void placesCountLinesFromOneAndCharactersFromZero() {
    planner
        .sql("select '😀',\n  '😀' from secrets")
        .refusedAt(ErrorCode.TABLE_OR_VIEW_NOT_FOUND, 2, 11);
    planner
        .sql("select 1\nfrom nation join\n  identifier('x')")
        .refusedAt(ErrorCode.NOT_SUPPORTED, 3, 2);
    planner.sql("select 1,\n '${x}'").refusedAt(ErrorCode.NOT_SUPPORTED, 2, 2);
  }

  @Test
  void longChainsOfOperatorsAreForSparkToRecurseIntoUnlessItBalancesThem() {
    planner.sql("select 1" + " + 1".repeat(1000)).reads();
    planner.sql("select 1" + " + 1".repeat(1001)).refused(ErrorCode.STATEMENT_TOO_COMPLEX);
    planner
        .sql("select 1" + " union all select 1".repeat(1001))
        .refused(ErrorCode.STATEMENT_TOO_COMPLEX);
    planner
        .sql("select 1 from nation where n_nationkey = 1" + " or n_nationkey = 2".repeat(5000))
        .reads("lake.tpch.nation");
  }

  @Test
  void aFilteredTableIsReadInUtcOnly() {
    planner
        .as("analyst")
        .set("spark.sql.session.timeZone", "+18:00")
        .sql("select o_orderkey from orders")
        .refused(ErrorCode.NOT_SUPPORTED);
    planner
        .as("analyst")
        .set("spark.sql.session.timeZone", "+18:00")
        .sql("select n_name from nation")
        .analysis();
  }
}
