package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogConfiguration;
import io.sluice.planner.catalog.IcebergCatalogs;
import io.sluice.planner.catalog.WritableLocalFileIO;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.metadata.FakePolicies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Iceberg tables; the expected rows are what Spark 4.1.2 printed for the same tables. */
class SparkShapesTest {

  private static final TableName NAME = new TableName("lake", "p", "odd name");

  private final Map<String, String> properties;
  private final JdbcCatalog writer = new JdbcCatalog();
  private final IcebergCatalogs reader;
  private final MetadataStatements statements;

  SparkShapesTest(@TempDir Path folder) {
    properties =
        Map.of(
            "uri",
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "warehouse",
            folder.toString(),
            "jdbc.schema-version",
            "V1",
            "io-impl",
            WritableLocalFileIO.class.getName());
    reader =
        new IcebergCatalogs(
            List.of(new CatalogConfiguration("lake", "jdbc", properties)),
            Duration.ZERO,
            System::nanoTime);
    FakePolicies everything = new FakePolicies().grant("admin", "lake", "*", "*");
    statements =
        new MetadataStatements(
            new AuthorizedMetadata(reader, everything, InstantSource.system()),
            reader,
            principal -> false);
  }

  @BeforeEach
  void createTables() {
    writer.initialize("lake", properties);
    Schema identity =
        new Schema(
            Types.NestedField.optional(1, "a", Types.IntegerType.get(), "aa"),
            Types.NestedField.optional(2, "b", Types.StringType.get()),
            Types.NestedField.optional(
                3,
                "st",
                Types.StructType.of(
                    Types.NestedField.required(4, "x", Types.IntegerType.get(), "it's x"),
                    Types.NestedField.optional(5, "y z", Types.StringType.get()))));
    writer
        .buildTable(TableIdentifier.of("p", "idp"), identity)
        .withPartitionSpec(
            PartitionSpec.builderFor(identity).identity("b").identity("st.x").build())
        .create();
    Schema odd =
        new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "ts", Types.TimestampType.withZone()),
            Types.NestedField.optional(3, "1x", Types.IntegerType.get()),
            Types.NestedField.optional(4, "select", Types.IntegerType.get()),
            Types.NestedField.optional(
                5,
                "arr",
                Types.ListType.ofOptional(
                    6,
                    Types.StructType.of(
                        Types.NestedField.optional(7, "k", Types.IntegerType.get())))),
            Types.NestedField.optional(
                8,
                "mm",
                Types.MapType.ofOptional(
                    9,
                    10,
                    Types.StringType.get(),
                    Types.ListType.ofOptional(11, Types.IntegerType.get()))));
    writer
        .buildTable(TableIdentifier.of("p", "odd name"), new Schema(odd.columns(), Set.of(1)))
        .withPartitionSpec(PartitionSpec.builderFor(odd).year("ts").truncate("1x", 10).build())
        .withSortOrder(
            SortOrder.builderFor(odd)
                .desc("id", org.apache.iceberg.NullOrder.NULLS_LAST)
                .asc(Expressions.bucket("1x", 3), org.apache.iceberg.NullOrder.NULLS_LAST)
                .build())
        .withProperty("q", "it's \\ x")
        .withProperty("my.password", "hunter2")
        .withProperty("owner", "root")
        .withProperty("write.format.default", "orc")
        .create();
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
  }

  private List<String> rows(String sql) {
    Analysis analysis =
        statements
            .analyze(
                SparkGrammar.parse(sql),
                new AnalysisRequest(
                    sql,
                    new Principal("admin", Set.of()),
                    "",
                    new Namespace("lake", "p"),
                    Map.of()))
            .orElseThrow();
    return ((Analysis.Answer) analysis)
        .table().rows().stream()
            .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining("|")))
            .map(row -> row.replace(properties.get("warehouse"), "/wh"))
            .toList();
  }

  @Test
  void describesIdentityPartitionsAsColumns() {
    assertThat(rows("DESC idp"))
        .containsExactly(
            "a|int|aa",
            "b|string|null",
            "st|struct<x:int,y z:string>|null",
            "# Partition Information||",
            "# col_name|data_type|comment",
            "b|string|null",
            "st.x|int|it's x");
  }

  @Test
  void describesEveryDetail() {
    assertThat(rows("DESC EXTENDED `odd name`"))
        .containsExactly(
            "id|bigint|null",
            "ts|timestamp|null",
            "1x|int|null",
            "select|int|null",
            "arr|array<struct<k:int>>|null",
            "mm|map<string,array<int>>|null",
            "||",
            "# Partitioning||",
            "Part 0|years(ts)|",
            "Part 1|truncate(10, `1x`)|",
            "||",
            "# Metadata Columns||",
            "_spec_id|int|",
            "_partition|struct<ts_year:int,1x_trunc:int>|",
            "_file|string|",
            "_pos|bigint|",
            "_deleted|boolean|",
            "||",
            "# Detailed Table Information||",
            "Name|lake.p.odd name|",
            "Type|MANAGED|",
            "Location|/wh/p/odd name|",
            "Provider|iceberg|",
            "Owner|root|",
            "Table_type|EXTERNAL|",
            "Table Properties|[current-snapshot-id=none,format=iceberg/orc,format-version=2,"
                + "identifier-fields=[id],my.password=*********(redacted),q=it's \\ x,"
                + "sort-order=id DESC NULLS LAST, bucket(3, 1x) ASC NULLS LAST,"
                + "write.format.default=orc,write.parquet.compression-codec=zstd]|",
            "Statistics|0 bytes, 0 rows|null");
  }

  @Test
  void showsDefinitions() {
    assertThat(rows("SHOW CREATE TABLE idp"))
        .containsExactly(
            """
            CREATE TABLE lake.p.idp (
              a INT COMMENT 'aa',
              b STRING,
              st STRUCT<x: INT NOT NULL COMMENT 'it\\'s x', `y z`: STRING>)
            USING iceberg
            PARTITIONED BY (b, st.x)
            LOCATION '/wh/p/idp'
            TBLPROPERTIES (
              'current-snapshot-id' = 'none',
              'format' = 'iceberg/parquet',
              'format-version' = '2',
              'write.parquet.compression-codec' = 'zstd')
            """);
    assertThat(rows("SHOW CREATE TABLE `odd name`"))
        .containsExactly(
            """
            CREATE TABLE lake.p.`odd name` (
              id BIGINT NOT NULL,
              ts TIMESTAMP,
              `1x` INT,
              select INT,
              arr ARRAY<STRUCT<k: INT>>,
              mm MAP<STRING, ARRAY<INT>>)
            USING iceberg
            PARTITIONED BY (years(ts), truncate(10, `1x`))
            LOCATION '/wh/p/odd name'
            TBLPROPERTIES (
              'current-snapshot-id' = 'none',
              'format' = 'iceberg/orc',
              'format-version' = '2',
              'identifier-fields' = '[id]',
              'my.password' = '*********(redacted)',
              'q' = 'it\\'s \\ x',
              'sort-order' = 'id DESC NULLS LAST, bucket(3, 1x) ASC NULLS LAST',
              'write.format.default' = 'orc',
              'write.parquet.compression-codec' = 'zstd')
            """);
  }

  @Test
  void printsSchemasAsTrees() {
    assertThat(rows("SHOW TABLE EXTENDED LIKE 'odd*'"))
        .singleElement()
        .asString()
        .endsWith(
            """
            Schema: root
             |-- id: long (nullable = false)
             |-- ts: timestamp (nullable = true)
             |-- 1x: integer (nullable = true)
             |-- select: integer (nullable = true)
             |-- arr: array (nullable = true)
             |    |-- element: struct (containsNull = true)
             |    |    |-- k: integer (nullable = true)
             |-- mm: map (nullable = true)
             |    |-- key: string
             |    |-- value: array (valueContainsNull = true)
             |    |    |-- element: integer (containsNull = true)

            """);
  }

  @Test
  void showsProperties() {
    assertThat(rows("SHOW TBLPROPERTIES `odd name` (my.password)"))
        .containsExactly("my.password|*********(redacted)");
    assertThat(rows("SHOW TBLPROPERTIES `odd name` ('no such')"))
        .containsExactly("no such|Table %s does not have property: no such".formatted(NAME));
  }
}
