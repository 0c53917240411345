package io.sluice.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader.Relation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestCatalogTest {

  private static final Duration FRESHNESS = Duration.ofSeconds(1);
  private static final TableName ORDERS = new TableName("lake", "tpch", "orders");
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get(), "the key"));

  private final ManualTicker ticker = new ManualTicker();
  private RestCatalogServer server;
  private IcebergCatalogs reader;

  @BeforeEach
  void open() throws IOException {
    server = new RestCatalogServer();
    server.catalog.createNamespace(Namespace.of("tpch"), Map.of("comment", "benchmark"));
    reader =
        new IcebergCatalogs(
            List.of(new CatalogConfiguration("lake", "rest", Map.of("uri", server.uri()))),
            FRESHNESS,
            ticker);
  }

  @AfterEach
  void close() throws IOException {
    reader.close();
    server.close();
  }

  private Table create() {
    return server.catalog.createTable(TableIdentifier.of("tpch", "orders"), SCHEMA);
  }

  @Test
  void readsSchemasTablesAndColumns() {
    create();

    assertThat(reader.schemas("lake")).containsExactly("tpch");
    assertThat(reader.relations("lake", "tpch")).containsExactly(new Relation(ORDERS, false));
    assertThat(reader.schemaProperties("lake", "tpch")).containsEntry("comment", "benchmark");
    TableMetadata table = reader.table(ORDERS).orElseThrow();
    assertThat(table.name()).isEqualTo(ORDERS);
    assertThat(table.columns())
        .containsExactly(
            new Column("id", 1, Types.LongType.get(), false, java.util.Optional.of("the key")));
    assertThat(reader.table(new TableName("lake", "tpch", "nope"))).isEmpty();
    assertThat(reader.table(new TableName("lake", "nope", "orders"))).isEmpty();
    assertThat(reader.isView(ORDERS)).isFalse();
  }

  @Test
  void asksOncePerMomentAndSeesChangesAfterIt() {
    Table table = create();
    TableMetadata first = reader.table(ORDERS).orElseThrow();
    int loads = server.tableLoads.get();
    assertThat(reader.table(ORDERS)).containsSame(first);
    assertThat(server.tableLoads).hasValue(loads);

    table.updateSchema().addColumn("extra", Types.IntegerType.get()).commit();
    ticker.advance(FRESHNESS);

    assertThat(reader.table(ORDERS).orElseThrow().columnNames()).containsExactly("id", "extra");
  }

  @Test
  void findsAServerThatComesBack() {
    create();
    server.failing = true;
    assertUnavailable();
    server.failing = false;
    assertUnavailable();
    ticker.advance(FRESHNESS);
    assertThat(reader.table(ORDERS)).isPresent();

    server.failing = true;
    ticker.advance(FRESHNESS);
    assertUnavailable();
    server.failing = false;
    ticker.advance(FRESHNESS);
    assertThat(reader.table(ORDERS)).isPresent();
  }

  private void assertUnavailable() {
    assertThatThrownBy(() -> reader.table(ORDERS))
        .hasMessage(
            "Catalog lake did not answer; try again, and tell its operator if that does not help")
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE));
  }
}
