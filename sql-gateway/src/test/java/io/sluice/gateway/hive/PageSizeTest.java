package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.arrow.CellJson;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.Test;

/** What a short batch with long field names makes of replies. */
class PageSizeTest {

  private static final Field LONG_NAME =
      new Field(
          "s",
          FieldType.nullable(ArrowType.Struct.INSTANCE),
          List.of(Field.nullable("n".repeat(1 << 20), new ArrowType.Int(64, true))));

  @Test
  void theNamesOfFieldsCount() {
    try (BufferAllocator allocator = new RootAllocator();
        FieldVector structs = LONG_NAME.createVector(allocator)) {
      structs.allocateNew();
      for (int row = 0; row < 20; row++) {
        ((StructVector) structs).setIndexDefined(row);
      }
      structs.setValueCount(20);
      assertThat(PageSize.fitting(List.of(structs), 0, 20)).isEqualTo(7);
      assertThat(PageSize.fitting(List.of(structs), 15, 5)).isEqualTo(5);
    }
  }

  @Test
  void shortRowsAllFitAndOneAlwaysDoes() {
    try (BufferAllocator allocator = new RootAllocator();
        BigIntVector numbers = new BigIntVector("n", allocator)) {
      numbers.allocateNew(10);
      numbers.setValueCount(10);
      assertThat(PageSize.fitting(List.of(numbers), 0, 10)).isEqualTo(10);
      assertThat(PageSize.fitting(List.of(numbers), 9, 1)).isEqualTo(1);
    }
  }

  @Test
  void oneValuesTextIsBounded() {
    Field list = new Field("l", FieldType.nullable(ArrowType.List.INSTANCE), List.of(LONG_NAME));
    try (BufferAllocator allocator = new RootAllocator();
        ListVector lists = (ListVector) list.createVector(allocator)) {
      lists.allocateNew();
      StructVector structs = (StructVector) lists.getDataVector();
      lists.startNewValue(0);
      for (int element = 0; element < 20; element++) {
        structs.setIndexDefined(element);
      }
      lists.endValue(0, 20);
      structs.setValueCount(20);
      lists.setValueCount(1);
      assertTooLarge(() -> HiveText.of(lists, 0));
      assertTooLarge(() -> CellJson.text(lists, 0));
      assertThat(HiveText.of(structs, 0)).hasSize((1 << 20) + "{\"\":null}".length());
    }
  }

  private static void assertTooLarge(Runnable writing) {
    assertThatThrownBy(writing::run)
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.RESULT_TOO_LARGE);
              assertThat(refusal).hasMessageContaining("more than 16 MiB");
            });
  }
}
