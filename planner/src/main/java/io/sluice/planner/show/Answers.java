package io.sluice.planner.show;

import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.AnswerTable.AnswerType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short words for making answers. */
final class Answers {

  private Answers() {}

  static AnswerColumn string(String name) {
    return new AnswerColumn(name, AnswerType.STRING, false);
  }

  static AnswerColumn nullableString(String name) {
    return new AnswerColumn(name, AnswerType.STRING, true);
  }

  static AnswerColumn bool(String name) {
    return new AnswerColumn(name, AnswerType.BOOLEAN, false);
  }

  static List<@Nullable Object> row(@Nullable Object... cells) {
    return Collections.unmodifiableList(Arrays.asList(cells));
  }

  static Analysis answer(List<AnswerColumn> columns, List<List<@Nullable Object>> rows) {
    return new Analysis.Answer(new AnswerTable(columns, rows));
  }
}
