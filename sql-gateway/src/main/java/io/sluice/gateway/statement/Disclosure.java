package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.Analysis;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the sender of a statement is told of an error of Spark's. Its class, its SQLSTATE and a
 * place in the sender's own text are told to everybody. Spark's words may quote values, names and
 * plans, so under a restriction an administrator alone reads them.
 */
final class Disclosure {

  private static final String WITHHELD =
      "Spark refused or stopped the statement with this error. Its text is withheld, because a row"
          + " filter, mask or denied column applies to a table that the statement names.";

  private static final String DEFECT =
      "Spark met a defect of its own in this statement. Its text is withheld, because it shows the"
          + " statement as Spark had it.";

  private Disclosure() {}

  /** Returns what is told of a statement of which nothing is known yet. */
  static UnaryOperator<SluiceException> withheld() {
    return error -> isOfSpark(error) ? told(error, WITHHELD, null) : error;
  }

  /** Returns what is told of errors of a run of the query, or of asking for its schema. */
  static UnaryOperator<SluiceException> of(Analysis.SparkQuery query, boolean administrator) {
    return error -> {
      if (!isOfSpark(error)) {
        return error;
      }
      // Spark puts the values of parameters into the text before it counts.
      TextPosition position =
          query.parameters().isEmpty()
              ? error.position().flatMap(query.source()::inSource).orElse(null)
              : null;
      if (administrator) {
        return told(error, String.valueOf(error.getMessage()), position);
      }
      if (query.restricted()) {
        return told(error, WITHHELD, position);
      }
      boolean defect =
          error.errorClass().startsWith("INTERNAL_ERROR")
              || error.errorClass().startsWith("PLAN_VALIDATION_FAILED");
      return told(error, defect ? DEFECT : String.valueOf(error.getMessage()), position);
    };
  }

  /** All other errors are in the gateway's own words. */
  private static boolean isOfSpark(SluiceException error) {
    return error.code() == ErrorCode.EXECUTION_FAILED;
  }

  private static SluiceException told(
      SluiceException error, String message, @Nullable TextPosition position) {
    return SluiceException.ofSpark(error.errorClass(), error.sqlState(), message, position);
  }
}
