package io.sluice.planner.policy;

import java.util.Optional;

/** Says what is wrong with a policy's expression, as far as that shows without its table. */
@FunctionalInterface
public interface ExpressionCheck {

  /** What an expression is for. */
  enum Use {
    ROW_FILTER,
    /** The expression of a CUSTOM mask, in which {@code {col}} stands for the column. */
    MASK
  }

  /**
   * Checks an expression.
   *
   * @return what is wrong, as a clause; empty when nothing is that shows here
   */
  Optional<String> problem(Use use, String expression);
}
