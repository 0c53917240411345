package io.sluice.planner.parse;

import java.util.Arrays;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.TokenStream;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;

/**
 * Spark's parser, refusing to recurse deeper than is allowed. Whatever nests (subqueries, brackets,
 * functions, CASE, NOT, signs, types) re-enters a rule that has not ended yet, so counting the
 * entries of each rule sees them all; long chains of operators do not, as the parser loops there.
 */
final class GuardedParser extends SqlBaseParser {

  private final int[] entered = new int[ruleNames.length];

  GuardedParser(TokenStream tokens) {
    super(tokens);
    // Spark 4.1's defaults (AbstractParser.configureParser); the server's are verified at start.
    legacy_setops_precedence_enabled = false;
    legacy_exponent_literal_as_decimal_enabled = false;
    SQL_standard_keyword_behavior = false;
    double_quoted_identifiers = false;
    parameter_substitution_enabled = true;
    legacy_identifier_clause_only = false;
  }

  @Override
  public void enterRule(ParserRuleContext context, int state, int rule) {
    enter(rule);
    super.enterRule(context, state, rule);
  }

  @Override
  public void exitRule() {
    entered[_ctx.getRuleIndex()]--;
    super.exitRule();
  }

  @Override
  public void enterRecursionRule(ParserRuleContext context, int state, int rule, int precedence) {
    enter(rule);
    super.enterRecursionRule(context, state, rule, precedence);
  }

  @Override
  public void unrollRecursionContexts(ParserRuleContext parent) {
    entered[_ctx.getRuleIndex()]--;
    super.unrollRecursionContexts(parent);
  }

  @Override
  public void reset() {
    super.reset();
    // The superclass's constructor resets before there is an array.
    if (entered != null) {
      Arrays.fill(entered, 0);
    }
  }

  private void enter(int rule) {
    if (++entered[rule] > Limits.DEEPEST_NESTING + 1) {
      throw Limits.tooDeep("expressions, types or subqueries", getCurrentToken());
    }
  }
}
