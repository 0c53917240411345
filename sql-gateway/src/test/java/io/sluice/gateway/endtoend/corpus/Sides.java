package io.sluice.gateway.endtoend.corpus;

import io.sluice.gateway.endtoend.Answer;
import io.sluice.gateway.endtoend.ArrowSession;
import io.sluice.gateway.endtoend.DirectSpark;
import io.sluice.gateway.endtoend.GatewayFixture;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A file's statements one after another, through the gateway as an administrator and on Spark
 * directly. The direct session has the server's settings and a catalog of the same name of its own,
 * so that neither side sees what the other makes.
 */
final class Sides implements AutoCloseable {

  /**
   * What became of one statement.
   *
   * @param reason of a refusal; what differs, otherwise
   * @param lost whether Sluice refuses what Spark runs; of a setting, which then is not made, that
   *     is taken for granted
   */
  record Comparison(Outcome outcome, String reason, boolean lost) {

    Comparison(Outcome outcome, String reason) {
      this(outcome, reason, false);
    }
  }

  /** Codes under which Sluice refuses what Spark would do. */
  private static final Set<String> REFUSALS =
      Set.of(
          "NOT_SUPPORTED",
          "FUNCTION_NOT_ALLOWED",
          "CONFIGURATION_NOT_ALLOWED",
          "PERMISSION_DENIED",
          "CANNOT_AUTHORIZE",
          "STATEMENT_TOO_COMPLEX");

  private final ArrowSession gateway;
  private final DirectSpark spark;
  private final Set<String> missing = new HashSet<>();

  Sides(GatewayFixture fixture, List<String> directSettings, String schema) {
    gateway = ArrowSession.open(fixture, "admin");
    spark = DirectSpark.open(fixture.sparkEndpoint());
    directSettings.forEach(spark::run);
    spark.run("use lake." + schema);
    Answer used = gateway.run("use lake." + schema);
    for (String setting :
        List.of("set spark.sql.shuffle.partitions=2", "set spark.sql.adaptive.enabled=false")) {
      spark.run(setting);
      gateway.run(setting);
    }
    if (used.failed()) {
      throw new IllegalStateException(used.message());
    }
  }

  Comparison compare(String text) {
    Statement statement = Statement.of(text);
    if (statement.isSetting()) {
      return compareSetting(statement);
    }
    CompletableFuture<Answer> direct =
        CompletableFuture.supplyAsync(() -> spark.answer(statement.text()));
    Answer actual = placeless(gateway.run(statement.text()));
    Comparison comparison = compare(statement, actual, placeless(direct.join()));
    boolean left =
        comparison.outcome() == Outcome.REFUSED
            || comparison.outcome() == Outcome.DEPENDS_ON_REFUSED;
    if (left && !statement.isQuery()) {
      missing.addAll(statement.objects());
    }
    return comparison;
  }

  /** Only a setting that both sides take is made: it changes what all that follows means. */
  private Comparison compareSetting(Statement statement) {
    Answer actual = gateway.run(statement.text());
    return REFUSALS.contains(actual.error())
        ? new Comparison(Outcome.REFUSED, reason(actual), true)
        : compare(statement, actual, spark.answer(statement.text()));
  }

  private Comparison compare(Statement statement, Answer actual, Answer expected) {
    if (!actual.failed() && !expected.failed() && !statement.isQuery()) {
      return new Comparison(Outcome.SAME, "");
    }
    if (actual.equalTo(expected)) {
      return new Comparison(actual.failed() ? Outcome.FAILED_ALIKE : Outcome.SAME, "");
    }
    if (REFUSALS.contains(actual.error())) {
      return new Comparison(Outcome.REFUSED, reason(actual), !expected.failed());
    }
    if (statement.names(missing)) {
      return new Comparison(Outcome.DEPENDS_ON_REFUSED, "");
    }
    if (statement.isQuery() && !expected.failed()) {
      if (statement.limits()
          && actual.columns().equals(expected.columns())
          && actual.rows().size() == expected.rows().size()) {
        return new Comparison(Outcome.LEFT_OPEN, "");
      }
      if (!placeless(spark.answer(statement.text())).equalTo(expected)) {
        return new Comparison(Outcome.LEFT_OPEN, "");
      }
    }
    return new Comparison(
        Outcome.DIFFERENT, "through Sluice: " + actual + "\ndirectly:       " + expected);
  }

  /** Each side keeps its tables in a place of its own, and its snapshots have ids of their own. */
  private static Answer placeless(Answer answer) {
    return new Answer(
        answer.columns(),
        answer.rows().stream()
            .map(row -> row.replaceAll("(/[^/\\s'\\[]+)+/warehouse/", "…/"))
            .map(row -> row.replaceAll("(current-snapshot-id'?\\s*=\\s*'?)\\d+", "$1…"))
            .toList(),
        answer.error(),
        answer.message());
  }

  /** Returns a refusal as all for one reason have it. */
  private static String reason(Answer refusal) {
    return refusal
        .message()
        .replaceFirst("(?s).*?(\\[[A-Z_]+] )", "$1")
        .replaceAll("(?s) \\((line|SQLSTATE).*", "")
        .replaceAll("`.*`", "`…`")
        .replaceAll("The setting .* may", "The setting … may")
        .replaceAll("\\[[a-z_/]+]", "[…]")
        .replaceAll("(?s)\n.*", "");
  }

  @Override
  public void close() {
    gateway.close();
    spark.close();
  }
}
