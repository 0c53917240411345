package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescribeStatementsTest {

  private static final String[] ONE_TABLE = {
    "DESCRIBE %s",
    "DESC TABLE EXTENDED %s",
    "DESCRIBE %s amount",
    "SHOW COLUMNS IN %s",
    "SHOW TBLPROPERTIES %s",
    "SHOW TBLPROPERTIES %s (format)",
    "SHOW CREATE TABLE %s"
  };

  private final MetadataFixture lake = new MetadataFixture();

  @Test
  void describesATable() {
    assertThat(lake.columns("DESCRIBE customer"))
        .containsExactly("col_name", "data_type", "comment");
    assertThat(lake.rows("DESCRIBE TABLE lake.tpch.customer"))
        .containsExactly(
            "c_custkey|bigint|the key",
            "c_address|string|null",
            "c_phone|string|null",
            "||",
            "# Partitioning||",
            "Part 0|c_address|",
            "Part 1|bucket(4, c_custkey)|");
  }

  @Test
  void describesATableInFull() {
    assertThat(lake.rows("DESCRIBE FORMATTED customer"))
        .isEqualTo(lake.rows("DESC EXTENDED customer"))
        .endsWith(
            "||",
            "# Metadata Columns||",
            "_spec_id|int|",
            "_partition|struct<c_address:string>|",
            "_file|string|",
            "_pos|bigint|",
            "_deleted|boolean|",
            "||",
            "# Detailed Table Information||",
            "Name|lake.tpch.customer|",
            "Type|MANAGED|",
            "Comment|who buys|",
            "Location|/secret/customer|",
            "Provider|iceberg|",
            "Owner|ann|",
            "Table_type|EXTERNAL|",
            "Table Properties|[current-snapshot-id=42,format=iceberg/parquet,format-version=2,"
                + "identifier-fields=[c_custkey],sort-order=c_address ASC NULLS FIRST,"
                + "write.data.path=/secret/data]|",
            "Statistics|72000 bytes, 1500 rows|null");
  }

  @Test
  void hidesWhatIsDeniedAndWhatCouldBetrayIt() {
    lake.as("analyst");

    assertThat(lake.rows("DESCRIBE EXTENDED customer"))
        .containsExactly(
            "c_custkey|bigint|the key",
            "c_phone|string|null",
            "||",
            "# Partitioning||",
            "Part 0|bucket(4, c_custkey)|",
            "||",
            "# Detailed Table Information||",
            "Name|lake.tpch.customer|",
            "Type|MANAGED|",
            "Comment|who buys|",
            "Provider|iceberg|",
            "Owner|ann|",
            "Table_type|EXTERNAL|",
            "Table Properties|[format=iceberg/parquet,format-version=2]|");
    assertThat(lake.rows("SHOW COLUMNS IN customer")).containsExactly("c_custkey", "c_phone");
    assertThat(lake.rows("SHOW TBLPROPERTIES customer"))
        .containsExactly("format|iceberg/parquet", "format-version|2");
    assertThat(lake.rows("SHOW TBLPROPERTIES customer ('sort-order')"))
        .containsExactly("sort-order|Table lake.tpch.customer does not have property: sort-order");
    assertThat(lake.rows("DESCRIBE EXTENDED orders"))
        .as("a filtered table")
        .noneMatch(row -> row.matches("(Location|Statistics|_file|# Metadata Columns).*"));
  }

  @Test
  void answersADeniedColumnLikeAMissingOne() {
    lake.as("analyst")
        .refusal("DESCRIBE customer c_address", ErrorCode.UNRESOLVED_COLUMN)
        .hasMessage(
            "A column, variable, or function parameter with name `c_address` cannot be resolved.");
    lake.refusal("DESCRIBE customer c_nothing", ErrorCode.UNRESOLVED_COLUMN)
        .hasMessage(
            "A column, variable, or function parameter with name `c_nothing` cannot be resolved.");
    lake.refusal("DESCRIBE customer c_address.x", ErrorCode.UNRESOLVED_COLUMN);
  }

  @Test
  void describesAColumn() {
    assertThat(lake.columns("DESC customer c_custkey")).containsExactly("info_name", "info_value");
    assertThat(lake.rows("DESC EXTENDED customer C_CustKey"))
        .containsExactly("col_name|C_CustKey", "data_type|bigint", "comment|the key");
    assertThat(lake.rows("DESC customer `c_phone`"))
        .containsExactly("col_name|c_phone", "data_type|string", "comment|NULL");
    lake.refusal("DESC customer c_phone.a", ErrorCode.NOT_SUPPORTED)
        .hasMessage("DESC TABLE COLUMN does not support nested column: c_phone.a.");
  }

  @Test
  void describesASchemaWithoutItsLocation() {
    assertThat(lake.columns("DESC SCHEMA tpch")).containsExactly("info_name", "info_value");
    assertThat(lake.rows("DESC NAMESPACE lake.tpch"))
        .containsExactly(
            "Catalog Name|lake", "Namespace Name|tpch", "Comment|the tpch", "Owner|ann");
    assertThat(lake.rows("DESCRIBE DATABASE EXTENDED tpch"))
        .endsWith("Properties|((api.token,*********(redacted)), (tier,gold))");
  }

  @Test
  void deniesAForbiddenTableAndAMissingOneInTheSameWords() {
    for (String statement : ONE_TABLE) {
      lake.as("intern")
          .refusal(statement.formatted("customer"), ErrorCode.PERMISSION_DENIED)
          .hasMessage(
              "Permission denied: user [intern] does not have [select] privilege on"
                  + " [tpch/customer]");
      lake.refusal(statement.formatted("lake.tpch.missing"), ErrorCode.PERMISSION_DENIED)
          .hasMessage(
              "Permission denied: user [intern] does not have [select] privilege on"
                  + " [tpch/missing]");
      lake.as("analyst")
          .refusal(statement.formatted("hr.pay"), ErrorCode.PERMISSION_DENIED)
          .hasMessage(
              "Permission denied: user [analyst] does not have [select] privilege on [hr/pay]");
      lake.refusal(statement.formatted("hr.nothing"), ErrorCode.PERMISSION_DENIED);
    }
  }

  @Test
  void deniesTablesOfClosedAndMissingCatalogsInTheSameWords() {
    for (String statement : ONE_TABLE) {
      for (String table : List.of("pond.tpch.fish", "nope.tpch.fish", "spark_catalog.tpch.fish")) {
        lake.as("analyst")
            .refusal(statement.formatted(table), ErrorCode.PERMISSION_DENIED)
            .hasMessage(
                "Permission denied: user [analyst] does not have [select] privilege on"
                    + " [tpch/fish]");
      }
    }
  }

  @Test
  void missesATableThatPolicyWouldGrantInSparksWords() {
    for (String statement : ONE_TABLE) {
      lake.as("analyst")
          .refusal(statement.formatted("lake.tpch.`no``pe`"), ErrorCode.TABLE_OR_VIEW_NOT_FOUND)
          .hasMessage(
              """
              The table or view `lake`.`tpch`.`no``pe` cannot be found. Verify the spelling and \
              correctness of the schema and catalog.
              If you did not qualify the name with a schema, verify the current_schema() output, or \
              qualify the name with the correct schema and catalog.
              To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.""");
      lake.as("admin").refusal(statement.formatted("ORDERS"), ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
      lake.refusal(statement.formatted("lake.orders"), ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
    }
  }

  @Test
  void pointsAtTheName() {
    lake.refusal("DESCRIBE TABLE\n  nope", ErrorCode.TABLE_OR_VIEW_NOT_FOUND)
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.position()).contains(new TextPosition(2, 2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tpch.orders.files",
        "tpch.orders.ALL_entries",
        "tpch.orders.branch_main",
        "tpch.orders.tag_x",
        "tpch.orders.snapshot_id_1",
        "tpch.orders.at_timestamp_1",
        "tpch.orders.changes",
        "lake.tpch.orders.snapshots",
        "lake.tpch.orders.branch_main",
        "a.b.c.d.e"
      })
  void refusesMetadataTablesAndSelectors(String table) {
    for (String user : List.of("admin", "analyst", "nobody")) {
      for (String statement : ONE_TABLE) {
        lake.as(user).refusal(statement.formatted(table), ErrorCode.NOT_SUPPORTED);
      }
    }
  }

  @Test
  void describesAMetadataTableToWhomNothingOfTheTableIsHidden() {
    lake.catalog
        .metadata(new TableName("lake", "tpch", "Nation"), "files", "file_path")
        .metadata(new TableName("lake", "tpch", "orders"), "files", "file_path");
    assertThat(lake.rows("DESCRIBE tpch.Nation.FILES")).containsExactly("file_path|string|null");
    assertThat(lake.as("analyst").rows("DESCRIBE lake.tpch.Nation.files")).hasSize(1);
    lake.refusal("DESCRIBE lake.tpch.orders.files", ErrorCode.NOT_SUPPORTED);
    lake.refusal("DESCRIBE lake.tpch.Nation.history", ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void showsAViewOnlyToWhomItIsGranted() {
    assertThat(lake.rows("DESCRIBE recent")).containsExactly("x|string|");
    lake.as("intern").refusal("DESCRIBE recent", ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void tellsOfATableThatSparkCannotReadOnlyToWhomItIsGranted() {
    lake.catalog.brokenTable(
        new TableName("lake", "tpch", "odd"),
        new SluiceException(ErrorCode.NOT_SUPPORTED, "column at has the type time"));

    lake.refusal("DESCRIBE odd", ErrorCode.NOT_SUPPORTED).hasMessage("column at has the type time");
    lake.as("intern").refusal("DESCRIBE odd", ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void refusesPartitionsAndJson() {
    lake.refusal("DESC customer PARTITION (a = 1)", ErrorCode.NOT_SUPPORTED);
    lake.refusal("DESC EXTENDED customer AS JSON", ErrorCode.NOT_SUPPORTED);
    lake.refusal("SHOW CREATE TABLE customer AS SERDE", ErrorCode.NOT_SUPPORTED);
    lake.refusal("DESC a-b", ErrorCode.PARSE_SYNTAX_ERROR);
  }

  @Test
  void showsColumns() {
    assertThat(lake.columns("SHOW COLUMNS IN orders")).containsExactly("col_name");
    List<String> all = List.of("c_custkey", "c_address", "c_phone");
    assertThat(lake.rows("SHOW COLUMNS FROM customer FROM tpch")).isEqualTo(all);
    assertThat(lake.rows("SHOW COLUMNS IN customer IN lake.tpch")).isEqualTo(all);
    assertThat(lake.rows("SHOW COLUMNS IN tpch.customer IN tpch")).isEqualTo(all);
    lake.refusal("SHOW COLUMNS IN tpch.customer IN hr", ErrorCode.NOT_SUPPORTED)
        .hasMessage("SHOW COLUMNS with conflicting namespaces: `hr` != `tpch`.");
  }

  @Test
  void showsATablesDefinitionToWhomNothingOfItIsHidden() {
    assertThat(lake.rows("SHOW CREATE TABLE customer"))
        .containsExactly(
            """
            CREATE TABLE lake.tpch.customer (
              c_custkey BIGINT NOT NULL COMMENT 'the key',
              c_address STRING,
              c_phone STRING)
            USING iceberg
            PARTITIONED BY (c_address, bucket(4, c_custkey))
            COMMENT 'who buys'
            LOCATION '/secret/customer'
            TBLPROPERTIES (
              'current-snapshot-id' = '42',
              'format' = 'iceberg/parquet',
              'format-version' = '2',
              'identifier-fields' = '[c_custkey]',
              'sort-order' = 'c_address ASC NULLS FIRST',
              'write.data.path' = '/secret/data')
            """);
    lake.as("analyst")
        .refusal("SHOW CREATE TABLE customer", ErrorCode.PERMISSION_DENIED)
        .hasMessage(
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address]");
    lake.refusal("SHOW CREATE TABLE orders", ErrorCode.NOT_SUPPORTED)
        .hasMessageContaining("row filter or mask");
    assertThat(lake.rows("SHOW CREATE TABLE `Nation`")).hasSize(1);
  }
}
