package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.access;
import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.deny;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data that nobody may see, planted where each known way to it would find it. Every hidden cell of
 * {@code secrets} holds the word LEAK or the number 777777, {@code lonely} nothing else, and a user
 * who may change, drop and alter everything tries to get at it: neither an answer nor an error may
 * hold either. {@code attacks.txt} says which test covers which attack.
 */
class LeakTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @TempDir private static Path folder;

  private static ExtraTables tables;
  private static ChangedPolicies policies;
  private static ArrowSession analyst;
  private static ArrowSession admin;

  @BeforeAll
  static void plant() {
    tables =
        ExtraTables.in(GATEWAY, "vault")
            .table(
                "secrets",
                "select * from values"
                    + " (1, 'eu', 'LEAKPHONE-1234', 'LEAKADDR1', 'LEAKCOMMA1', 10, array(1)),"
                    + " (2, 'us', 'LEAKPHONE-9999', 'LEAKADDR2', 'LEAKCOMMA2', 777777, array(777777))"
                    + " as t(id, region, phone, address, `a,b`, amount, list)")
            .table("lonely", "select 777777 as id, 'LEAKLONELY' as note")
            .table("whole", "select * from values (1, 'one'), (2, 'two') as t(id, note)")
            .table("wild", "select 1 as id, 'LEAKWILD-1234' as phone")
            .table("target", "select 0 as id, 'none' as note")
            .table("changing", "select 1 as id, 'x' as region");
    String who = users("analyst");
    policies = ChangedPolicies.in(GATEWAY).apply(allow("vault.secrets.*", who));
    analyst = ArrowSession.open(GATEWAY, "analyst");
    run(
        analyst,
        "use lake.vault",
        "create temporary view older as select id, address from secrets");
    policies.apply(
        allow("vault.secrets.*", who),
        allow("vault.whole.*", who),
        allow("vault.target.*", who),
        allow("vault.wild.*", who),
        allow("vault.changing.*", who),
        allow("vault.over_files.*", who),
        allow("vault.peep.*", who),
        // Of a column that the table lacks.
        mask("vault.target.card", who, "MASK_NULL"),
        mask("v*t.wi?d.ph*", who, "MASK_SHOW_LAST_4"),
        deny("vault.secrets.address", who),
        deny("vault.secrets.a,b", who),
        // Spelt unlike the table: names of policies match without regard to case.
        filter("VAULT.SECRETS", who, "region = 'eu'"),
        mask("vault.secrets.PHONE", who, "MASK_SHOW_LAST_4"),
        access("vault.*.*", "\"policyItems\":[{%s,%s}]".formatted(who, changing())));
    admin = ArrowSession.open(GATEWAY, "admin");
    run(
        admin,
        "use lake.vault",
        "create view over_files as select file_path from vault.secrets.files",
        "create view peep as select id, address from secrets");
    run(
        analyst,
        "create temporary view inside as select region from changing",
        "create temporary function shift(p string) returns string"
            + " return transform(array('captured'), y -> p)[0]",
        "create temporary function people() returns bigint return (select count(*) from whole)",
        "declare kept string",
        "set var kept = (select max(phone) from secrets)");
    tables.spark().run("alter table lake.vault.changing drop column region");
  }

  private static void run(ArrowSession session, String... statements) {
    for (String statement : statements) {
      assertThat(session.run(statement).error()).as(statement).isEmpty();
    }
  }

  private static String changing() {
    return Stream.of("update", "create", "alter", "drop")
        .map("{\"type\":\"%s\"}"::formatted)
        .toList()
        .toString()
        .replaceFirst("\\[", "\"accesses\":[");
  }

  @AfterAll
  static void putBack() throws Exception {
    analyst.close();
    run(admin, "drop view over_files", "drop view peep");
    admin.close();
    policies.close();
    tables.close();
  }

  private static final String ADDRESS = "[select] privilege on [vault/secrets/address]";
  private static final String LONELY = "[select] privilege on [vault/lonely]";
  private static final String HIDDEN = "may not change [vault/secrets], of which a policy hides";
  private static final String METADATA = "may not read the metadata of [vault/secrets]";
  private static final String PART = "a policy hides a part";
  private static final String[] OF_FILES = {
    "snapshot", "rows", "bytes", "location", "partition", "_pos"
  };
  private static final String DELTA = "[update] privilege on [delta/";

  /** Texts that another reader would take for reading other tables than Spark does. */
  static Stream<Arguments> misread() {
    return Stream.of(
        refuses("nested-comment", LONELY, "select 1 from whole /* /* */ -- */ , lonely"),
        refuses("escaped-quote", LONELY, "select 'a\\' from whole --' from lonely"),
        refuses("quote-in-name", LONELY, "select `no``te` from lonely"),
        refuses("suffixed-number", LONELY, "select 1L from lonely"),
        gives("continued-comment", "[2]", "select count(*) from whole -- \\\n , lonely"),
        gives("raw-string", "[\\]", "select r'\\' from whole --' from lonely"),
        refuses("unicode-space", LONELY, "select 1 from whole\u2003, lonely"),
        gives("string-joined", "[ab]", "select distinct 'a' 'b' from whole -- ', (table lonely)"),
        refuses("quoted-dot", "[PERMISSION_DENIED]", "select * from `vault.lonely`"),
        refuses("quoted-name", LONELY, "select * from `vault`.`lonely`"),
        refuses(
            "recursive-past",
            "[NOT_SUPPORTED] `secrets` is a common table expression here",
            "with recursive secrets(a) as (select address from secrets version as of 'main')"
                + " select * from secrets"),
        refuses("other-catalog", "[TABLE_OR_VIEW_NOT_FOUND]", "select * from sea.vault.lonely"));
  }

  /** Uses of what is denied that name no column, or name it where few look. */
  static Stream<Arguments> denied() {
    return Stream.of(
        refuses("constant", LONELY, "select 1 from lonely"),
        refuses("count", LONELY, "select count(*) from lonely"),
        refuses("exists", LONELY, "select 1 where exists (select 1 from lonely)"),
        refuses("typeof", ADDRESS, "select typeof(address) from secrets"),
        refuses("fold", ADDRESS, "select if(true, 1, length(address)) from secrets"),
        refuses("comma", "[vault/secrets/a,b]", "select `a,b` from secrets"),
        refuses("window", ADDRESS, "select max(id) over (order by address) from secrets"),
        refuses("order", ADDRESS, "select id from secrets order by address"),
        refuses("group", ADDRESS, "select count(*) from secrets group by address"),
        refuses("having", ADDRESS, "select 1 from secrets group by id having max(address) > 'a'"),
        refuses("hash-star", ADDRESS, "select xxhash64(*) from secrets"),
        refuses("struct-star", ADDRESS, "select to_json(struct(secrets.*)) from secrets"),
        refuses("count-star", ADDRESS, "select count(secrets.*) from secrets"),
        refuses("except", ADDRESS, "select * except (address, `a,b`) from secrets"),
        refuses("drop", ADDRESS, "from secrets |> drop address, `a,b`"),
        refuses("pipe", ADDRESS, "from secrets |> set phone = address |> select phone"),
        refuses("natural", ADDRESS, "select id from secrets natural join whole"),
        refuses("using", ADDRESS, "select 1 from secrets a join secrets b using (address)"),
        refuses("shifted", ADDRESS, "select a, d from secrets as s(a, b, c, d, e, f, g)"),
        refuses("cte", ADDRESS, "with whole as (select * from secrets) select id from whole"),
        refuses("union", ADDRESS, "select 'x' union all select address from secrets"),
        refuses("unpivot", ADDRESS, "select v from secrets unpivot (v for n in (address, phone))"),
        refuses("pivot", ADDRESS, "select * from secrets pivot (max(id) for region in ('eu'))"),
        refuses("filter", ADDRESS, "select count(*) filter (where address > 'L') from secrets"),
        refuses(
            "within-group",
            ADDRESS,
            "select listagg(id) within group (order by address) from secrets"),
        refuses(
            "named-argument", ADDRESS, "select mask('x', lowerChar => max(address)) from secrets"),
        refuses("path", ADDRESS, "select parse_json(address):a from secrets"),
        refuses("cast", ADDRESS, "select address::int from secrets"),
        refuses("distribute", ADDRESS, "select id from secrets distribute by address"),
        refuses("hint", ADDRESS, "select /*+ repartition(2, address) */ id from secrets"),
        refuses(
            "bucket",
            "[NOT_SUPPORTED] TABLESAMPLE by bucket takes no ON",
            "select id from secrets tablesample (bucket 1 out of 2 on address)"),
        refuses("lateral-alias", ADDRESS, "select address as z, z || z from secrets"),
        refuses("lambda", ADDRESS, "select transform(list, z -> address) from secrets"),
        refuses(
            "outward",
            ADDRESS,
            "select (select max(address) from secrets) from" + " (select 'x' as address)"),
        refuses(
            "correlated",
            ADDRESS,
            "select 1 from whole where exists (select 1 from secrets" + " where address = 'x')"),
        refuses("sort-ordinal", ADDRESS, "select * from secrets order by 4"));
  }

  /** What policy leaves of a table, whatever the text around it. */
  static Stream<Arguments> left() {
    return Stream.of(
        gives("rows", "[1, xxxxxxxxx-1234]", "select id, phone from secrets"),
        gives("wildcards", "[xxxxxxxx-1234]", "select phone from wild"),
        gives(
            "twins",
            "[1]",
            "select secrets.id from vault.secrets, (select 1 as x) as o"
                + " where exists (select 1 from lake.vault.secrets where secrets.id = 1)"),
        refuses(
            "partition-numbers",
            "[FUNCTION_NOT_ALLOWED]",
            "select spark_partition_id() from secrets with ('split-size' = '1')"),
        refuses("seed", "rand with a seed", "select id, rand(0) from secrets"),
        refuses(
            "sample-seed",
            "REPEATABLE",
            "select id from secrets tablesample (50 percent) repeatable (0)"),
        gives("account", "[analyst, analyst]", "select u\u017fer, `\u017fession_u\u017fer`"),
        gives(
            "capture",
            "[1]",
            "select i.id from (select 'us' as region) o, lateral (select id" + " from secrets) i"),
        refuses(
            "struct-capture",
            "[NOT_SUPPORTED] Give the table `secrets` an alias",
            "select vault.secrets.phone from"
                + " vault.secrets, (select named_struct('secrets', named_struct('phone', 'z')) as vault)"),
        gives("cte-shadow", "[1]", "with secrets as (select 5 as id) select id from vault.secrets"),
        gives("temporal", "[1]", "select id from secrets timestamp as of '2999-01-01'"),
        gives(
            "temporal-error",
            "[1]",
            "select id from secrets timestamp as of now() where 1 / (id - 2) < 5"),
        gives(
            "temporal-branch",
            "[1, xxxxxxxxx-1234]",
            "select id, phone from secrets version as of 'main'"),
        refuses("temporal-text", "[NOT_SUPPORTED]", "select 1 from secrets timestamp as of '2999'"),
        gives("aggregate", "[10]", "select max(amount) from secrets"),
        gives("explode", "[1]", "select z from secrets lateral view explode(list) v as z"),
        gives(
            "min-max",
            "[xxxxxxxxx-1234, xxxxxxxxx-1234]",
            "select min(phone), max(phone) from" + " secrets"),
        gives("substring", "[xxxxx]", "select substr(phone, 1, 5) from secrets"),
        gives(
            "join",
            "[]",
            "select 1 from secrets join (select 'LEAK' || 'PHONE-1234' as p)" + " on p = phone"),
        refuses("error-cast", "withheld", "select cast(phone as int) from secrets"),
        refuses("error-raise", "withheld", "select raise_error(phone) from secrets"),
        refuses("error-assert", "withheld", "select assert_true(id > 5, phone) from secrets"),
        gives("error-hidden", "[1]", "select id from secrets where 1 / (id - 2) < 5"),
        gives("sample", "[1]", "select id from secrets tablesample (100 percent)"),
        refuses("suffix", METADATA, "select * from vault.secrets.partitions"),
        refuses("suffix-files", METADATA, "select * from lake.vault.secrets.`FILES`"),
        refuses("suffix-lonely", LONELY, "select * from vault.lonely.snapshots"),
        refuses("suffix-branch", "[NOT_SUPPORTED]", "select * from vault.secrets.branch_main"),
        refuses("meta-column", "[NOT_SUPPORTED]", "select _row_id, id from secrets"),
        refuses("plan", "may not see the plan", "explain extended select id from secrets"),
        refuses("policies", "[PERMISSION_DENIED]", "explain policies select id from secrets"));
  }

  /** Statements that tell of a table without reading it. */
  static Stream<Arguments> told() {
    return Stream.of(
        gives("describe", "[id, int", "describe secrets"),
        gives("describe-extended", "[id, int", "describe extended secrets"),
        gives("columns", "[id]", "show columns in secrets"),
        gives("extended", "Table: secrets", "show table extended in vault like 'secrets'"),
        gives("properties", "[format, iceberg/parquet]", "show tblproperties secrets"),
        gives("tables", "secrets", "show tables in vault"),
        gives("statistics", "[col_name, amount]", "describe extended secrets amount"));
  }

  /** Statements that would tell of a table without reading it. */
  static Stream<Arguments> untold() {
    return Stream.of(
        refuses("create", "[select] privilege on [vault/secrets]", "show create table secrets"),
        refuses("describe-lonely", LONELY, "describe lonely"),
        refuses("column-denied", ADDRESS, "describe extended secrets address"),
        refuses(
            "partitions",
            "[NOT_SUPPORTED] SHOW PARTITIONS is not served",
            "show partitions secrets"));
  }

  /** Writes that would show, move or destroy what is hidden. */
  static Stream<Arguments> writes() {
    Path loot = loot();
    return Stream.of(
        refuses("update", HIDDEN, "update secrets set region = 'eu'"),
        refuses("update-moved", HIDDEN, "update secrets set region = phone, phone = region"),
        refuses("delete", HIDDEN, "delete from secrets where id = 2"),
        refuses(
            "merge",
            HIDDEN,
            "merge into secrets t using whole s on t.phone = 'z' when matched" + " then delete"),
        refuses("insert", HIDDEN, "insert into secrets (id) values (3)"),
        refuses("overwrite", HIDDEN, "insert overwrite secrets select * from whole"),
        refuses("truncate", HIDDEN, "truncate table secrets"),
        refuses("compaction", HIDDEN, "call lake.system.rewrite_data_files('vault.secrets')"),
        refuses("replace", PART, "create or replace table secrets as select 1 as id"),
        refuses(
            "replace-hidden",
            "may not give [vault/target] a column `CARD`",
            "create or replace table target as select 1 as id, 'x' CARD"),
        refuses(
            "replace-unnamed",
            "names are not known",
            "create or replace table target as select 1 as id, upper('x')"),
        refuses("rename", PART, "alter table secrets rename to loot"),
        refuses("rename-column", PART, "alter table secrets rename column address to street"),
        refuses(
            "add-column",
            "may not add a column of this name",
            "alter table secrets add column EU string"),
        refuses(
            "branch",
            "branches, tags and snapshots behind a table's name are not served",
            "insert into vault.target.branch_audit select 1, 'x'"),
        refuses("published-branch", "[CONFIGURATION_NOT_ALLOWED]", "set spark.wap.branch = audit"),
        refuses("drop-column", PART, "alter table secrets drop column region"),
        refuses("insert-denied", ADDRESS, "insert into target select id, address from secrets"),
        refuses("insert-star", ADDRESS, "insert into target select * from secrets"),
        refuses("insert-lonely", LONELY, "insert into target table lonely"),
        refuses("copy", ADDRESS, "create table loot as select * from secrets"),
        refuses("copy-lonely", LONELY, "create table loot as select * from lonely"),
        refuses(
            "merge-source",
            ADDRESS,
            "merge into target t using secrets s on"
                + " t.id = s.id when matched then update set note = s.address"),
        refuses(
            "update-source",
            ADDRESS,
            "update target set note = (select max(address) from secrets)"),
        refuses(
            "delete-source",
            ADDRESS,
            "delete from target where exists (select 1 from secrets where" + " address like 'L%')"),
        refuses(
            "merge-star",
            ADDRESS,
            "merge into target t using secrets s on t.id = s.id when not matched then insert *"),
        refuses(
            "with-before-insert",
            ADDRESS,
            "with s as (select * from secrets) insert into target select id, phone from s"),
        refuses(
            "multi-insert",
            ADDRESS,
            "from secrets insert into target select id, address insert into"
                + " target select id, phone"),
        refuses(
            "insert-error",
            "withheld",
            "insert into target select cast(phone as int), 'x' from secrets"),
        refuses(
            "merge-error",
            "withheld",
            "merge into target t using (select id, phone from secrets) s on t.id + 1 = s.id"
                + " when matched then update set note = raise_error(s.phone)"),
        refuses(
            "copy-error",
            "withheld",
            "create table loot as select 1 / (id - 1) as x, phone from secrets"),
        refuses(
            "path-insert",
            "[update] privilege on [parquet/",
            "insert into parquet.`" + loot + "` select id from secrets"),
        refuses("path-update", DELTA, "update delta.`" + loot + "` set a = 1"),
        refuses("path-delete", DELTA, "delete from delta.`" + loot + "`"),
        refuses(
            "path-merge",
            DELTA,
            "merge into delta.`" + loot + "` t using secrets s on true when matched then delete"),
        refuses(
            "path-table",
            "[NOT_SUPPORTED]",
            "create table loot using csv options (path '" + loot + "') as select id from secrets"),
        refuses(
            "partition",
            "[NOT_SUPPORTED]",
            "alter table secrets add partition (region = 'eu') location '" + loot + "'"));
  }

  /** What a session or a catalog keeps: views, functions and variables. */
  static Stream<Arguments> kept() {
    return Stream.of(
        refuses("view-metadata", METADATA, "select * from over_files"),
        refuses("view-rows", ADDRESS, "select id from peep"),
        gives("view-columns", "[id, int", "describe peep"),
        refuses("view-text", "[NOT_SUPPORTED] The text of this view", "show create table peep"),
        refuses("view-older", ADDRESS, "select id from older"),
        gives("view-older-described", "[id, int", "describe extended older"),
        gives("view-older-columns", "[[id]]", "show columns in older"),
        refuses("view-older-text", "[NOT_SUPPORTED] The text of", "show create table older"),
        refuses("view-branch", "view", "alter table peep create branch b"),
        refuses("view-procedure", "view", "call lake.system.rewrite_data_files('vault.peep')"),
        refuses(
            "view-around",
            "[UNRESOLVED_COLUMN",
            "select 1 from secrets where exists (select 1 from inside)"),
        gives(
            "function-lambda",
            "[xxxxxxxxx-1234]",
            "select transform(array(phone), y -> shift(y))[0] from secrets"),
        gives(
            "function-cte",
            "[2]",
            "with whole as (select * from values (1), (2), (3) as t(id)) select people()"),
        refuses("parameter-name", "[NOT_SUPPORTED]", "select * from identifier(:name)"),
        gives("variable-value", "[xxxxxxxxx-1234]", "select kept"),
        refuses(
            "variable-bounds",
            "[NOT_SUPPORTED]",
            "set var kept = (select max(file_path) from vault.whole.files)"));
  }

  /** Iceberg's own ALTER TABLE, on a table of which much is hidden. */
  static Stream<Arguments> alterations() {
    return Stream.of(
            "add partition field region",
            "drop partition field region",
            "replace partition field region with bucket(2, id)",
            "write ordered by address",
            "write distributed by partition",
            "write unordered",
            "create branch b",
            "create tag t",
            "drop branch b",
            "set identifier fields address",
            "drop identifier fields address")
        .map(form -> refuses("alter", HIDDEN, "alter table secrets " + form));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"misread", "denied", "left", "told", "untold", "writes", "kept", "alterations"})
  void nothingHiddenShows(String attack, Outcome outcome, String expected, String sql) {
    Answer answer = analyst.run(sql);
    assertThat(answer.failed()).as("%s: %s", sql, answer).isEqualTo(outcome == Outcome.REFUSED);
    assertThat(answer.rows() + answer.message())
        .as(sql)
        .contains(expected)
        .doesNotContain("LEAK")
        .doesNotContain("777777");
    if (!answer.failed()) {
      assertThat(answer.rows().toString()).as(sql).doesNotContain("address", "a,b");
    }
    assertThat(loot()).as(sql).doesNotExist();
  }

  /** Nor how many rows there are, where they lie and how they came there. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("told")
  void nothingIsToldOfTheFilesAndTheirRows(
      String attack, Outcome outcome, String expected, String sql) {
    assertThat(analyst.run(sql).rows().toString()).as(sql).doesNotContainIgnoringCase(OF_FILES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          snapshot | show tblproperties secrets
          rows     | describe extended secrets
          bytes    | describe extended secrets
          location | show table extended in vault like 'secrets'
          location | show create table secrets
          partition | describe extended secrets
          _pos     | describe extended secrets
          """)
  void anAdministratorIsToldOfThem(String what, String sql) {
    assertThat(OF_FILES).contains(what);
    assertThat(admin.run(sql).rows().toString()).as(sql).containsIgnoringCase(what);
  }

  @Test
  void icebergsOwnCommandsChangeNothing() {
    assertThat(analyst.run("select id, phone from secrets").rows())
        .containsExactly("[1, xxxxxxxxx-1234]");
  }

  /** Neither what Spark caches, nor what the gateway remembers of a text that it has analysed. */
  @Test
  void whatOneReaderGetsIsKeptForNoOther() {
    run(admin, "cache table secrets");
    for (int time = 0; time < 2; time++) {
      assertThat(admin.run("select address from secrets").rows().toString()).contains("LEAKADDR2");
      assertThat(admin.run("select id, phone from secrets").rows()).hasSize(2);
      assertThat(analyst.run("select id, phone from secrets").rows())
          .containsExactly("[1, xxxxxxxxx-1234]");
      assertThat(analyst.run("select address from secrets").message()).contains(ADDRESS);
      assertThat(analyst.run("select count(*) from secrets").rows()).containsExactly("[1]");
      run(analyst, "cache table secrets");
    }
    run(admin, "uncache table secrets");
  }

  /** Spark suggests what is there, and Sluice would know more. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select adres from secrets",
        "select s.adres, s.`a_b` from secrets s",
        "select id from secrets order by adress",
        "select 1 from whole w where exists (select 1 from secrets s where s.addres = w.note)",
        "select id from vault.secret",
        "select id from secrets join whole using (adress)",
        "insert into target select id, adress from secrets",
        "describe secrets adress",
        "set var kept = (select adres from secrets)"
      })
  void aNameThatIsSpeltWrongBringsUpNoOther(String sql) {
    Answer answer = analyst.run(sql);
    assertThat(answer.failed()).as(sql).isTrue();
    assertThat(answer.message())
        .as(sql)
        .doesNotContainIgnoringCase("address")
        .doesNotContain("a,b")
        .doesNotContain("secrets`")
        .doesNotContain("_sluice_");
  }

  /** The statements above, and those of whoever else writes, have left the tables as they were. */
  @Test
  void theHiddenRowsAreStillThere() {
    assertThat(tables.spark().rows("select id, phone from lake.vault.secrets order by id"))
        .containsExactly(List.of("1", "LEAKPHONE-1234"), List.of("2", "LEAKPHONE-9999"));
    assertThat(tables.spark().rows("select note from lake.vault.target").toString())
        .doesNotContain("LEAK");
  }

  /**
   * The same statements show it all to whom nothing is hidden, so the tests above mean something.
   */
  @Test
  void anAdministratorSeesWhatIsPlanted() {
    List<Arguments> reading = Stream.of(denied(), left()).flatMap(cases -> cases).toList();
    long shown =
        reading.stream()
            .map(each -> admin.run((String) each.get()[3]))
            .map(answer -> answer.rows() + answer.message())
            .filter(text -> text.contains("LEAK") || text.contains("777777"))
            .count();
    assertThat(shown).isGreaterThan(15);
  }

  /** What is to become of a statement. */
  private enum Outcome {
    ANSWERED,
    REFUSED
  }

  private static Arguments gives(String attack, String rows, String sql) {
    return arguments(attack, Outcome.ANSWERED, rows, sql);
  }

  private static Arguments refuses(String attack, String reason, String sql) {
    return arguments(attack, Outcome.REFUSED, reason, sql);
  }

  /** What no statement may write to. */
  private static Path loot() {
    return folder.resolve("loot");
  }
}
