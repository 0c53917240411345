package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.statement.OneSchema;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.Column;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class MetadataRowsTest {

  /** What Spark cannot read does not hide the rest. */
  @Test
  void whatSparkCannotReadIsLeftOut() {
    OneSchema schema = OneSchema.of(List.of("bad", "good"), MetadataRowsTest::columns);
    MetadataRows rows = new MetadataRows(schema, new Principal("ann", Set.of()));
    assertThat(rows.columns(null, null, null, null))
        .extracting(row -> row.get(2) + "." + row.get(3) + " " + row.get(5) + " " + row.get(16))
        .containsExactly("good.id bigint 1", "good.last string 3");
    assertThat(rows.tables(null, null, null, List.of())).hasSize(2);
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
