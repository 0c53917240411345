package io.sluice.planner;

import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.script.PartedText;
import io.sluice.planner.script.PartedText.Kind;
import io.sluice.planner.script.ScriptReader;
import io.sluice.planner.statement.StatementTable;
import java.util.Optional;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleCompoundStatementContext;

/**
 * Authorises scripts: every statement, query and condition in one as if it came alone, whether or
 * not it will be reached, and all of them before any runs.
 */
final class ScriptAnalyzer {

  private final CommandAnalyzer commands;
  private final QueryAnalyzer queries;

  ScriptAnalyzer(CommandAnalyzer commands, QueryAnalyzer queries) {
    this.commands = commands;
    this.queries = queries;
  }

  Analysis analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      SingleCompoundStatementContext script,
      AnalysisRequest request) {
    PartedText text = ScriptReader.read(script);
    for (PartedText.Part part : text.parts()) {
      if (part.kind() == Kind.WRITE) {
        commands.requireTargets(
            StatementTable.kindOf(part.context()).orElseThrow(), part.facts(), request);
      }
    }
    queries.refuseOutdated(request);
    // Any name may be a variable of the script's, where it is no column.
    return queries
        .analyzeParts(
            sql,
            script.getStart(),
            script.END().getSymbol(),
            text,
            ScriptReader::text,
            name -> true,
            request)
        .query()
        .alone(Optional.empty());
  }
}
