package io.sluice.gateway.arrow;

import io.sluice.planner.AnswerTable;
import io.sluice.spark.ResultMessage;
import java.util.List;
import java.util.concurrent.Flow;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Answers of the gateway itself, in the form of Spark's results. */
public final class AnswerTables {

  private final RowEncoder encoder;

  public AnswerTables(RowEncoder encoder) {
    this.encoder = encoder;
  }

  /** Returns the schema that an answer's stream has. */
  public static Schema schema(AnswerTable table) {
    return new Schema(
        table.columns().stream()
            .map(
                column ->
                    new Field(
                        column.name(),
                        new FieldType(column.nullable(), arrowType(column.type()), null),
                        List.of()))
            .toList());
  }

  /** Returns the answer as a result: the schema, then batches, encoded as they are requested. */
  public Flow.Publisher<ResultMessage> publisher(AnswerTable table) {
    return encoder.publisher(schema(table), table.rows());
  }

  private static ArrowType arrowType(AnswerTable.AnswerType type) {
    return switch (type) {
      case STRING -> ArrowType.Utf8.INSTANCE;
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case INT -> new ArrowType.Int(32, true);
      case BIGINT -> new ArrowType.Int(64, true);
    };
  }
}
