package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statements that would reach hidden data, files, programs or the server itself if they were let
 * through, each refused by Sluice itself, with its own text.
 */
class AttackTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static final String SUFFIX =
      "[NOT_SUPPORTED] Behind a table's name only metadata tables are served, as"
          + " schema.table.snapshots and the like;";
  private static final String METADATA =
      "[PERMISSION_DENIED] Permission denied: user [analyst] may not read the metadata of"
          + " [tpch/customer], of which a policy hides a part";
  private static final String IDENTIFIER =
      "[NOT_SUPPORTED] IDENTIFIER() is not served; write the name itself";
  private static final String PROGRAM =
      "[NOT_SUPPORTED] TRANSFORM, MAP and REDUCE run programs and are not served.";
  private static final String SUBSTITUTION = "[NOT_SUPPORTED] ${…} is not served;";
  private static final String OPTION = "[NOT_SUPPORTED] A table option that is not served;";
  private static final String TIME = "[NOT_SUPPORTED] Time travel takes a literal";
  private static final String FOREIGN =
      "[NOT_SUPPORTED] Only tables of the configured catalogs are served.";

  /** Files, whoever asks: policies can name no path, and nobody gets a file. */
  static Stream<Arguments> paths() {
    String file = GATEWAY.warehouseFileOf("customer");
    return Stream.of(
            "parquet.`" + file + "`",
            "PARQUET.`" + file + "`",
            "csv.`/etc/passwd`",
            "text.`/etc/passwd`",
            "json.`/etc/passwd`",
            "orc.`/etc/passwd`",
            "avro.`/etc/passwd`",
            "binaryFile.`/etc/passwd`",
            "iceberg.`" + file + "`",
            "delta.`" + file + "`",
            "jdbc.`/etc/passwd`")
        .flatMap(
            path ->
                Stream.of(
                    arguments("admin", "[TABLE_OR_VIEW_NOT_FOUND]", "select * from " + path),
                    arguments(
                        "analyst",
                        "Permission denied: user [analyst] does not have [select] privilege on ["
                            + path.replace(".`", "/").replace("`", "")
                            + "]",
                        "select * from " + path)));
  }

  static Stream<Arguments> queries() {
    String file = "parquet.`" + GATEWAY.warehouseFileOf("customer") + "`";
    return Stream.of(
            all(
                "Permission denied: user [analyst] does not have [select] privilege on [parquet/",
                "select * from range(1) where exists (select 1 from " + file + ")",
                "with orders as (select * from " + file + ") select * from orders",
                "table " + file,
                "select * from range(1) t, lateral (select * from " + file + ") u",
                "from nation |> join " + file + " on true"),
            all(
                SUFFIX,
                "select * from customer.files",
                "select * from customer.history",
                "select * from customer.position_deletes",
                "select * from lake.tpch.orders.changes",
                "select * from orders.branch_main",
                "select * from orders.tag_x",
                "select * from orders.snapshot_id_1",
                "select * from orders.at_timestamp_4102444800000",
                "select * from nation.files",
                "select * from lake.tpch.nation.branch_main.files",
                "select * from lake.tpch.nation.position_deletes",
                "select * from lake.tpch.nation.files version as of 1"),
            all(
                METADATA,
                "select * from lake.tpch.customer.files",
                "select * from tpch.customer.all_entries",
                "select * from lake.tpch.customer.`SnapShots`",
                "select readable_metrics from lake.tpch.customer.entries",
                "table tpch.customer.partitions",
                "select (select max(c_address) from lake.tpch.customer.files)"),
            all(
                "[NOT_SUPPORTED] Columns that Iceberg adds to its tables are served only in a query",
                "select _file from orders",
                "select o.`_FILE`, _pos, _deleted from orders o",
                "select _spec_id, _partition from customer",
                "select n._file from nation n, orders",
                "select * from orders a join orders b using (_file)"),
            all(
                IDENTIFIER,
                "select * from identifier('orders')",
                "select * from identifier('or' || 'ders')",
                "select * from tpch.identifier('orders')",
                "select * from identifier('lake.tpch').orders",
                "select * from lake.identifier('tpch').orders",
                "select identifier('c_address') from customer",
                "select identifier('reflect')('java.lang.System', 'getenv', 'PATH')",
                "table identifier('orders')",
                "with identifier('a') as (select 1) select * from a",
                "select 1 as identifier('x')",
                "use identifier('tpch')"),
            all(
                "[FUNCTION_NOT_ALLOWED]",
                "select reflect('java.lang.System', 'getenv', 'PATH')",
                "select java_method('java.lang.System', 'getProperty', 'user.home')",
                "select try_reflect('java.lang.System', 'getenv', 'PATH')",
                "select `reflect`('java.lang.System', 'getenv', 'PATH')",
                "select customer.identifier('c_address') from customer",
                "select system.builtin.reflect('java.lang.System', 'getenv', 'PATH')",
                "select ReFlect('java.lang.System', 'getenv', 'PATH')",
                "select * from nation lateral view reflect('a', 'b') t as x",
                "select sum(reflect('a', 'b')) over (partition by 1)",
                "select transform(array(1), x -> reflect('a', 'b'))",
                "select * from range(reflect('a', 'b'))",
                "select input_file_name() from nation",
                "select input_file_block_start() from nation",
                "select INPUT_FILE_BLOCK_LENGTH() from nation",
                "select from_avro(x, 'int', map('avroSchemaUrl', 'http://x')) from (select 1 x)",
                "select from_xml('<a/>', 'a int', map('rowValidationXSDPath', '/etc/passwd'))",
                "select xpath_string('<!DOCTYPE a SYSTEM \"http://x\"><a/>', 'a')",
                "select lake.system.iceberg_version()",
                "select * from read_files('/etc/passwd')",
                "select * from python_worker_logs()",
                "select * from no_such_function(table orders)"),
            all(
                PROGRAM,
                "select transform(n_name) using 'cat' from nation",
                "from nation map n_name using 'cat'",
                "from nation reduce n_name using 'cat'"),
            all(
                SUBSTITUTION,
                "select '${env:HOME}'",
                "select '${system:user.home}'",
                "select ${spark.sql.shuffle.partitions}",
                "select * from ${t}",
                "select 1 /* ${env:HOME} */"),
            all(
                OPTION,
                "select * from customer with (`snapshot-id` = '1')",
                "select * from customer with (`branch` = 'main')",
                "select * from nation with ('path' = '/etc')"),
            all(
                TIME,
                "select * from orders timestamp as of (select max(o_orderdate) from orders)",
                "select * from nation timestamp as of n_name",
                "select * from nation timestamp as of rand()"),
            all(
                "[PARSE_SYNTAX_ERROR]",
                "select * from orders version as of (select 1)",
                "select 1; select 2"),
            lacks("alter", "tpch/nation", "alter table nation create branch b"),
            all(
                FOREIGN,
                "select * from spark_catalog.default.customer",
                "select * from SPARK_CATALOG.default.customer",
                "select * from global_temp.customer"),
            all(
                "[TABLE_OR_VIEW_NOT_FOUND]",
                "select * from system.session.customer",
                "select * from system.builtin.customer",
                "select * from NATION",
                "select * from TPCH.nation"),
            all(
                "[NOT_SUPPORTED] STREAM is not served.",
                "select * from stream orders",
                "select * from stream(orders)"),
            all("[PARAMETER_MISMATCH] The statement has 1 parameter markers", "select :p"),
            all("[NOT_SUPPORTED] IDENTIFIER() is not served", "select * from identifier(:p)"),
            all(
                "[NOT_SUPPORTED] A hint takes names and numbers only.",
                "select /*+ broadcast((select 1 from customer)) */ 1"),
            all(
                "[NOT_SUPPORTED] The text reads as a command of Iceberg's and as something else;",
                "/* /* */ ALTER TABLE nation CREATE BRANCH x -- */ SELECT 1"),
            all(
                "may not see the plan of a statement on [tpch/",
                "explain select * from orders",
                "explain extended select c_phone from customer",
                "explain cost select 1 from nation, orders"))
        .flatMap(attacks -> attacks);
  }

  static Stream<Arguments> otherStatements() {
    return Stream.of(
            notServed(
                "EXECUTE IMMEDIATE",
                "execute immediate 'select * from customer'",
                "execute immediate concat('select * from ', 'customer')"),
            notServed(
                "CREATE TEMPORARY VIEW … USING",
                "create temporary view v using text options (path '/etc/passwd')"),
            all(
                "[FUNCTION_NOT_ALLOWED] `current_user` is a function of Spark's own",
                "create temporary function current_user() returns string return 'admin'"),
            notServed(
                "CREATE FUNCTION … AS",
                "create function f as 'x.Y'",
                "create function f as 'x.Y' using jar '/tmp/x.jar'"),
            notServed(
                "INSERT OVERWRITE DIRECTORY",
                "insert overwrite directory '/tmp/x' using csv select * from nation"),
            notServed("ALTER TABLE … SET LOCATION", "alter table nation set location '/tmp/x'"),
            notServed(
                "CALL of `register_table`", "call lake.system.register_table('tpch.o2', '/x')"),
            notServed(
                "CALL of `create_changelog_view`",
                "call lake.`System`.`CREATE_changelog_view`(table => 'tpch.orders')"),
            lacks(
                "update", "tpch/orders", "call lake.system.rollback_to_snapshot('tpch.orders', 1)"),
            notServed("ADD and LIST of resources", "add jar '/tmp/x.jar'", "list jars"),
            notServed(
                "A command of Hive's (GRANT, DFS, …)",
                "dfs -ls /",
                "grant select on nation to bob"),
            notServed("SET ROLE", "set role admin"),
            notServed(
                "EXECUTE IMMEDIATE",
                "begin execute immediate 'select * from supplier'; end",
                "begin declare exit handler for sqlexception begin execute immediate 'select 1'; end;"
                    + " select 1; end"),
            notServed("CACHE TABLE … AS", "cache table x as select * from nation"),
            notServed("REFRESH of a path", "refresh '/tmp'"),
            notServed("ANALYZE TABLE", "analyze table nation compute statistics"),
            notServed("LOAD DATA", "load data inpath '/tmp/x' into table nation"),
            notServed("SHOW PARTITIONS", "show partitions customer"),
            all(
                "[NOT_SUPPORTED] EXPLAIN of anything but a query, INSERT, UPDATE, DELETE or MERGE",
                "explain drop table nation"),
            lacks("update", "tpch/nation", "explain insert into nation values (99, 'x', 1, '')"))
        .flatMap(attacks -> attacks);
  }

  /** Statements that change something need a privilege that the analyst has not. */
  static Stream<Arguments> commands() {
    return Stream.of(
            lacks("create", "tpch/t", "create table t as select * from customer"),
            lacks(
                "update",
                "tpch/nation",
                "insert into nation values (99, 'x', 1, '')",
                "insert into nation select c_custkey, c_address, 1, '' from customer",
                "delete from nation",
                "truncate table nation",
                "merge into nation n using customer c on c.c_address = 'x' when matched then delete"),
            lacks("update", "tpch/customer", "update customer set c_comment = c_address"),
            lacks("update", "tpch/no_such_table", "delete from no_such_table"),
            lacks("drop", "tpch/nation", "drop table nation"),
            lacks("drop", "tpch", "drop schema tpch"),
            lacks("alter", "tpch/nation", "alter table nation add column x int"),
            lacks(
                "create",
                "tpch/v",
                "create view v as select * from customer",
                "create or replace view v as select 1 a"),
            lacks("drop", "tpch/v", "drop view v", "drop view if exists v"),
            lacks("alter", "tpch/v", "alter view v as select 1 a", "alter view v rename to w"),
            lacks(
                "select",
                "tpch/customer/c_address",
                "create temporary view v as select * from customer",
                "create temporary view v as select c_name from customer order by c_address"),
            all(
                "[NOT_SUPPORTED] GLOBAL TEMPORARY views are not served",
                "create global temporary view v as select 1 a"),
            all(
                "[NOT_SUPPORTED] Tables are made USING iceberg, or without USING.",
                "create table t (a int) using parquet location '/tmp/x'"),
            lacks("create", "tpch/t", "create table t (a int) location '/x'"))
        .flatMap(attacks -> attacks);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
            "spark.sql.variable.substitute",
            "spark.sql.runSQLOnFiles",
            "spark.sql.caseSensitive",
            "spark.sql.catalog.lake.warehouse",
            "spark.sql.optimizer.excludedRules",
            "spark.sql.ansi.enabled",
            "spark.sql.ansi.doubleQuotedIdentifiers",
            "spark.sql.legacy.parser.havingWithoutGroupByAsWhere",
            "spark.sql.parser.quotedRegexColumnNames",
            "spark.sql.extensions",
            "spark.connect.authenticate.token",
            "SPARK.SQL.RUNSQLONFILES",
            "q")
        .flatMap(
            key ->
                Stream.of(
                        "set " + key + "=true",
                        "set `" + key + "`=true",
                        "set " + key,
                        "reset " + key)
                    .map(
                        sql ->
                            arguments(
                                "analyst",
                                "[CONFIGURATION_NOT_ALLOWED] The setting "
                                    + key
                                    + " may not be read or changed here",
                                sql)));
  }

  @ParameterizedTest
  @MethodSource({"paths", "queries", "otherStatements", "commands", "settings"})
  void isRefusedWithOneClearError(String user, String expected, String attack) throws SQLException {
    Connection connection = GATEWAY.shared(user);
    Throwable refusal = catchThrowable(() -> Rows.query(connection, attack));
    assertThat(refusal).as(attack).isInstanceOf(SQLException.class);
    assertThat(refusal.getMessage())
        .as(attack)
        .contains(expected)
        .containsPattern("\\[[A-Z_]+] .*\\(SQLSTATE [0-9A-Z]{5}(, statement [0-9a-f-]{36})?\\)")
        .doesNotContain("\tat ")
        .doesNotContain(GATEWAY.secretAddress());
  }

  private static Stream<Arguments> notServed(String kind, String... attacks) {
    return all("[NOT_SUPPORTED] " + kind + " is not served: ", attacks);
  }

  private static Stream<Arguments> lacks(String privilege, String object, String... attacks) {
    return all(
        "[PERMISSION_DENIED] Permission denied: user [analyst] does not have [%s] privilege on [%s]"
            .formatted(privilege, object),
        attacks);
  }

  private static Stream<Arguments> all(String expected, String... attacks) {
    return Stream.of(attacks).map(attack -> arguments("analyst", expected, attack));
  }
}
