package io.sluice.planner.rewrite;

import io.sluice.model.SluiceException;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.ExpressionCheck;
import java.time.InstantSource;
import java.util.Optional;

/** Holds policies' expressions to their rules when they load, before there is a statement. */
public final class PolicyExpressionCheck implements ExpressionCheck {

  private final ExpressionRules rules;

  /**
   * @param clock what the deadline of a parse is measured by
   */
  public PolicyExpressionCheck(InstantSource clock) {
    this.rules = new ExpressionRules(new SparkParser(clock));
  }

  @Override
  public Optional<String> problem(Use use, String expression) {
    try {
      switch (use) {
        case ROW_FILTER -> rules.filter(expression, column -> true);
        case MASK -> rules.expression(expression.replace(ColumnMasks.COLUMN, "`column`"));
      }
      return Optional.empty();
    } catch (IllegalArgumentException | SluiceException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      // The threads that read statements have deeper stacks: it is judged there.
      return Optional.empty();
    }
  }
}
