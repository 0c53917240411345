package io.sluice.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.trino.tpch.TpchTable;
import java.math.BigDecimal;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class TableLayoutTest {

  private final TableLayout<?> lineitem = new TableLayout<>(TpchTable.LINE_ITEM);
  private final TableLayout<?> nation = new TableLayout<>(TpchTable.NATION);

  @Test
  void usesTheStandardNamesAndTypes() {
    assertThat(lineitem.schema().findField("l_orderkey").type()).isEqualTo(Types.LongType.get());
    assertThat(lineitem.schema().findField("l_linenumber").type())
        .isEqualTo(Types.IntegerType.get());
    assertThat(lineitem.schema().findField("l_extendedprice").type())
        .isEqualTo(Types.DecimalType.of(15, 2));
    assertThat(lineitem.schema().findField("l_shipdate").type()).isEqualTo(Types.DateType.get());
    assertThat(lineitem.schema().columns()).hasSize(16);
  }

  @Test
  void cutsByMonthFromScaleTenOn() {
    assertThat(lineitem.partitioning(new BigDecimal("9.99")).isUnpartitioned()).isTrue();
    assertThat(lineitem.partitioning(BigDecimal.TEN).fields())
        .singleElement()
        .satisfies(field -> assertThat(field.name()).isEqualTo("l_shipdate_month"));
    assertThat(nation.partitioning(BigDecimal.TEN).isUnpartitioned()).isTrue();
  }

  @Test
  void cutsIntoTwoFilesPerThreadUnlessThatMakesThemTiny() {
    assertThat(lineitem.parts(BigDecimal.ONE, 2)).isEqualTo(4);
    assertThat(lineitem.parts(new BigDecimal("0.01"), 8)).isEqualTo(1);
    assertThat(lineitem.parts(new BigDecimal("0.1"), 2)).isEqualTo(3);
    assertThat(lineitem.parts(new BigDecimal("9"), 2)).isEqualTo(11);
    assertThat(nation.parts(BigDecimal.ONE, 64)).isEqualTo(1);
  }

  @Test
  void keepsOpenWritersWithinHalfTheHeap() {
    long heap = 1L << 30;
    assertThat(TableLayout.rowGroupBytes(false, 2, heap)).isEqualTo(128L << 20);
    assertThat(TableLayout.rowGroupBytes(true, 2, heap) * 84 * 2).isLessThanOrEqualTo(heap / 2);
  }
}
