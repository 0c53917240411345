package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.spark.ResultMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Flow;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/** Encodes facts about the server as the dense union that FlightSql.proto prescribes. */
final class SqlInfoEncoder {

  private final BufferAllocator allocator;
  private final SortedMap<Integer, SqlInfoValue> values;

  SqlInfoEncoder(BufferAllocator allocator, SortedMap<Integer, SqlInfoValue> values) {
    this.allocator = allocator;
    this.values = values;
  }

  /** Returns the facts with these codes, or all; codes that nobody knows are left out. */
  Flow.Publisher<ResultMessage> publisher(Set<Integer> codes) {
    List<Map.Entry<Integer, SqlInfoValue>> chosen =
        values.entrySet().stream()
            .filter(entry -> codes.isEmpty() || codes.contains(entry.getKey()))
            .toList();
    List<ResultMessage> messages = new ArrayList<>();
    messages.add(ArrowEncoder.schema(Schemas.GET_SQL_INFO_SCHEMA));
    if (!chosen.isEmpty()) {
      messages.add(encode(chosen));
    }
    return new DemandPublisher<>(messages.iterator());
  }

  private ResultMessage encode(List<Map.Entry<Integer, SqlInfoValue>> facts) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(Schemas.GET_SQL_INFO_SCHEMA, allocator)) {
      root.allocateNew();
      UInt4Vector names = (UInt4Vector) root.getVector(0);
      DenseUnionVector union = (DenseUnionVector) root.getVector(1);
      int[] used = new int[SqlInfoValue.UNION_SIZE];
      for (int row = 0; row < facts.size(); row++) {
        SqlInfoValue value = facts.get(row).getValue();
        byte type = value.unionType();
        names.setSafe(row, facts.get(row).getKey());
        union.setTypeId(row, type);
        // setTypeId grows the types' buffer alone; the offsets' one grows with it, capacity equal.
        while (union.getOffsetBuffer().capacity() < (row + 1L) * DenseUnionVector.OFFSET_WIDTH) {
          union.reAlloc();
        }
        union.getOffsetBuffer().setInt((long) row * DenseUnionVector.OFFSET_WIDTH, used[type]);
        write(union.getVectorByType(type), used[type]++, value);
      }
      for (byte type = 0; type < used.length; type++) {
        union.getVectorByType(type).setValueCount(used[type]);
      }
      root.setRowCount(facts.size());
      return ArrowEncoder.batch(root);
    }
  }

  private static void write(ValueVector child, int index, SqlInfoValue value) {
    FieldVector vector = (FieldVector) child;
    if (value instanceof SqlInfoValue.Text text) {
      setText((VarCharVector) vector, index, text.value());
    } else if (value instanceof SqlInfoValue.Flag flag) {
      ((BitVector) vector).setSafe(index, flag.value() ? 1 : 0);
    } else if (value instanceof SqlInfoValue.Count count) {
      ((BigIntVector) vector).setSafe(index, count.value());
    } else if (value instanceof SqlInfoValue.Bits bits) {
      ((IntVector) vector).setSafe(index, bits.value());
    } else if (value instanceof SqlInfoValue.Texts texts) {
      ListVector list = (ListVector) vector;
      int start = list.startNewValue(index);
      for (int i = 0; i < texts.values().size(); i++) {
        setText((VarCharVector) list.getDataVector(), start + i, texts.values().get(i));
      }
      list.endValue(index, texts.values().size());
    } else if (value instanceof SqlInfoValue.Conversions conversions) {
      writeMap((MapVector) vector, index, conversions.values());
    }
  }

  private static void writeMap(MapVector map, int index, Map<Integer, List<Integer>> values) {
    StructVector entries = (StructVector) map.getDataVector();
    IntVector keys = (IntVector) entries.getChildByOrdinal(0);
    ListVector lists = (ListVector) entries.getChildByOrdinal(1);
    int entry = map.startNewValue(index);
    for (Map.Entry<Integer, List<Integer>> pair : values.entrySet()) {
      entries.setIndexDefined(entry);
      keys.setSafe(entry, pair.getKey());
      int start = lists.startNewValue(entry);
      for (int i = 0; i < pair.getValue().size(); i++) {
        ((IntVector) lists.getDataVector()).setSafe(start + i, pair.getValue().get(i));
      }
      lists.endValue(entry, pair.getValue().size());
      entry++;
    }
    map.endValue(index, values.size());
  }

  private static void setText(VarCharVector vector, int index, String text) {
    vector.setSafe(index, text.getBytes(StandardCharsets.UTF_8));
  }
}
