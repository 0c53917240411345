package io.sluice.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class TableSinkTest {

  @Test
  void countsDisplayColumnsNotCharacters() throws IOException {
    assertThat(print(0, "日本", "e\u0301", "ab"))
        .isEqualTo(
            """
             t    | u
            ------+------
             日本 | 日本
             e\u0301    | e\u0301
             ab   | ab
            """);
  }

  @Test
  void cutsOnlyOnATerminal() throws IOException {
    String text = "x".repeat(60);
    assertThat(print(0, text)).contains(text);
    assertThat(print(40, text).lines()).allMatch(line -> line.length() <= 40);
    assertThat(print(40, text)).contains("…");
  }

  @Test
  void escapesWhatWouldBreakLinesOrSteerTheTerminal() throws IOException {
    assertThat(print(0, "a\nb\u001b[2J")).contains(" a\\nb\\u001b[2J |").doesNotContain("\u001b");
  }

  @Test
  void repeatsTheHeaderWhenALaterPageIsWider() throws IOException {
    String[] rows = new String[2_500];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = row < 1_000 ? "x" : "wider";
    }
    List<String> lines = print(0, rows).lines().toList();
    assertThat(lines).hasSize(2_500 + 4);
    assertThat(lines.get(1_002)).isEqualTo(" t     | u");
  }

  @Test
  void aHugeValueDoesNotPadTheOtherRows() throws IOException {
    List<String> lines = print(0, "y".repeat(100_000), "z").lines().toList();
    assertThat(lines.get(3)).hasSizeLessThan(20);
  }

  private static String print(int width, String... rows) throws IOException {
    Schema schema =
        new Schema(
            List.of(
                Field.nullable("t", new ArrowType.Utf8()),
                Field.nullable("u", new ArrowType.Utf8())));
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    TableSink sink = new TableSink(output, width);
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      for (int column = 0; column < 2; column++) {
        VarCharVector vector = (VarCharVector) root.getVector(column);
        for (int row = 0; row < rows.length; row++) {
          vector.setSafe(row, rows[row].getBytes(UTF_8));
        }
      }
      root.setRowCount(rows.length);
      sink.start(root);
      sink.batch(root);
      sink.end();
    }
    return output.toString(UTF_8);
  }
}
