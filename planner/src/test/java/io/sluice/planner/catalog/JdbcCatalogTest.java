package io.sluice.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.MetadataTableType;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcCatalogTest {

  private static final Duration FRESHNESS = Duration.ofSeconds(1);
  private static final Namespace TPCH = Namespace.of("tpch");
  private static final TableName ORDERS = new TableName("lake", "tpch", "orders");
  private static final Schema TWO_COLUMNS =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get(), "the key"),
          Types.NestedField.optional(2, "Name", Types.StringType.get()));

  private final Path folder;
  private final ManualTicker ticker = new ManualTicker();
  private JdbcCatalog writer;
  private IcebergCatalogs reader;

  JdbcCatalogTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void open() {
    writer = writer("lake", folder.toString());
    writer.createNamespace(TPCH, Map.of("comment", "benchmark", "owner", "ann"));
    reader = reader("lake");
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
  }

  private JdbcCatalog writer(String name, String warehouse) {
    JdbcCatalog catalog = new JdbcCatalog();
    Map<String, String> properties = new HashMap<>(properties());
    properties.put("warehouse", warehouse);
    properties.put("io-impl", WritableLocalFileIO.class.getName());
    properties.put("jdbc.schema-version", "V1");
    catalog.initialize(name, properties);
    return catalog;
  }

  private IcebergCatalogs reader(String name) {
    return new IcebergCatalogs(
        List.of(new CatalogConfiguration(name, "jdbc", properties())), FRESHNESS, ticker);
  }

  private Map<String, String> properties() {
    return Map.of(
        "uri", "jdbc:sqlite:" + folder.resolve("catalog.db"), "warehouse", folder.toString());
  }

  private Table create(String name, Schema schema) {
    return writer.createTable(TableIdentifier.of(TPCH, name), schema);
  }

  @Test
  void listsSchemasTablesAndViewsInOrder() {
    create("orders", TWO_COLUMNS);
    create("Nation", TWO_COLUMNS);
    writer.createNamespace(Namespace.of("archive"), Map.of());
    writer.createNamespace(Namespace.of("tpch", "inner"), Map.of());
    writer
        .buildView(TableIdentifier.of(TPCH, "recent"))
        .withSchema(TWO_COLUMNS)
        .withDefaultNamespace(TPCH)
        .withQuery("spark", "select 1")
        .create();

    assertThat(reader.catalogs()).containsExactly("lake");
    assertThat(reader.schemas("lake")).containsExactly("archive", "tpch");
    assertThat(reader.relations("lake", "tpch"))
        .containsExactly(
            new Relation(new TableName("lake", "tpch", "Nation"), false),
            new Relation(new TableName("lake", "tpch", "orders"), false),
            new Relation(new TableName("lake", "tpch", "recent"), true));
    assertThat(reader.isView(new TableName("lake", "tpch", "recent"))).isTrue();
    assertThat(reader.table(new TableName("lake", "tpch", "recent"))).isEmpty();
    assertThat(reader.isView(ORDERS)).isFalse();
    assertThat(reader.isView(new TableName("lake", "nope", "recent"))).isFalse();
    assertThat(reader.schemaProperties("lake", "tpch"))
        .containsEntry("comment", "benchmark")
        .containsEntry("owner", "ann");
  }

  @Test
  void afterForgettingEverythingIsAskedAnew() {
    assertThat(reader.table(ORDERS)).isEmpty();
    assertThat(reader.schemas("lake")).containsExactly("tpch");
    assertThat(reader.relations("lake", "tpch")).isEmpty();
    Table orders = create("orders", TWO_COLUMNS);
    writer.createNamespace(Namespace.of("archive"), Map.of());
    assertThat(reader.table(ORDERS)).isEmpty();
    assertThat(reader.schemas("lake")).containsExactly("tpch");

    reader.forget();
    assertThat(reader.table(ORDERS).orElseThrow().columns()).hasSize(2);
    assertThat(reader.schemas("lake")).containsExactly("archive", "tpch");
    assertThat(reader.relations("lake", "tpch")).hasSize(1);

    orders.updateSchema().addColumn("more", Types.StringType.get()).commit();
    assertThat(reader.table(ORDERS).orElseThrow().columns()).hasSize(2);
    reader.forget();
    assertThat(reader.table(ORDERS).orElseThrow().columns()).hasSize(3);
    writer.dropTable(TableIdentifier.of(TPCH, "orders"), false);
    reader.forget();
    assertThat(reader.table(ORDERS)).isEmpty();
  }

  @Test
  void onlyWhatIsNotRememberedCountsAsARequest() {
    assertThat(requests("lake")).isZero();
    assertThat(reader.table(ORDERS)).isEmpty();
    assertThat(requests("lake")).isEqualTo(1);
    assertThat(reader.table(ORDERS)).isEmpty();
    assertThat(requests("lake")).isEqualTo(1);
    assertThat(reader.tableNow(ORDERS)).isEmpty();
    assertThat(reader.schemas("lake")).containsExactly("tpch");
    assertThat(reader.schemaProperties("lake", "tpch")).isNotEmpty();
    assertThat(reader.schemaProperties("lake", "tpch")).isNotEmpty();
    assertThat(requests("lake")).isEqualTo(5);
    assertThat(reader.requests().get("lake").failed()).isZero();
  }

  private long requests(String catalog) {
    return reader.requests().get(catalog).answered();
  }

  @Test
  void whatIsAskedForNowIsNeverRemembered() {
    assertThat(reader.table(ORDERS)).isEmpty();
    Table orders = create("orders", TWO_COLUMNS);
    assertThat(reader.table(ORDERS)).isEmpty();
    assertThat(reader.tableNow(ORDERS).orElseThrow().columns()).hasSize(2);
    orders.updateSchema().addColumn("more", Types.StringType.get()).commit();
    assertThat(reader.tableNow(ORDERS).orElseThrow().columns()).hasSize(3);
    assertThat(reader.table(ORDERS).orElseThrow().columns()).hasSize(3);
    writer.dropTable(TableIdentifier.of(TPCH, "orders"), false);
    assertThat(reader.tableNow(ORDERS)).isEmpty();
    assertThat(reader.tableNow(new TableName("elsewhere", "tpch", "orders"))).isEmpty();
  }

  @Test
  void mapsColumnsOfEveryTypeThatSparkReads() {
    Schema schema =
        new Schema(
            Types.NestedField.required(1, "k", Types.LongType.get(), "the key"),
            Types.NestedField.optional(2, "Flag", Types.BooleanType.get()),
            Types.NestedField.optional(3, "i", Types.IntegerType.get()),
            Types.NestedField.optional(4, "f", Types.FloatType.get()),
            Types.NestedField.optional(5, "d", Types.DoubleType.get()),
            Types.NestedField.optional(6, "m", Types.DecimalType.of(15, 2)),
            Types.NestedField.optional(7, "day", Types.DateType.get()),
            Types.NestedField.optional(8, "ts", Types.TimestampType.withZone()),
            Types.NestedField.optional(9, "tn", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(10, "u", Types.UUIDType.get()),
            Types.NestedField.optional(11, "fx", Types.FixedType.ofLength(4)),
            Types.NestedField.optional(12, "b", Types.BinaryType.get()),
            Types.NestedField.optional(13, "v", Types.VariantType.get()),
            Types.NestedField.optional(
                14,
                "s",
                Types.StructType.of(
                    Types.NestedField.required(15, "a", Types.IntegerType.get()),
                    Types.NestedField.optional(
                        16, "l", Types.ListType.ofOptional(17, Types.StringType.get())))),
            Types.NestedField.optional(
                18,
                "mp",
                Types.MapType.ofOptional(19, 20, Types.StringType.get(), Types.DateType.get())));
    writer.createTable(
        TableIdentifier.of(TPCH, "orders"),
        schema,
        PartitionSpec.unpartitioned(),
        Map.of("format-version", "3"));

    TableMetadata table = reader.table(ORDERS).orElseThrow();

    assertThat(table.columns())
        .extracting(column -> "(%s, %s)".formatted(column.name(), column.sparkType()))
        .containsExactly(
            "(k, bigint)",
            "(Flag, boolean)",
            "(i, int)",
            "(f, float)",
            "(d, double)",
            "(m, decimal(15,2))",
            "(day, date)",
            "(ts, timestamp)",
            "(tn, timestamp_ntz)",
            "(u, string)",
            "(fx, binary)",
            "(b, binary)",
            "(v, variant)",
            "(s, struct<a:int,l:array<string>>)",
            "(mp, map<string,date>)");
    Column key = table.columns().get(0);
    assertThat(key.fieldId()).isEqualTo(1);
    assertThat(key.nullable()).isFalse();
    assertThat(key.comment()).contains("the key");
    assertThat(table.columns().get(1).nullable()).isTrue();
    assertThat(table.columns().get(1).comment()).isEmpty();
    assertThat(table.details().formatVersion()).isEqualTo(3);
  }

  @Test
  void mapsPartitioningAndOrder() {
    Schema schema =
        new Schema(
            Types.NestedField.required(1, "k", Types.LongType.get()),
            Types.NestedField.optional(2, "odd name", Types.StringType.get()),
            Types.NestedField.optional(3, "day", Types.DateType.get()),
            Types.NestedField.optional(
                4,
                "s",
                Types.StructType.of(
                    Types.NestedField.optional(5, "x y", Types.IntegerType.get()))));
    PartitionSpec spec =
        PartitionSpec.builderFor(schema)
            .identity("odd name")
            .month("day")
            .bucket("k", 4)
            .truncate("odd name", 3)
            .identity("s.x y")
            .build();
    writer
        .buildTable(TableIdentifier.of(TPCH, "orders"), schema)
        .withPartitionSpec(spec)
        .withSortOrder(SortOrder.builderFor(schema).desc("k").asc("day").build())
        .withProperty("comment", "all of them")
        .create();

    TableMetadata table = reader.table(ORDERS).orElseThrow();

    assertThat(table.partitionColumns()).containsExactly("odd name", "s");
    assertThat(table.details().partitioning())
        .extracting(PartitionField::transform)
        .containsExactly(
            "`odd name`", "months(day)", "bucket(4, k)", "truncate(3, `odd name`)", "s.`x y`");
    assertThat(table.details().sortOrder()).contains("k DESC NULLS LAST, day ASC NULLS FIRST");
    assertThat(SparkTypes.name(table.details().partitionType()))
        .isEqualTo(
            "struct<odd name:string,day_month:int,k_bucket:int,odd name_trunc:string,s.x y:int>");
    assertThat(table.comment()).contains("all of them");
    assertThat(table.details().snapshotId()).isEmpty();
    assertThat(table.details().rowCount()).contains(0L);
    assertThat(table.details().bytes()).contains(0L);
  }

  @Test
  void tellsHowMuchATableHoldsByItsSnapshotsOwnCount() {
    Table orders = create("orders", TWO_COLUMNS);
    orders
        .newAppend()
        .appendFile(
            DataFiles.builder(orders.spec())
                .withPath(orders.location() + "/a.parquet")
                .withFileSizeInBytes(5000)
                .withRecordCount(7)
                .build())
        .commit();

    TableDetails details = reader.table(ORDERS).orElseThrow().details();

    assertThat(details.bytes()).contains(5000L);
    assertThat(details.rowCount()).contains(7L);
  }

  @Test
  void refusesATableThatSparkCannotReadByName() {
    create("orders", new Schema(Types.NestedField.optional(1, "at", Types.TimeType.get())));

    assertThatThrownBy(() -> reader.table(ORDERS))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_SUPPORTED))
        .hasMessage(
            "Table lake.tpch.orders cannot be read: column at has the type time, which Spark does"
                + " not read");
  }

  @Test
  void matchesNamesExactly() {
    create("orders", TWO_COLUMNS);

    assertThat(reader.table(ORDERS)).isPresent();
    assertThat(reader.table(new TableName("lake", "tpch", "ORDERS"))).isEmpty();
    assertThat(reader.table(new TableName("lake", "TPCH", "orders"))).isEmpty();
    assertThat(reader.table(new TableName("LAKE", "tpch", "orders"))).isEmpty();
    assertThat(reader.table(new TableName("lake", "", "orders"))).isEmpty();
    assertThat(reader.table(new TableName("lake", "tpch", ""))).isEmpty();
    assertThatThrownBy(() -> reader.relations("lake", "TPCH"))
        .hasMessageStartingWith("The schema `lake`.`TPCH` cannot be found.")
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SCHEMA_NOT_FOUND));
    assertThatThrownBy(() -> reader.schemas("LAKE"))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_NOT_FOUND));
  }

  @Test
  void reachesNoNestedSchemaByADottedName() {
    Namespace nested = Namespace.of("tpch", "inner");
    writer.createNamespace(nested, Map.of());
    writer.createTable(TableIdentifier.of(nested, "secret"), TWO_COLUMNS);

    assertThat(reader.table(new TableName("lake", "tpch.inner", "secret"))).isEmpty();
    assertThatThrownBy(() -> reader.relations("lake", "tpch.inner"))
        .isInstanceOf(SluiceException.class);
  }

  @Test
  void readsNoMetadataTable() {
    writer.createTable(TableIdentifier.of("rootless"), TWO_COLUMNS);

    assertThat(reader.table(new TableName("lake", "rootless", "files"))).isEmpty();
    assertThat(reader.table(new TableName("lake", "rootless", "snapshots"))).isEmpty();
  }

  /** As Spark resolves the name: a real table comes first. */
  @Test
  void aMetadataTableIsThereUnlessATableOfItsNameIs() {
    create("orders", TWO_COLUMNS);
    assertThat(reader.metadataTable(ORDERS, "snapshots").orElseThrow())
        .extracting(Column::name)
        .contains("snapshot_id", "committed_at", "summary");
    for (MetadataTableType type : MetadataTableType.values()) {
      assertThat(reader.metadataTable(ORDERS, type.name().toLowerCase(Locale.ROOT)))
          .as(type.name())
          .isPresent();
    }
    assertThat(reader.metadataTable(ORDERS, "branch_main")).isEmpty();
    assertThat(reader.metadataTable(new TableName("lake", "tpch", "none"), "files")).isEmpty();
    assertThat(reader.metadataTable(new TableName("lake", "", "tpch"), "files")).isEmpty();

    Namespace nested = Namespace.of("tpch", "orders");
    writer.createNamespace(nested, Map.of());
    writer.createTable(TableIdentifier.of(nested, "files"), TWO_COLUMNS);
    assertThat(reader.metadataTable(ORDERS, "files")).isEmpty();
    assertThat(reader.metadataTable(ORDERS, "history")).isPresent();
  }

  @Test
  void seesChangesOnceTheAnswerIsOld() {
    Table table = create("orders", TWO_COLUMNS);
    TableMetadata first = reader.table(ORDERS).orElseThrow();
    table.updateSchema().addColumn("extra", Types.IntegerType.get()).commit();

    assertThat(reader.table(ORDERS)).containsSame(first);
    ticker.advance(FRESHNESS);

    assertThat(reader.table(ORDERS).orElseThrow().columnNames())
        .containsExactly("id", "Name", "extra");
  }

  @Test
  void readsAnUnchangedTableFromItsMetadataFileOnce() throws IOException {
    Table table = create("orders", TWO_COLUMNS);
    TableMetadata first = reader.table(ORDERS).orElseThrow();
    Files.delete(Path.of(((BaseTable) table).operations().current().metadataFileLocation()));
    ticker.advance(FRESHNESS.multipliedBy(10));

    assertThat(reader.table(ORDERS)).containsSame(first);
  }

  @Test
  void noticesDroppedRecreatedAndNewTables() {
    assertThat(reader.table(ORDERS)).isEmpty();
    create("orders", TWO_COLUMNS);
    assertThat(reader.table(ORDERS)).as("absence is remembered too").isEmpty();
    ticker.advance(FRESHNESS);
    TableMetadata first = reader.table(ORDERS).orElseThrow();

    writer.dropTable(TableIdentifier.of(TPCH, "orders"), false);
    create("orders", new Schema(Types.NestedField.optional(1, "z", Types.DateType.get())));
    ticker.advance(FRESHNESS);
    TableMetadata second = reader.table(ORDERS).orElseThrow();
    assertThat(second.uuid()).isNotEqualTo(first.uuid());
    assertThat(second.columnNames()).containsExactly("z");

    writer.dropTable(TableIdentifier.of(TPCH, "orders"), false);
    ticker.advance(FRESHNESS);
    assertThat(reader.table(ORDERS)).isEmpty();
  }

  @Test
  void readsLocationsThatAreFileUris() {
    try (JdbcCatalog uris = writer("lake", "file:" + folder.resolve("ware house"))) {
      uris.createTable(TableIdentifier.of(TPCH, "orders"), TWO_COLUMNS);
    }

    assertThat(reader.table(ORDERS).orElseThrow().location())
        .startsWith("file:" + folder.resolve("ware house"));
  }

  @Test
  void seesOnlyRowsOfItsOwnName() {
    create("orders", TWO_COLUMNS);

    try (IcebergCatalogs other = reader("pond")) {
      assertThat(other.schemas("pond")).isEmpty();
      assertThat(other.table(new TableName("pond", "tpch", "orders"))).isEmpty();
    }
  }

  @Test
  void saysNothingOfPathsWhenTheCatalogFails() throws IOException {
    Path broken = folder.resolve("broken.db");
    Files.writeString(broken, "this is no database, however long it may be ".repeat(100));
    CatalogConfiguration configuration =
        new CatalogConfiguration(
            "lake", "jdbc", Map.of("uri", "jdbc:sqlite:" + broken, "warehouse", folder.toString()));

    try (IcebergCatalogs failing = new IcebergCatalogs(List.of(configuration), FRESHNESS, ticker)) {
      Stream.<Runnable>of(
              () -> failing.schemas("lake"),
              () -> failing.relations("lake", "tpch"),
              () -> failing.table(ORDERS),
              () -> failing.isView(ORDERS))
          .forEach(
              question ->
                  assertThatThrownBy(question::run)
                      .hasMessage(
                          "Catalog lake did not answer; try again, and tell its operator if that"
                              + " does not help")
                      .isInstanceOfSatisfying(
                          SluiceException.class,
                          e -> assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE)));
      assertThat(failing.requests().get("lake").failed()).isPositive();
      assertThat(failing.requests().get("lake").answered()).isZero();
    }
    assertThat(configuration.toString()).doesNotContain("sqlite");
  }

  @Test
  void refusesATableWhoseMetadataFileIsGone() throws IOException {
    Table table = create("orders", TWO_COLUMNS);
    Files.delete(Path.of(((BaseTable) table).operations().current().metadataFileLocation()));

    assertThatThrownBy(() -> reader.table(ORDERS))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE));
  }

  @Test
  void refusesATableWhoseMetadataFileIsBrokenAtOnceAndReadsItWhenItIsMended() throws IOException {
    Table table = create("orders", TWO_COLUMNS);
    Path file = Path.of(((BaseTable) table).operations().current().metadataFileLocation());
    String content = Files.readString(file);

    for (String broken : List.of("{\"format-version\":", "{}", "")) {
      Files.writeString(file, broken);
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertThatThrownBy(() -> reader.table(ORDERS))
                  .isInstanceOfSatisfying(
                      SluiceException.class,
                      e -> assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE)));
      ticker.advance(FRESHNESS);
    }

    Files.writeString(file, content);
    assertThat(reader.table(ORDERS)).isPresent();
  }

  @Test
  void knowsTheColumnsThatATableOnceHad() {
    Table table = create("orders", TWO_COLUMNS);
    assertThat(reader.table(ORDERS).orElseThrow().formerColumns()).isEmpty();
    table.updateSchema().renameColumn("Name", "label").commit();
    table.updateSchema().addColumn("extra", Types.IntegerType.get()).commit();
    table.updateSchema().deleteColumn("extra").commit();
    ticker.advance(FRESHNESS);

    TableMetadata evolved = reader.table(ORDERS).orElseThrow();
    assertThat(evolved.columnNames()).containsExactly("id", "label");
    assertThat(evolved.formerColumns()).containsExactlyInAnyOrder("Name", "extra");
    assertThat(evolved.columns().get(0).names()).containsExactly("id");
    assertThat(evolved.columns().get(1).names()).containsExactly("label", "Name");
    assertThat(evolved.details().forgetsColumns()).isFalse();
  }

  @Test
  void knowsThatATableForgotColumnsThatItsFilesMayStillHold() {
    Table table = create("orders", TWO_COLUMNS);
    table.updateSchema().addColumn("ssn", Types.StringType.get()).commit();
    table.updateSchema().deleteColumn("ssn").commit();
    table.newAppend().commit();
    table.expireSnapshots().cleanExpiredMetadata(true).commit();
    ticker.advance(FRESHNESS);

    TableMetadata forgetful = reader.table(ORDERS).orElseThrow();
    assertThat(forgetful.formerColumns()).isEmpty();
    assertThat(forgetful.details().forgetsColumns()).isTrue();
  }

  @Test
  void refusesEverythingOnceClosed() {
    create("orders", TWO_COLUMNS);
    assertThat(reader.table(ORDERS)).isPresent();
    reader.close();

    assertThat(Optional.of(ORDERS))
        .hasValueSatisfying(
            name ->
                assertThatThrownBy(() -> reader.table(name)).isInstanceOf(SluiceException.class));
  }

  @Test
  void refusesConfigurationsThatCannotWork() {
    assertThatThrownBy(() -> new CatalogConfiguration("lake", "hive", Map.of("uri", "x")))
        .hasMessage("catalog lake must be of type jdbc or rest");
    assertThatThrownBy(() -> new CatalogConfiguration("lake", "jdbc", Map.of("uri", "x")))
        .hasMessage("catalog lake has no warehouse");
    assertThatThrownBy(() -> new CatalogConfiguration("lake", "rest", Map.of()))
        .hasMessage("catalog lake has no uri");
    CatalogConfiguration one = new CatalogConfiguration("lake", "REST", Map.of("uri", "x"));
    assertThatThrownBy(() -> new IcebergCatalogs(List.of(one, one), FRESHNESS, ticker))
        .hasMessage("two catalogs are called lake");
  }
}
