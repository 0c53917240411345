package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.script.AssignmentReader;
import io.sluice.planner.script.AssignmentReader.Read;
import io.sluice.planner.script.AssignmentReader.Target;
import io.sluice.planner.script.PartedText.Part;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.SessionVariables;
import io.sluice.planner.variable.ValueSource;
import io.sluice.planner.variable.VariableChange;
import io.sluice.planner.variable.VariableNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DropVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.VariableDefaultExpressionContext;

/**
 * Authorises what declares, sets and drops a session's variables. A value is read like any query's
 * result, and remembers what it was read from: where policy later leaves something else of that,
 * the variable counts as dropped.
 */
final class VariableAnalyzer {

  private final SparkParser parser;
  private final QueryAnalyzer queries;

  VariableAnalyzer(SparkParser parser, QueryAnalyzer queries) {
    this.parser = parser;
    this.queries = queries;
  }

  /**
   * Analyses DECLARE, SET VARIABLE or DROP TEMPORARY VARIABLE.
   *
   * @param session the request with all variables of its session
   * @param request the same with those that the text may name
   */
  Analysis analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      AnalysisRequest session,
      AnalysisRequest request) {
    if (statement instanceof CreateVariableContext declaration) {
      return declare(sql, declaration, request);
    }
    if (statement instanceof SetVariableContext set) {
      return set(sql, set, session, request);
    }
    return drop((DropVariableContext) statement, request);
  }

  private static Analysis drop(DropVariableContext drop, AnalysisRequest request) {
    String name =
        VariableNames.require(
            TargetNames.parts(drop.identifierReference()),
            Identifiers.position(drop.identifierReference()));
    if (request.variables().find(name).isPresent()) {
      return new Analysis.DropVariable(name);
    }
    if (drop.EXISTS() != null) {
      return new Analysis.Nothing();
    }
    throw SessionVariables.notFound(name, Identifiers.position(drop.identifierReference()));
  }

  private Analysis declare(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      CreateVariableContext declaration,
      AnalysisRequest request) {
    Read read = AssignmentReader.declaration(declaration);
    boolean replaces = declaration.REPLACE() != null;
    List<String> names = new ArrayList<>();
    for (Target target : read.targets()) {
      String name = VariableNames.require(target.parts(), target.position());
      names.add(name);
      if (!replaces && request.variables().find(name).isPresent()) {
        throw SessionVariables.alreadyExists(name, target.position());
      }
    }
    for (Part part : read.parts()) {
      if (part.facts().parameters() > 0) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "DECLARE VARIABLE takes no parameters; write the value, or SET it afterwards.",
            Identifiers.position(part.context()));
      }
    }
    AnalysisRequest reading =
        queries
            .sources()
            .current(request.with(request.variables().namedIn(tokens(sql, read.parts()))));
    SessionVariables named = reading.variables();
    QueryAnalyzer.PartedQuery query = analyze(sql, declaration, read, reading);
    CreateVariableContext rewritten = rewritten(query.query().sql());
    Optional<String> type = Optional.ofNullable(rewritten.dataType()).map(VariableAnalyzer::text);
    Optional<String> byDefault =
        Optional.ofNullable(rewritten.variableDefaultExpression())
            .map(VariableDefaultExpressionContext::expression)
            .filter(expression -> !holdsQuery(expression))
            .map(VariableAnalyzer::text);
    List<VariableChange.Target> targets =
        names.stream().map(name -> new VariableChange.Target(name, type, byDefault)).toList();
    return query
        .query()
        .alone(
            Optional.of(
                new VariableChange(
                    targets, true, replaces, false, sources(query, named, reading))));
  }

  private Analysis set(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      SetVariableContext set,
      AnalysisRequest session,
      AnalysisRequest request) {
    Read read = AssignmentReader.assignment(set);
    List<VariableChange.Target> targets = new ArrayList<>();
    for (Target target : read.targets()) {
      String name = VariableNames.require(target.parts(), target.position());
      SessionVariable known = request.variables().find(name).orElseThrow(() -> unresolved(target));
      targets.add(
          new VariableChange.Target(known.name(), Optional.of(known.type()), known.defaultText()));
    }
    List<Token> source = tokens(sql, read.parts());
    boolean usesDefaults =
        source.stream().anyMatch(token -> token.getType() == SqlBaseLexer.DEFAULT);
    Set<String> names = names(session.variables().namedIn(source));
    Set<String> given = names(request.variables());
    Set<String> changed =
        targets.stream().map(VariableChange.Target::name).collect(Collectors.toSet());
    // Spark has these with their values of before, so no name may mean one that is outdated.
    Set<String> there = new HashSet<>(changed);
    there.retainAll(names);
    if (usesDefaults) {
      for (String target : changed) {
        there.addAll(namedByDefaults(target, session.variables(), given));
      }
    }
    queries.sources().refuseOutdated(request.with(session.variables().only(there)));
    names.addAll(there);
    given.addAll(there);
    SessionVariables known =
        session
            .variables()
            .only(given)
            .current(
                variable ->
                    changed.contains(variable.name())
                        || queries.sources().isCurrent(variable, request));
    SessionVariables named = known.only(names);
    QueryAnalyzer.PartedQuery query = analyze(sql, set, read, request.with(known));
    return query
        .query()
        .alone(
            Optional.of(
                new VariableChange(
                    targets, false, true, usesDefaults, sources(query, named, request))));
  }

  /** Returns the variables that a default names, and those that their defaults do. */
  private Set<String> namedByDefaults(String name, SessionVariables variables, Set<String> given) {
    Set<String> names = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(name));
    open.addAll(given);
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String next = open.pop();
      Optional<String> text = variables.find(next).flatMap(SessionVariable::defaultText);
      if (seen.add(next) && text.isPresent()) {
        List<Token> tokens = parser.expression(text.get()).tokens().getTokens();
        Set<String> found = names(variables.namedIn(tokens));
        names.addAll(found);
        open.addAll(found);
      }
    }
    return names;
  }

  private static Set<String> names(SessionVariables variables) {
    Set<String> names = new LinkedHashSet<>();
    variables.all().forEach(variable -> names.add(variable.name()));
    return names;
  }

  private QueryAnalyzer.PartedQuery analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      Read read,
      AnalysisRequest request) {
    return queries.analyzeParts(
        sql,
        statement.getStart(),
        statement.getStop(),
        read.text(),
        AssignmentReader::text,
        request.variables()::mayMean,
        request);
  }

  private static List<Token> tokens(
      ParsedSql<CompoundOrSingleStatementContext> sql, List<Part> parts) {
    List<Token> tokens = new ArrayList<>();
    for (Part part : parts) {
      Interval interval = part.context().getSourceInterval();
      tokens.addAll(sql.tokens().getTokens(interval.a, interval.b));
    }
    return tokens;
  }

  private Set<ValueSource> sources(
      QueryAnalyzer.PartedQuery query, SessionVariables named, AnalysisRequest request) {
    Set<ValueSource> sources =
        new LinkedHashSet<>(queries.sources().of(query.relations(), request));
    named.all().forEach(variable -> sources.addAll(variable.sources()));
    return sources;
  }

  private CreateVariableContext rewritten(String sql) {
    return (CreateVariableContext) parser.statement(sql).tree().singleStatement().statement();
  }

  /** Returns a part of a text that has no comments. */
  private static String text(ParserRuleContext part) {
    return part.getStart()
        .getInputStream()
        .getText(Interval.of(part.getStart().getStartIndex(), part.getStop().getStopIndex()));
  }

  private static boolean holdsQuery(ParseTree tree) {
    if (tree instanceof QueryContext) {
      return true;
    }
    for (int index = 0; index < tree.getChildCount(); index++) {
      if (holdsQuery(tree.getChild(index))) {
        return true;
      }
    }
    return false;
  }

  private static SluiceException unresolved(Target target) {
    return new SluiceException(
        ErrorCode.UNRESOLVED_VARIABLE,
        "Cannot resolve variable "
            + Identifiers.quote(target.parts())
            + "; this session has none of that name. DECLARE it first.",
        target.position());
  }
}
