package io.sluice.planner.explain;

import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.AnswerTable.AnswerType;
import io.sluice.planner.rewrite.UnusablePolicy;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table that EXPLAIN POLICIES gives, and its rows. */
final class Explanation {

  private static final List<AnswerColumn> COLUMNS =
      List.of(
          new AnswerColumn("relation", AnswerType.STRING, true),
          new AnswerColumn("column", AnswerType.STRING, true),
          new AnswerColumn("effect", AnswerType.STRING, false),
          new AnswerColumn("policy", AnswerType.STRING, true),
          new AnswerColumn("expression", AnswerType.STRING, true));

  private Explanation() {}

  static Analysis.Answer table(List<List<@Nullable Object>> rows) {
    return new Analysis.Answer(new AnswerTable(COLUMNS, rows));
  }

  static List<@Nullable Object> row(
      @Nullable String relation,
      @Nullable String column,
      String effect,
      @Nullable String policy,
      @Nullable String expression) {
    return Collections.unmodifiableList(
        Arrays.asList(relation, column, effect, policy, expression));
  }

  /** The last row of a statement that would be served. */
  static List<@Nullable Object> served(Analysis analysis) {
    return forSpark(analysis)
        .map(query -> row(null, null, "rewritten", null, query.sql()))
        .orElseGet(() -> row(null, null, "answered", null, null));
  }

  /** Returns what Spark runs or, for a view or function, looks at. */
  private static Optional<Analysis.SparkQuery> forSpark(Analysis analysis) {
    if (analysis instanceof Analysis.SparkQuery query) {
      return Optional.of(query);
    }
    return analysis instanceof Analysis.Definition definition
        ? Optional.of(definition.query())
        : Optional.empty();
  }

  /** The row that says why a policy cannot be applied, which its sender does not read. */
  static List<@Nullable Object> unusable(UnusablePolicy policy) {
    return row(policy.table().toString(), null, "unusable", policy.policyId(), policy.reason());
  }

  /** The last row of a statement that would be refused: the text that its sender would read. */
  static List<@Nullable Object> refused(SluiceException refusal) {
    return row(null, null, "refused", null, refusal.clientText(null));
  }
}
