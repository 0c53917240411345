package io.sluice.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewDefinition;
import io.sluice.planner.view.ViewDefinition.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of views in both kinds of catalogs. */
class CatalogViewsTest {

  private static final TableName VIEW = new TableName("lake", "tpch", "names");
  private static final TableName OTHER = new TableName("lake", "tpch", "others");
  private static final Namespace HOME = new Namespace("ocean", "deep");
  private static final List<ViewColumn> COLUMNS =
      List.of(
          new ViewColumn(
              "k", Optional.of("n_key"), "bigint", Types.LongType.get(), Optional.of("the key")),
          new ViewColumn(
              "l",
              Optional.of("list"),
              "array<struct<a:int>>",
              Types.ListType.ofOptional(
                  7,
                  Types.StructType.of(Types.NestedField.optional(9, "a", Types.IntegerType.get()))),
              Optional.empty()));

  private static ViewDefinition definition(String sql, Mode mode) {
    return new ViewDefinition(VIEW, sql, HOME, Map.of("comment", "all"), "ann", mode);
  }

  private static IcebergCatalogs catalogs(CatalogConfiguration configuration) {
    return new IcebergCatalogs(List.of(configuration), Duration.ofSeconds(1), new ManualTicker());
  }

  @Test
  void inADatabase(@TempDir Path folder) throws IOException {
    Map<String, String> properties =
        Map.of(
            "uri", "jdbc:sqlite:" + folder.resolve("catalog.db"), "warehouse", folder.toString());
    try (JdbcCatalog other = new JdbcCatalog();
        IcebergCatalogs lake = catalogs(new CatalogConfiguration("lake", "jdbc", properties))) {
      other.initialize("lake", withMore(properties));
      other.createNamespace(org.apache.iceberg.catalog.Namespace.of("tpch"));
      lifeOfAView(lake);
      lake.define(definition("select 1", Mode.CREATE), COLUMNS);
      View view = other.loadView(TableIdentifier.of("tpch", "names"));
      assertThat(view.sqlFor("spark").sql()).isEqualTo("select 1");
      other
          .buildView(TableIdentifier.of("tpch", "foreign_"))
          .withSchema(new Schema(Types.NestedField.optional(1, "a", Types.LongType.get())))
          .withDefaultNamespace(org.apache.iceberg.catalog.Namespace.of("tpch"))
          .withQuery("trino", "select 1")
          .create();
      lake.forget();
      ViewMetadata foreign = lake.view(new TableName("lake", "tpch", "foreign_")).orElseThrow();
      assertThat(foreign.sql()).isEmpty();
      assertThat(foreign.columns().get(0).queryName()).isEmpty();
    }
  }

  private static Map<String, String> withMore(Map<String, String> properties) {
    return Map.of(
        "uri", properties.get("uri"),
        "warehouse", properties.get("warehouse"),
        "io-impl", WritableLocalFileIO.class.getName(),
        "jdbc.schema-version", "V1");
  }

  @Test
  void behindAServer() throws IOException {
    try (RestCatalogServer server = new RestCatalogServer();
        IcebergCatalogs lake =
            catalogs(new CatalogConfiguration("lake", "rest", Map.of("uri", server.uri())))) {
      server.catalog.createNamespace(org.apache.iceberg.catalog.Namespace.of("tpch"));
      lifeOfAView(lake);
    }
  }

  private static void lifeOfAView(IcebergCatalogs lake) {
    assertThat(lake.view(VIEW)).isEmpty();
    refuses(
        () -> lake.define(definition("select 1", Mode.ALTER), COLUMNS),
        ErrorCode.TABLE_OR_VIEW_NOT_FOUND);

    lake.define(definition("select n_key, list from t", Mode.CREATE), COLUMNS);
    ViewMetadata made = lake.view(VIEW).orElseThrow();
    assertThat(made.sql()).contains("select n_key, list from t");
    assertThat(made.namespace()).contains(HOME);
    assertThat(made.comment()).contains("all");
    assertThat(made.properties()).containsEntry("owner", "ann");
    assertThat(made.columns()).extracting(ViewColumn::name).containsExactly("k", "l");
    assertThat(made.columns())
        .extracting(column -> column.queryName().orElseThrow())
        .containsExactly("n_key", "list");
    assertThat(made.columns())
        .extracting(ViewColumn::sparkType)
        .containsExactly("bigint", "array<struct<a:int>>");
    assertThat(made.columns().get(0).comment()).contains("the key");
    assertThat(lake.isView(VIEW)).isTrue();
    assertThat(lake.table(VIEW)).isEmpty();

    refuses(
        () -> lake.define(definition("select 2", Mode.CREATE), COLUMNS),
        ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS);
    lake.define(definition("select 2", Mode.CREATE_IF_NOT_EXISTS), COLUMNS);
    assertThat(lake.view(VIEW).orElseThrow().versionId()).isEqualTo(made.versionId());

    lake.define(definition("select 3 k", Mode.CREATE_OR_REPLACE), COLUMNS.subList(0, 1));
    lake.define(definition("select 4 k", Mode.ALTER), COLUMNS.subList(0, 1));
    ViewMetadata altered = lake.view(VIEW).orElseThrow();
    assertThat(altered.sql()).contains("select 4 k");
    assertThat(altered.columns()).hasSize(1);
    assertThat(altered.uuid()).isEqualTo(made.uuid());
    assertThat(altered.versionId()).isNotEqualTo(made.versionId());

    lake.change(new ViewChange.Properties(VIEW, Map.of("team", "x"), Set.of("comment")));
    assertThat(lake.view(VIEW).orElseThrow().properties())
        .containsEntry("team", "x")
        .doesNotContainKey("comment");

    lake.change(new ViewChange.Rename(VIEW, OTHER));
    assertThat(lake.view(VIEW)).isEmpty();
    assertThat(lake.view(OTHER)).isPresent();
    refuses(
        () -> lake.change(new ViewChange.Rename(VIEW, OTHER)), ErrorCode.TABLE_OR_VIEW_NOT_FOUND);

    lake.change(new ViewChange.Drop(OTHER));
    assertThat(lake.view(OTHER)).isEmpty();
    assertThat(lake.relations("lake", "tpch")).isEmpty();
    refuses(() -> lake.change(new ViewChange.Drop(OTHER)), ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
    refuses(
        () -> lake.change(new ViewChange.Drop(new TableName("lake", "nope", "v"))),
        ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
  }

  @Test
  void aServerThatBreaksInTheMiddleOfAChangeLeavesItUnknown() throws IOException {
    try (RestCatalogServer server = new RestCatalogServer();
        IcebergCatalogs lake =
            catalogs(new CatalogConfiguration("lake", "rest", Map.of("uri", server.uri())))) {
      server.catalog.createNamespace(org.apache.iceberg.catalog.Namespace.of("tpch"));
      lake.define(definition("select 1", Mode.CREATE), COLUMNS);
      server.failing = true;
      refuses(
          () -> lake.define(definition("select 2", Mode.CREATE_OR_REPLACE), COLUMNS),
          ErrorCode.OUTCOME_UNKNOWN);
      refuses(
          () -> lake.change(new ViewChange.Drop(new TableName("lake", "tpch", "names"))),
          ErrorCode.OUTCOME_UNKNOWN);
    }
  }

  private static void refuses(Runnable action, ErrorCode code) {
    SluiceException refusal = catchThrowableOfType(SluiceException.class, action::run);
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
  }
}
