package io.sluice.planner.corpus;

import java.util.Optional;

/**
 * A text as Spark and as the planner read it. They may differ in what they refuse, as each of them
 * does so for reasons of its own behind the grammar; they may not differ in what parses, nor in
 * what a served query reads.
 *
 * @param outcome what became of the text, for counting
 * @param difference what must not be, in words; empty when all is well
 */
record Comparison(String outcome, Optional<String> difference) {

  /** Spark's name for an identifier that must be quoted; checked while it parses. */
  private static final String BAD_NAME = "INVALID_IDENTIFIER";

  /** The outcomes of texts that do not parse. */
  static final String REJECTED = "rejected by both";

  static final String BAD_NAME_OUTCOME = "a name that must be quoted";

  static Comparison of(String text) {
    return of(SparkOracle.read(text), PlannerReading.Reader.read(text));
  }

  static Comparison of(SparkReading spark, PlannerReading planner) {
    boolean parsesInSpark =
        !(spark instanceof SparkReading.Rejected rejected) || !rejected.byGrammar();
    if (planner instanceof PlannerReading.BeyondLimits limits) {
      return fine("beyond the limits: " + limits.message());
    }
    if (planner instanceof PlannerReading.Rejected rejected) {
      return parsesInSpark ? difference(spark, planner) : fine(REJECTED);
    }
    if (spark instanceof SparkReading.Rejected rejected) {
      if (!rejected.byGrammar()) {
        return fine("rejected when Spark builds the plan: " + rejected.error());
      }
      return rejected.error().equals(BAD_NAME)
              && !(planner instanceof PlannerReading.Query)
              && !(planner instanceof PlannerReading.Command)
          ? fine(BAD_NAME_OUTCOME)
          : difference(spark, planner);
    }
    if (planner instanceof PlannerReading.NoQuery other) {
      return fine("no query: " + other.context());
    }
    if (planner instanceof PlannerReading.Refused refused) {
      return fine("refused: " + refused.code() + ": " + withoutNames(refused.message()));
    }
    if (spark instanceof SparkReading.BadWith bad) {
      return fine("rejected for its WITH: " + bad.error());
    }
    SparkReading.Accepted accepted = (SparkReading.Accepted) spark;
    if (planner instanceof PlannerReading.Command command) {
      return accepted.written().equals(command.names())
          ? fine("served: " + command.kind())
          : difference(spark, planner);
    }
    PlannerReading.Query query = (PlannerReading.Query) planner;
    return accepted.relations().equals(query.relations())
            && accepted.commonReferences() == query.commonReferences()
        ? fine("served")
        : difference(spark, planner);
  }

  /** Returns a message as all refusals for one reason have it. */
  static String withoutNames(String message) {
    return message.replaceAll("`.*`", "`…`").replaceAll("\\[.*]", "[…]");
  }

  private static Comparison fine(String outcome) {
    return new Comparison(outcome, Optional.empty());
  }

  private static Comparison difference(SparkReading spark, PlannerReading planner) {
    return new Comparison(
        "difference", Optional.of("  Spark:   " + spark + "\n  planner: " + planner));
  }
}
