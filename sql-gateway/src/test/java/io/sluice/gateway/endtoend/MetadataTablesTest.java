package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.deny;
import static io.sluice.gateway.endtoend.Policy.filter;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands behind a table's name, on Spark: all of it for those from whom nothing is hidden. */
class MetadataTablesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = Policy.users("analyst");

  private static ExtraTables tables;
  private static ChangedPolicies policies;
  private static ArrowSession admin;
  private static ArrowSession analyst;

  @BeforeAll
  static void plant() {
    tables = ExtraTables.in(GATEWAY, "meta");
    // A schema of the table's name, with a table in it that a metadata table would be called; after
    // the table Spark would find that one.
    tables.spark().run("create schema lake.meta.doubled");
    tables
        .spark()
        .run("create table lake.meta.doubled.files using iceberg as select 'LEAK' as file_path");
    tables
        .table("open", "select * from values (1, 'one'), (2, 'two') as t(id, name)")
        .table("rows", "select * from values (1, 'LEAK') as t(id, name)")
        .table("columns", "select * from values (1, 'LEAK') as t(id, name)")
        .table("shut", "select * from values (1, 'LEAK') as t(id, name)")
        .table("doubled", "select 1 as id");
    policies =
        ChangedPolicies.in(GATEWAY)
            .apply(
                allow("meta.open.*", ANALYST),
                allow("meta.rows.*", ANALYST),
                allow("meta.columns.*", ANALYST),
                allow("meta.doubled.*", ANALYST),
                filter("meta.rows", ANALYST, "id > 1"),
                deny("meta.columns.name", ANALYST));
    admin = ArrowSession.open(GATEWAY, "admin");
    analyst = ArrowSession.open(GATEWAY, "analyst");
  }

  @AfterAll
  static void putBack() {
    admin.close();
    analyst.close();
    policies.close();
    tables.spark().run("drop table lake.meta.doubled.files");
    tables.spark().run("drop schema lake.meta.doubled");
    tables.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshots",
        "history",
        "files",
        "data_files",
        "delete_files",
        "manifests",
        "partitions",
        "refs",
        "metadata_log_entries",
        "entries",
        "all_files",
        "all_data_files",
        "all_delete_files",
        "all_manifests",
        "all_entries",
      })
  void whoMayReadAllOfTheTableReadsWhatSparkReads(String suffix) {
    String sql = "select * from lake.meta.open." + suffix;
    Answer direct = tables.spark().answer(sql);
    assertThat(direct.error()).isEmpty();
    assertSame(admin.run(sql), direct);
    assertSame(analyst.run(sql), direct);
  }

  /** Bytes within maps have no text but their place in memory. */
  private static void assertSame(Answer answer, Answer direct) {
    assertThat(plain(answer)).isEqualTo(plain(direct));
  }

  private static String plain(Answer answer) {
    return answer.toString().replaceAll("\\[B@[0-9a-f]+", "bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"select _file, _pos from lake.meta.open", "select _spec_id from lake.meta.open"})
  void soDoTheColumnsThatIcebergAdds(String sql) {
    Answer direct = tables.spark().answer(sql);
    assertThat(direct.error()).isEmpty();
    assertThat(analyst.run(sql)).isEqualTo(direct);
  }

  @Test
  void whateverAPolicyHidesOfATableClosesThem() {
    for (String table : List.of("rows", "columns")) {
      for (String suffix : List.of("files", "`SNAPSHOTS`", "all_entries")) {
        Answer answer = analyst.run("select * from lake.meta." + table + "." + suffix);
        assertThat(answer.message()).contains("may not read the metadata of [meta/" + table + "]");
      }
      assertThat(analyst.run("select _file from lake.meta." + table).error())
          .isEqualTo("NOT_SUPPORTED");
      assertThat(analyst.run("describe lake.meta." + table + ".files").error())
          .isEqualTo("NOT_SUPPORTED");
    }
    assertThat(analyst.run("select * from lake.meta.shut.files").message())
        .contains("does not have [select] privilege on [meta/shut]");
    assertThat(admin.run("select count(*) from lake.meta.rows.files").rows())
        .containsExactly("[1]");
  }

  /** Spark reads the table in the schema of that name, which policies know under no name. */
  @Test
  void aTableThatIsCalledLikeAMetadataTableIsNotReadInItsPlace() {
    assertThat(tables.spark().rows("select * from lake.meta.doubled.files").toString())
        .contains("LEAK");
    for (ArrowSession user : List.of(admin, analyst)) {
      for (String name :
          List.of("lake.meta.doubled.files", "meta.doubled.`Files`", "`meta.doubled`.files")) {
        Answer answer = user.run("select * from " + name);
        assertThat(answer.failed()).as(name).isTrue();
        assertThat(answer.message()).doesNotContain("LEAK");
      }
      assertThat(user.run("select count(*) from lake.meta.doubled.snapshots").rows())
          .containsExactly("[1]");
    }
  }
}
