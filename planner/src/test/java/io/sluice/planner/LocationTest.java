package io.sluice.planner;

import static io.sluice.model.ErrorCode.CATALOG_UNAVAILABLE;
import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.POLICY_UNAVAILABLE;

import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where new tables and schemas may be put, in a catalog with places of several spellings. */
class LocationTest {

  private final FakeCatalog catalog =
      new FakeCatalog()
          .schema("lake", "s")
          .table(table("files", "file:/warehouse/s/files", Map.of()))
          .table(table("bucket", "s3a://b/wh/s/bucket/", Map.of()))
          .table(table("moved", "s3://b//wh/./x/../moved", Map.of()))
          .table(table("apart", "s3://b/wh2/apart", Map.of("write.data.path", "gs://data/apart")))
          .table(table("hdfs", "hdfs://name/user/hdfs", Map.of()))
          .warehouse("/warehouse");

  private final FakePolicies policies =
      new FakePolicies().permitAll("u", "lake.s*").permitAll("u", "lake.new").permitPlaces("u");

  private static TableMetadata table(String name, String location, Map<String, String> properties) {
    return new TableMetadata(
        new TableName("lake", "s", name), name, 0, List.of(), List.of(), properties, location);
  }

  private PlannerFixture u() {
    return PlannerFixture.with(catalog, policies).in("lake", "s").as("u");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://b/other/t",
        "s3a://b/wh/s/bucket2",
        "s3://c/wh/s/bucket",
        "gs://data/apart2",
        "abfss://c@account.dfs.core.windows.net/t",
        "hdfs://name:8020/data/t",
        "file:///elsewhere/a=1/t_1-x.y",
        "file:///warehouse2/t",
      })
  void aPlaceThatNothingLiesInIsServed(String place) {
    u().sql("create table t (a int) using iceberg location '" + place + "'")
        .becomes("create table `lake`.`s`.`t` (a int) using iceberg location '" + place + "'");
    u().sql("create table t location \"" + place + "\" as select 1 as a").analysis();
    u().sql("create schema new location '" + place + "'")
        .becomes("create schema `lake`.`new` location '" + place + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/elsewhere/t",
        "file:/elsewhere/t",
        "file:////elsewhere/t",
        "file://host/elsewhere/t",
        "FILE:///elsewhere/t",
        "S3://b/other/t",
        "s3://b/other/t/",
        "s3://b//other/t",
        "s3://b/other/./t",
        "s3://b/other/../t",
        "s3://b/..",
        "s3://b",
        "s3://b/",
        "s3:///t",
        "s3n://b/t",
        "s3://b/a%2e%2e/t",
        "s3://b/a*/t",
        "s3://b/a?b",
        "s3://b/a#b",
        "s3://b/{a,b}/t",
        "s3://user:pass@b/t",
        "s3://b/a b",
        "s3://b/ä",
        "s3://b/a\\\\b",
        "s3://b/\\u0061",
        "s3://b/a' 'b",
        "s3://b/a\n",
        " s3://b/a",
        "http://b/a",
        "jdbc:sqlite:/x",
        "viewfs://c/a",
      })
  void aPlaceInAnotherSpellingIsRefused(String place) {
    u().sql("create table t (a int) location '" + place + "'").refused(NOT_SUPPORTED);
    u().sql("create schema new location '" + place + "'").refused(NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///warehouse/s/files",
        "file:///warehouse/s/files/data",
        "file:///warehouse/s",
        "file:///warehouse",
        "file:///WAREHOUSE/new",
        "s3://b/wh/s/bucket",
        "s3a://b/wh/s/bucket/metadata",
        "s3://B/wh/s/bucket/data/x",
        "s3://b/wh",
        "s3://b/wh/moved/t",
        "gs://data/apart/x",
        "hdfs://other/user/hdfs/t",
        "hdfs://name:8020/user",
      })
  void aPlaceThatOverlapsACatalogsIsRefused(String place) {
    u().sql("create table t (a int) location '" + place + "'")
        .refused(
            NOT_SUPPORTED,
            "LOCATION may not lie within a place of a catalog, its tables or schemas, nor hold one;"
                + " leave it out, or name another place.");
  }

  /** The schema's own property; FakeCatalog puts schema {@code s} there. */
  @Test
  void aPlaceWithinASchemasIsRefused() {
    u().sql("create table t (a int) location 'file:///secret/s/t'").refused(NOT_SUPPORTED);
  }

  @Test
  void whoHasNoPolicyForThePlaceIsToldThatBeforeAllElse() {
    policies.permitAll("v", "lake.s*");
    u().as("v")
        .in("lake", "s")
        .as("v")
        .sql("create table t (a int) location 's3a://b/wh'")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [v] does not have [read] and [write] privilege on [s3://b/wh]");
  }

  @Test
  void thePrivilegeOnTheTableIsNeededToo() {
    u().sql("create table lake.other.t (a int) location 's3://c/t'").refused(PERMISSION_DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create or replace table t (a int) location 's3://c/t'",
        "replace table t location 's3://c/t' as select 1 as a",
        "alter table t set location 's3://c/t'",
        "alter schema s set location 's3://c/t'",
        "create external table t (a int) location 's3://c/t'",
        "create table t (a int) using parquet location 's3://c/t'",
        "create table t (a int) location 's3://c/t' location 's3://c/u'",
        "create table t (a int) location ?",
        "create table t (a int) tblproperties ('location' = 's3://c/t')",
        "create table t (a int) options ('path' = 's3://c/t')",
      })
  void onlyNewTablesAndSchemasArePutSomewhere(String sql) {
    SluiceException refusal = u().sql(sql).failure();
    org.assertj.core.api.Assertions.assertThat(refusal.code()).isIn(NOT_SUPPORTED);
  }

  @Test
  void whereATableCannotBeReadNoPlaceIsSafe() {
    catalog.brokenTable(
        new TableName("lake", "s", "odd"), new SluiceException(NOT_SUPPORTED, "odd's column x"));
    u().sql("create table t (a int) location 's3://c/t'")
        .refused(
            NOT_SUPPORTED,
            "It cannot be told where all tables lie, so no LOCATION can be chosen; leave it out.");
    catalog.brokenTable(
        new TableName("lake", "s", "odd"), new SluiceException(CATALOG_UNAVAILABLE, "down"));
    u().sql("create table t (a int) location 's3://c/t'").refused(CATALOG_UNAVAILABLE);
  }

  @Test
  void anEngineThatFailsGrantsNothing() {
    policies.failWith(new IllegalStateException("broken"));
    u().sql("create table t (a int) location 's3://c/t'").refused(POLICY_UNAVAILABLE);
  }
}
