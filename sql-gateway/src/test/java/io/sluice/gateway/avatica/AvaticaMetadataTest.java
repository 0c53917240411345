package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.http.HttpAuthentication.Caller;
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
import org.apache.calcite.avatica.remote.Service;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class AvaticaMetadataTest {

  private static final Caller ADA = new Caller(new Principal("ada", Set.of()), "127.0.0.1");

  private static final OneSchema NATION = OneSchema.listing(principal -> List.of("nation"));

  @Test
  void aTableThatSparkCannotReadHidesNoOthers() {
    assertThat(columns(ErrorCode.NOT_SUPPORTED))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get(2)).isEqualTo("nation");
              assertThat(row.get(3)).isEqualTo("n_name");
            });
  }

  @Test
  void anyOtherFailureIsToldInsteadOfAPartOfTheAnswer() {
    assertThatThrownBy(() -> columns(ErrorCode.POLICY_UNAVAILABLE))
        .isInstanceOf(SluiceException.class);
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
    new AvaticaMetadata(NATION)
        .columns(
            ADA,
            OneView.seenNations(),
            new Service.ColumnsRequest("c", null, "%", "seen%", "n%"),
            columns);
    assertThat(columns.all())
        .extracting(row -> row.get(1) + "." + row.get(2) + "." + row.get(3) + " " + row.get(5))
        .containsExactly(".seen_nations.n_name string");
  }

  private static List<String> tables(
      String catalog, String schemaPattern, String tablePattern, List<String> types) {
    AnswerRows tables = place();
    new AvaticaMetadata(NATION)
        .tables(
            ADA,
            OneView.seenNations(),
            new Service.TablesRequest("c", catalog, schemaPattern, tablePattern, types),
            tables);
    return tables.all().stream()
        .map(row -> row.get(0) + "." + row.get(1) + "." + row.get(2) + " " + row.get(3))
        .toList();
  }

  private static AnswerRows place() {
    return new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH)
        .enter(ADA.principal());
  }

  private static List<? extends List<?>> columns(ErrorCode foreign) {
    OneSchema schema =
        OneSchema.of(
            List.of("foreign", "nation"),
            table -> {
              if (table.equals("foreign")) {
                throw new SluiceException(foreign, "The table cannot be told of.");
              }
              return List.of(
                  new Column("n_name", 1, Types.StringType.get(), true, Optional.empty()));
            });
    AnswerRows rows = place();
    new AvaticaMetadata(schema)
        .columns(
            ADA,
            TemporaryViews.none(),
            new Service.ColumnsRequest("c", null, null, null, null),
            rows);
    return rows.all();
  }
}
