package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.metadata.MetadataReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.avatica.remote.Service;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class AvaticaMetadataTest {

  private static final Caller ADA = new Caller(new Principal("ada", Set.of()), "127.0.0.1");
  private static final TableName FOREIGN = new TableName("lake", "tpch", "foreign");
  private static final TableName NATION = new TableName("lake", "tpch", "nation");

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
    return new AvaticaMetadata(new TwoTables(foreign))
        .columns(ADA, new Service.ColumnsRequest("c", null, null, null, null));
  }

  private record TwoTables(ErrorCode foreign) implements MetadataReader {

    @Override
    public List<String> catalogs(Principal principal) {
      return List.of("lake");
    }

    @Override
    public List<String> schemas(Principal principal, String catalog) {
      return List.of("tpch");
    }

    @Override
    public List<TableName> tables(Principal principal, String catalog, String schema) {
      return List.of(FOREIGN, NATION);
    }

    @Override
    public Optional<VisibleTable> table(Principal principal, TableName name) {
      if (name.equals(FOREIGN)) {
        throw new SluiceException(foreign, "The table cannot be told of.");
      }
      List<Column> columns =
          List.of(new Column("n_name", 1, Types.StringType.get(), true, Optional.empty()));
      return Optional.of(
          new VisibleTable(
              new TableMetadata(name, "uuid", 0, columns, List.of(), Map.of(), "/somewhere"),
              columns,
              false));
    }
  }
}
