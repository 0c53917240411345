package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.statement.AnswerRows;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.OneSchema;
import io.sluice.gateway.statement.OneView;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.view.TemporaryViews;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class MetadataRowsTest {

  private static final Principal ANN = new Principal("ann", Set.of());

  /** What Spark cannot read does not hide the rest. */
  @Test
  void whatSparkCannotReadIsLeftOut() {
    OneSchema schema = OneSchema.of(List.of("bad", "good"), MetadataRowsTest::columns);
    AnswerRows columns = place();
    new MetadataRows(schema, TemporaryViews.none(), ANN, columns).columns(null, null, null, null);
    assertThat(columns.all())
        .extracting(row -> row.get(2) + "." + row.get(3) + " " + row.get(5) + " " + row.get(16))
        .containsExactly("good.id bigint 1", "good.last string 3");
    AnswerRows tables = place();
    new MetadataRows(schema, TemporaryViews.none(), ANN, tables)
        .tables(null, null, null, List.of());
    assertThat(tables.all()).hasSize(2);
  }

  @Test
  void theViewsOfTheSessionHaveNeitherCatalogNorSchema() {
    assertThat(tables(null, null, "%", List.of()))
        .containsExactly("..seen_nations VIEW", "lake.tpch.nation TABLE");
    assertThat(tables("", "", "seen%", List.of("VIEW"))).containsExactly("..seen_nations VIEW");
    assertThat(tables("lake", null, "seen%", List.of())).isEmpty();
    assertThat(tables(null, "tpch", "seen%", List.of())).isEmpty();
    assertThat(tables(null, null, "seen%", List.of("TABLE"))).isEmpty();
    AnswerRows columns = place();
    rows(columns).columns(null, "%", "seen%", "n%");
    assertThat(columns.all())
        .extracting(row -> row.get(1) + "." + row.get(2) + "." + row.get(3) + " " + row.get(5))
        .containsExactly(".seen_nations.n_name string");
  }

  private static List<String> tables(
      String catalog, String schemaPattern, String tablePattern, List<String> types) {
    AnswerRows tables = place();
    rows(tables).tables(catalog, schemaPattern, tablePattern, types);
    return tables.all().stream()
        .map(row -> row.get(0) + "." + row.get(1) + "." + row.get(2) + " " + row.get(3))
        .toList();
  }

  private static MetadataRows rows(AnswerRows place) {
    return new MetadataRows(
        OneSchema.listing(principal -> List.of("nation")), OneView.seenNations(), ANN, place);
  }

  private static AnswerRows place() {
    return new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH).enter(ANN);
  }

  private static List<Column> columns(String table) {
    if (table.equals("bad")) {
      throw new SluiceException(ErrorCode.NOT_SUPPORTED, "The table cannot be read.");
    }
    return List.of(
        column("id", 1, Types.LongType.get()),
        column("time", 2, Types.TimeType.get()),
        column("last", 3, Types.StringType.get()));
  }

  private static Column column(String name, int id, Type type) {
    return new Column(name, id, type, true, Optional.empty());
  }
}
