package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.access;
import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.deny;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
    policies = ChangedPolicies.in(GATEWAY);
    String who = users("analyst");
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
    analyst = ArrowSession.open(GATEWAY, "analyst");
    run(analyst, "use lake.vault");
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

  /** Texts that another reader would take for reading other tables than Spark does. */
  static Stream<Arguments> misread() {
    return Stream.of(
        gives("nested-comment", LONELY, "select 1 from whole /* /* */ -- */ , lonely"),
        gives("escaped-quote", LONELY, "select 'a\\' from whole --' from lonely"),
        gives("quote-in-name", LONELY, "select `no``te` from lonely"),
        gives("suffixed-number", LONELY, "select 1L from lonely"),
        gives("continued-comment", "[2]", "select count(*) from whole -- \\\n , lonely"),
        gives("raw-string", "[\\]", "select r'\\' from whole --' from lonely"),
        gives("unicode-space", LONELY, "select 1 from whole\u2003, lonely"),
        gives("string-joined", "[ab]", "select distinct 'a' 'b' from whole -- ', (table lonely)"),
        gives("quoted-dot", "[PERMISSION_DENIED]", "select * from `vault.lonely`"),
        gives("quoted-name", LONELY, "select * from `vault`.`lonely`"),
        gives(
            "recursive-past",
            "[NOT_SUPPORTED] `secrets` is a common table expression here",
            "with recursive secrets(a) as (select address from secrets version as of 'main')"
                + " select * from secrets"),
        gives("other-catalog", "[TABLE_OR_VIEW_NOT_FOUND]", "select * from sea.vault.lonely"));
  }

  /** Uses of what is denied that name no column, or name it where few look. */
  static Stream<Arguments> denied() {
    return Stream.of(
        gives("constant", LONELY, "select 1 from lonely"),
        gives("count", LONELY, "select count(*) from lonely"),
        gives("exists", LONELY, "select 1 where exists (select 1 from lonely)"),
        gives("typeof", ADDRESS, "select typeof(address) from secrets"),
        gives("fold", ADDRESS, "select if(true, 1, length(address)) from secrets"),
        gives("comma", "[vault/secrets/a,b]", "select `a,b` from secrets"),
        gives("window", ADDRESS, "select max(id) over (order by address) from secrets"),
        gives("order", ADDRESS, "select id from secrets order by address"),
        gives("group", ADDRESS, "select count(*) from secrets group by address"),
        gives("having", ADDRESS, "select 1 from secrets group by id having max(address) > 'a'"),
        gives("hash-star", ADDRESS, "select xxhash64(*) from secrets"),
        gives("struct-star", ADDRESS, "select to_json(struct(secrets.*)) from secrets"),
        gives("count-star", ADDRESS, "select count(secrets.*) from secrets"),
        gives("except", ADDRESS, "select * except (address, `a,b`) from secrets"),
        gives("drop", ADDRESS, "from secrets |> drop address, `a,b`"),
        gives("pipe", ADDRESS, "from secrets |> set phone = address |> select phone"),
        gives("natural", ADDRESS, "select id from secrets natural join whole"),
        gives("using", ADDRESS, "select 1 from secrets a join secrets b using (address)"),
        gives("shifted", ADDRESS, "select a, d from secrets as s(a, b, c, d, e, f, g)"),
        gives("cte", ADDRESS, "with whole as (select * from secrets) select id from whole"),
        gives("union", ADDRESS, "select 'x' union all select address from secrets"),
        gives("unpivot", ADDRESS, "select v from secrets unpivot (v for n in (address, phone))"),
        gives("pivot", ADDRESS, "select * from secrets pivot (max(id) for region in ('eu'))"),
        gives("filter", ADDRESS, "select count(*) filter (where address > 'L') from secrets"),
        gives(
            "within-group",
            ADDRESS,
            "select listagg(id) within group (order by address) from secrets"),
        gives(
            "named-argument", ADDRESS, "select mask('x', lowerChar => max(address)) from secrets"),
        gives("path", ADDRESS, "select parse_json(address):a from secrets"),
        gives("cast", ADDRESS, "select address::int from secrets"),
        gives("distribute", ADDRESS, "select id from secrets distribute by address"),
        gives("hint", ADDRESS, "select /*+ repartition(2, address) */ id from secrets"),
        gives("bucket", "[", "select id from secrets tablesample (bucket 1 out of 2 on address)"),
        gives("lateral-alias", ADDRESS, "select address as z, z || z from secrets"),
        gives("lambda", ADDRESS, "select transform(list, z -> address) from secrets"),
        gives(
            "outward",
            ADDRESS,
            "select (select max(address) from secrets) from" + " (select 'x' as address)"),
        gives(
            "correlated",
            ADDRESS,
            "select 1 from whole where exists (select 1 from secrets" + " where address = 'x')"),
        gives("sort-ordinal", ADDRESS, "select * from secrets order by 4"));
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
        gives(
            "partition-numbers",
            "[FUNCTION_NOT_ALLOWED]",
            "select spark_partition_id() from secrets with ('split-size' = '1')"),
        gives("account", "[analyst, analyst]", "select u\u017fer, `\u017fession_u\u017fer`"),
        gives(
            "capture",
            "[1]",
            "select i.id from (select 'us' as region) o, lateral (select id" + " from secrets) i"),
        gives(
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
        gives("temporal-text", "[NOT_SUPPORTED]", "select 1 from secrets timestamp as of '2999'"),
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
        gives("error-cast", "withheld", "select cast(phone as int) from secrets"),
        gives("error-raise", "withheld", "select raise_error(phone) from secrets"),
        gives("error-assert", "withheld", "select assert_true(id > 5, phone) from secrets"),
        gives("error-hidden", "[1]", "select id from secrets where 1 / (id - 2) < 5"),
        gives("sample", "[1]", "select id from secrets tablesample (100 percent)"),
        gives("suffix", METADATA, "select * from vault.secrets.partitions"),
        gives("suffix-files", METADATA, "select * from lake.vault.secrets.`FILES`"),
        gives("suffix-lonely", LONELY, "select * from vault.lonely.snapshots"),
        gives("suffix-branch", "[NOT_SUPPORTED]", "select * from vault.secrets.branch_main"),
        gives("meta-column", "[NOT_SUPPORTED]", "select _row_id, id from secrets"),
        gives("plan", "may not see the plan", "explain extended select id from secrets"),
        gives("policies", "[PERMISSION_DENIED]", "explain policies select id from secrets"));
  }

  /** Statements that tell of a table without reading it. */
  static Stream<Arguments> told() {
    return Stream.of(
        gives("describe", "[id, int", "describe secrets"),
        gives("describe-extended", "[id, int", "describe extended secrets"),
        gives("columns", "[id]", "show columns in secrets"),
        gives("extended", "", "show table extended in vault like '*'"),
        gives("properties", "", "show tblproperties secrets"),
        gives("tables", "secrets", "show tables in vault"),
        gives("create", "[PERMISSION_DENIED]", "show create table secrets"),
        gives("describe-lonely", "[PERMISSION_DENIED]", "describe lonely"),
        gives("statistics", "", "describe extended secrets amount"),
        gives("statistics-denied", "[", "describe extended secrets address"),
        gives("partitions", "[", "show partitions secrets"));
  }

  /** Writes that would show, move or destroy what is hidden. */
  static Stream<Arguments> writes() {
    return Stream.of(
        gives("update", HIDDEN, "update secrets set region = 'eu'"),
        gives("update-moved", HIDDEN, "update secrets set region = phone, phone = region"),
        gives("delete", HIDDEN, "delete from secrets where id = 2"),
        gives(
            "merge",
            HIDDEN,
            "merge into secrets t using whole s on t.phone = 'z' when matched" + " then delete"),
        gives("insert", HIDDEN, "insert into secrets (id) values (3)"),
        gives("overwrite", HIDDEN, "insert overwrite secrets select * from whole"),
        gives("truncate", HIDDEN, "truncate table secrets"),
        gives("replace", PART, "create or replace table secrets as select 1 as id"),
        gives(
            "replace-hidden",
            "may not give [vault/target] a column `CARD`",
            "create or replace table target as select 1 as id, 'x' CARD"),
        gives(
            "replace-unnamed",
            "names are not known",
            "create or replace table target as select 1 as id, upper('x')"),
        gives("rename", PART, "alter table secrets rename to loot"),
        gives("rename-column", PART, "alter table secrets rename column address to street"),
        gives(
            "add-column",
            "may not add a column of this name",
            "alter table secrets add column EU string"),
        gives("branch", "[", "insert into vault.target.branch_audit select 1, 'x'"),
        gives("published-branch", "[CONFIGURATION_NOT_ALLOWED]", "set spark.wap.branch = audit"),
        gives("drop-column", PART, "alter table secrets drop column region"),
        gives("insert-denied", ADDRESS, "insert into target select id, address from secrets"),
        gives("insert-star", ADDRESS, "insert into target select * from secrets"),
        gives("insert-lonely", LONELY, "insert into target table lonely"),
        gives("copy", ADDRESS, "create table loot as select * from secrets"),
        gives("copy-lonely", LONELY, "create table loot as select * from lonely"),
        gives(
            "merge-source",
            "[CANNOT_AUTHORIZE]",
            "merge into target t using secrets s on"
                + " t.id = s.id when matched then update set note = s.address"),
        gives("update-source", "[", "update target set note = (select max(address) from secrets)"),
        gives(
            "delete-source",
            "[",
            "delete from target where exists (select 1 from secrets where" + " address like 'L%')"),
        gives(
            "multi-insert",
            "[",
            "from secrets insert into target select id, address insert into"
                + " target select id, phone"),
        gives(
            "insert-error",
            "withheld",
            "insert into target select cast(phone as int), 'x' from secrets"),
        gives(
            "merge-error",
            "withheld",
            "merge into target t using (select id, phone from secrets) s on t.id + 1 = s.id"
                + " when matched then update set note = raise_error(s.phone)"),
        gives(
            "copy-error",
            "withheld",
            "create table loot as select 1 / (id - 1) as x, phone from secrets"),
        gives("path-insert", "[", "insert into parquet.`/tmp/sluice-loot` select id from secrets"),
        gives("path-update", "[", "update delta.`/tmp/sluice-loot` set a = 1"),
        gives("path-delete", "[", "delete from delta.`/tmp/sluice-loot`"),
        gives(
            "path-merge",
            "[",
            "merge into delta.`/tmp/sluice-loot` t using secrets s on true"
                + " when matched then delete"),
        gives(
            "path-table",
            "[NOT_SUPPORTED]",
            "create table loot using csv options (path '/tmp/x')" + " as select id from secrets"),
        gives(
            "partition",
            "[NOT_SUPPORTED]",
            "alter table secrets add partition (region = 'eu')" + " location '/tmp/x'"));
  }

  /** What a session or a catalog keeps: views, functions and variables. */
  static Stream<Arguments> kept() {
    return Stream.of(
        gives("view-metadata", METADATA, "select * from over_files"),
        gives("view-rows", ADDRESS, "select id from peep"),
        gives("view-columns", "[id, int", "describe peep"),
        gives("view-text", "[NOT_SUPPORTED] The text of this view", "show create table peep"),
        gives("view-branch", "view", "alter table peep create branch b"),
        gives("view-procedure", "view", "call lake.system.rewrite_data_files('vault.peep')"),
        gives(
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
        gives("parameter-name", "[NOT_SUPPORTED]", "select * from identifier(:name)"),
        gives("variable-value", "[xxxxxxxxx-1234]", "select kept"),
        gives(
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
        .map(form -> gives("alter", "[", "alter table secrets " + form));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"misread", "denied", "left", "told", "writes", "kept"})
  void nothingHiddenShows(String attack, String expected, String sql) {
    Answer answer = analyst.run(sql);
    String all = answer.rows() + answer.message();
    assertThat(all).as(sql).contains(expected).doesNotContain("LEAK").doesNotContain("777777");
    if (!answer.failed() && !expected.contains("PHONE")) {
      assertThat(answer.rows().toString()).as(sql).doesNotContain("address", "a,b");
    }
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void icebergsOwnCommandsTellNothing(String attack, String expected, String sql) {
    Answer answer = analyst.run(sql);
    assertThat(answer.failed()).as(sql).isTrue();
    assertThat(answer.message())
        .as(sql)
        .contains(expected)
        .doesNotContain("LEAK")
        .doesNotContain("777777");
    Answer rows = analyst.run("select id, phone from secrets");
    assertThat(rows.rows()).as(sql).containsExactly("[1, xxxxxxxxx-1234]");
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
            .map(each -> admin.run((String) each.get()[2]))
            .map(answer -> answer.rows() + answer.message())
            .filter(text -> text.contains("LEAK") || text.contains("777777"))
            .count();
    assertThat(shown).isGreaterThan(15);
  }

  private static Arguments gives(String attack, String expected, String sql) {
    return arguments(attack, expected, sql);
  }
}
