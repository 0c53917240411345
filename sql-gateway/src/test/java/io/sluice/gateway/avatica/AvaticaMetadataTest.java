package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.OneSchema;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.Column;
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
    AnswerRows rows =
        new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH)
            .enter(ADA.principal());
    new AvaticaMetadata(schema)
        .columns(ADA, new Service.ColumnsRequest("c", null, null, null, null), rows);
    return rows.all();
  }
}
