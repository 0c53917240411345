package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.script.AssignmentReader;
import io.sluice.planner.script.PartedText;
import io.sluice.planner.script.PartedText.Kind;
import io.sluice.planner.script.ScriptReader;
import io.sluice.planner.statement.StatementTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ForStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleCompoundStatementContext;

/**
 * Authorises scripts: every statement, query and condition in one as if it came alone, whether or
 * not it will be reached, and all of them before any runs.
 */
final class ScriptAnalyzer {

  private final SparkParser parser;
  private final CommandAnalyzer commands;
  private final QueryAnalyzer queries;

  ScriptAnalyzer(SparkParser parser, CommandAnalyzer commands, QueryAnalyzer queries) {
    this.parser = parser;
    this.commands = commands;
    this.queries = queries;
  }

  Analysis analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      SingleCompoundStatementContext script,
      AnalysisRequest request) {
    PartedText text = ScriptReader.read(script);
    boolean forced = false;
    for (PartedText.Part part : text.parts()) {
      if (part.kind() == Kind.WRITE) {
        forced |=
            commands.requireTargets(
                StatementTable.kindOf(part.context()).orElseThrow(), part.facts(), request);
      }
    }
    // Any name may be a variable of the script's, where it is no column.
    QueryAnalyzer.PartedQuery parted =
        queries.analyzeParts(
            sql,
            script.getStart(),
            script.END().getSymbol(),
            text,
            ScriptReader::text,
            name -> true,
            request);
    refuseViewsAmongVariables(script, parted.relations());
    Analysis.SparkQuery query = parted.query().alone(Optional.empty());
    return forced ? query.noted(Forcing.NOTE) : query;
  }

  /**
   * A view's text never means a variable; Spark would have it so where a column has gone. The
   * columns of a FOR are variables in its body, and not all of them stand in the text.
   */
  private void refuseViewsAmongVariables(
      SingleCompoundStatementContext script, List<ReadRelation> relations) {
    Set<String> declared = new HashSet<>();
    for (ParserRuleContext declaration : Trees.all(script, CreateVariableContext.class)) {
      AssignmentReader.declaration((CreateVariableContext) declaration)
          .targets()
          .forEach(target -> target.parts().forEach(part -> declared.add(lowerCase(part))));
    }
    // A script may name one long view often.
    Map<String, Boolean> naming = new HashMap<>();
    for (ReadRelation relation : relations) {
      if (relation.view().isEmpty()) {
        continue;
      }
      boolean named =
          relation
              .views()
              .flatMap(view -> view.view().stream())
              .anyMatch(
                  view ->
                      naming.computeIfAbsent(
                          view.view().sql(), text -> namesOneOf(declared, text)));
      if (named || isInBodyOfFor(relation.occurrence().naming())) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            relation.view().get().view().quotedName()
                + " is a view, and views use no variables: a script reads one where no name in its"
                + " text is that of a variable of the script, and not in the body of a FOR.",
            relation.occurrence().position());
      }
    }
  }

  private boolean namesOneOf(Set<String> declared, String text) {
    return parser.statement(text).tokens().getTokens().stream()
        .anyMatch(token -> declared.contains(lowerCase(Identifiers.name(token))));
  }

  private static boolean isInBodyOfFor(ParserRuleContext part) {
    for (ParserRuleContext node = part; node.getParent() != null; node = node.getParent()) {
      if (node.getParent() instanceof ForStatementContext loop && loop.query() != node) {
        return true;
      }
    }
    return false;
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
