package io.sluice.planner.show;

import io.sluice.planner.parse.SparkParser;
import java.time.InstantSource;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;

/** Statements that are no queries, as the visitor takes them. */
final class SparkGrammar {

  private static final SparkParser PARSER = new SparkParser(InstantSource.system());

  private SparkGrammar() {}

  static ParserRuleContext parse(String sql) {
    SingleStatementContext single = PARSER.statement(sql).tree().singleStatement();
    return single.statement() != null ? single.statement() : single.setResetStatement();
  }
}
