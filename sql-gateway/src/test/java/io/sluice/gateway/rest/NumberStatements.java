package io.sluice.gateway.rest;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis.RelationUse;
import io.sluice.spark.ResultMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Statements that give numbers, as {@code rows N in batches of M}, some types, none, or that wait
 * to be cancelled, as {@code wait}.
 */
final class NumberStatements {

  private static final Schema SCHEMA =
      new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));

  private static final Schema TYPES =
      new Schema(
          List.of(
              Field.nullable("price", new ArrowType.Decimal(15, 2, 128)),
              Field.nullable("time", new ArrowType.Interval(IntervalUnit.YEAR_MONTH))));

  private final BufferAllocator allocator;

  NumberStatements(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  void teach(FakeStatements statements) {
    statements.endless("wait");
    statements.result(
        "types",
        () -> new DemandPublisher<>(List.<ResultMessage>of(ArrowEncoder.schema(TYPES)).iterator()));
    statements.result("none", FakeStatements::nothing);
    statements.others(sql -> sql.startsWith("rows ") ? Optional.of(script(sql)) : Optional.empty());
  }

  private FakeStatements.Script script(String sql) {
    String[] words = sql.split(" ");
    int count = Integer.parseInt(words[1]);
    int batch = Integer.parseInt(words[words.length - 1]);
    return new FakeStatements.Script(
        new PreparedStatement(
            sql,
            true,
            SCHEMA,
            List.of(Optional.of("bigint")),
            List.of("key"),
            List.of(
                new RelationUse(
                    new TableName("lake", "tpch", "customer"), "uuid", 0, true, List.of("7"), 0))),
        Optional.empty(),
        () -> new DemandPublisher<>(rows(count, batch).iterator()));
  }

  private List<ResultMessage> rows(int count, int batch) {
    List<ResultMessage> messages = new ArrayList<>();
    messages.add(ArrowEncoder.schema(SCHEMA));
    for (int first = 0; first < count; first += batch) {
      try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
        BigIntVector numbers = (BigIntVector) root.getVector(0);
        int rows = Math.min(batch, count - first);
        for (int row = 0; row < rows; row++) {
          numbers.setSafe(row, first + row);
        }
        root.setRowCount(rows);
        messages.add(ArrowEncoder.batch(root));
      }
    }
    return messages;
  }
}
