package io.sluice.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The states of a table whose columns came, went and changed their names. */
class TableVersionsTest {

  private static final TableName NAME = new TableName("lake", "hr", "emp");

  private final Path folder;
  private JdbcCatalog writer;
  private IcebergCatalogs reader;
  private long first;
  private long firstTime;
  private long second;
  private Table table;

  TableVersionsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void open() {
    Map<String, String> properties =
        Map.of(
            "uri", "jdbc:sqlite:" + folder.resolve("catalog.db"), "warehouse", folder.toString());
    Map<String, String> writing = new HashMap<>(properties);
    writing.put("io-impl", WritableLocalFileIO.class.getName());
    writing.put("jdbc.schema-version", "V1");
    writer = new JdbcCatalog();
    writer.initialize("lake", writing);
    writer.createNamespace(Namespace.of("hr"));
    table =
        writer.createTable(
            TableIdentifier.of("hr", "emp"),
            new Schema(
                Types.NestedField.required(1, "id", Types.IntegerType.get()),
                Types.NestedField.optional(2, "code", Types.StringType.get()),
                Types.NestedField.optional(3, "gone", Types.StringType.get())));
    table.newFastAppend().commit();
    first = table.currentSnapshot().snapshotId();
    firstTime = table.currentSnapshot().timestampMillis();
    table.manageSnapshots().createTag("early", first).createBranch("side", first).commit();
    table.updateSchema().renameColumn("gone", "going").commit();
    table.updateSchema().renameColumn("code", "ssn").deleteColumn("going").commit();
    table
        .updateSchema()
        .addColumn("code", Types.StringType.get())
        .updateColumn("id", Types.LongType.get())
        .commit();
    reader =
        new IcebergCatalogs(
            List.of(new CatalogConfiguration("lake", "jdbc", properties)),
            Duration.ZERO,
            new ManualTicker());
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
  }

  private void write() {
    table.newFastAppend().commit();
    second = table.currentSnapshot().snapshotId();
  }

  private Optional<TableVersion> version(String version) {
    return reader.version(NAME, new TimeTravel.AsOfVersion(version));
  }

  private static List<String> columns(TableVersion version) {
    return version.columns().stream()
        .map(
            column ->
                column.name()
                    + " "
                    + column.fieldId()
                    + " "
                    + column.sparkType()
                    + " "
                    + column.names())
        .toList();
  }

  @Test
  void aSnapshotHasItsOwnColumnsAndEveryNameThatPoliciesMayKnowThemBy() {
    write();
    for (String version : List.of(String.valueOf(first), "early")) {
      TableVersion found = version(version).orElseThrow();
      assertThat(found.version()).isEqualTo(String.valueOf(first));
      assertThat(columns(found))
          .containsExactly(
              "id 1 int [id]", "code 2 string [code, ssn]", "gone 3 string [gone, going]");
      assertThat(found.table()).isEqualTo(reader.table(NAME).orElseThrow());
    }
  }

  @Test
  void theMainBranchHasTheColumnsOfNow() {
    List<String> now =
        List.of("id 1 bigint [id]", "ssn 2 string [ssn, code]", "code 4 string [code]");
    TableVersion before = version("main").orElseThrow();
    assertThat(before.version()).isEqualTo("main");
    assertThat(columns(before)).isEqualTo(now);
    write();
    assertThat(columns(version("main").orElseThrow())).isEqualTo(now);
    assertThat(version("main").orElseThrow().version()).isEqualTo(String.valueOf(second));
    assertThat(columns(version(String.valueOf(second)).orElseThrow())).isEqualTo(now);
  }

  @Test
  void aBranchIsReadOnceItWasWrittenWithTheColumnsOfNow() {
    write();
    assertThatThrownBy(() -> version("side"))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("The branch was last written with other columns");
    table.newFastAppend().toBranch("side").commit();
    table.refresh();
    long head = table.refs().get("side").snapshotId();
    assertThat(head).isNotIn(first, second);
    assertThat(version("side").orElseThrow().version()).isEqualTo(String.valueOf(head));
  }

  @Test
  void aBranchThatIsWhereTheTableIsIsReadAsTheTableIs() {
    assertThat(columns(version("side").orElseThrow())).contains("ssn 2 string [ssn, code]");
    assertThat(version("side").orElseThrow().version()).isEqualTo("main");
  }

  @Test
  void aTimeMeansTheLastSnapshotBeforeIt() {
    write();
    assertThat(reader.version(NAME, new TimeTravel.AsOfTime(firstTime - 1))).isEmpty();
    assertThat(reader.version(NAME, new TimeTravel.AsOfTime(Long.MAX_VALUE)).orElseThrow())
        .extracting(TableVersion::version)
        .isEqualTo(String.valueOf(second));
  }

  @Test
  void whatIsNoneIsEmpty() {
    for (String version :
        List.of("nothing", "1", "-1", "", "99999999999999999999", "EARLY", "+" + first)) {
      assertThat(version(version)).as(version).isEmpty();
    }
    assertThat(
            reader.version(
                new TableName("lake", "hr", "other"), new TimeTravel.AsOfVersion("main")))
        .isEmpty();
    assertThat(
            reader.version(new TableName("ocean", "hr", "emp"), new TimeTravel.AsOfVersion("main")))
        .isEmpty();
  }

  @Test
  void theWarehouseIsAPlaceOfTheCatalog() {
    assertThat(reader.warehouses()).containsExactly(folder.toString());
  }
}
