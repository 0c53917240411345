package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class MetadataRowsTest {

  /** What Spark cannot read does not hide the rest. */
  @Test
  void whatSparkCannotReadIsLeftOut() {
    MetadataRows rows = new MetadataRows(new PartlyUnreadable(), new Principal("ann", Set.of()));
    assertThat(rows.columns(null, null, null, null))
        .extracting(row -> row.get(2) + "." + row.get(3) + " " + row.get(5) + " " + row.get(16))
        .containsExactly("good.id bigint 1", "good.last string 3");
    assertThat(rows.tables(null, null, null, List.of())).hasSize(2);
  }

  private static final class PartlyUnreadable implements MetadataReader {
    @Override
    public List<String> catalogs(Principal principal) {
      return List.of("lake");
    }

    @Override
    public List<String> schemas(Principal principal, String catalog) {
      return List.of("s");
    }

    @Override
    public List<TableName> tables(Principal principal, String catalog, String schema) {
      return List.of(new TableName("lake", "s", "bad"), new TableName("lake", "s", "good"));
    }

    @Override
    public Optional<VisibleTable> table(Principal principal, TableName name) {
      if (name.table().equals("bad")) {
        throw new SluiceException(ErrorCode.NOT_SUPPORTED, "The table cannot be read.");
      }
      List<Column> columns =
          List.of(
              column("id", 1, Types.LongType.get()),
              column("time", 2, Types.TimeType.get()),
              column("last", 3, Types.StringType.get()));
      TableMetadata table =
          new TableMetadata(name, "uuid", 0, columns, List.of(), Map.of(), "s3://lake/good");
      return Optional.of(new VisibleTable(table, columns, false));
    }

    private static Column column(String name, int id, Type type) {
      return new Column(name, id, type, true, Optional.empty());
    }
  }
}
