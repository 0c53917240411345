package io.sluice.planner.routine;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.SourceMap;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.rewrite.ResultColumns;
import io.sluice.planner.rewrite.TokenEdits;
import io.sluice.planner.session.SessionNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;

/** The writing out of one statement's calls, each function's body read once. */
final class Expansion {

  private static final int DEEPEST_NESTING = 32;

  /** Characters of all that is written in place of calls, at every depth. */
  private static final int LARGEST_TEXT = 256 * 1024;

  private static final String TIME_ZONE = "spark.sql.session.timeZone";

  private final SparkParser parser;
  private final CatalogReader catalog;
  private final AnalysisRequest request;
  private final Map<String, CallTemplate> known = new HashMap<>();
  private final Deque<TemporaryFunction> open = new ArrayDeque<>();
  private long written;

  Expansion(SparkParser parser, CatalogReader catalog, AnalysisRequest request) {
    this.parser = parser;
    this.catalog = catalog;
    this.request = request;
  }

  /**
   * Returns the statement with its calls written out.
   *
   * @param calls those in it, each before what stands inside of it
   */
  SourceMap statement(ParsedSql<?> sql, List<FunctionCall> calls) {
    if (sql.text().toLowerCase(Locale.ROOT).contains(FunctionTexts.RESERVED)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "A statement that calls a temporary function may not hold "
              + FunctionTexts.RESERVED
              + ", which begins names of the gateway's own.");
    }
    TokenEdits edits = new TokenEdits();
    for (int index = calls.size() - 1; index >= 0; index--) {
      FunctionCall call = calls.get(index);
      try {
        write(sql, call, edits);
      } catch (SluiceException refusal) {
        throw new SluiceException(
            refusal.code(),
            String.valueOf(refusal.getMessage()),
            refusal.position().orElse(Identifiers.position(call.call())));
      }
    }
    List<Token> tokens = sql.tokens().getTokens();
    return edits.render(sql, tokens.get(0), tokens.get(tokens.size() - 2));
  }

  private void write(ParsedSql<?> sql, FunctionCall call, TokenEdits edits) {
    String text = text(sql, call, edits);
    String name = "";
    if (call.function().isTable()) {
      name = call.isAliased() ? "" : " AS " + Identifiers.quote(call.function().name());
    } else if (open.isEmpty() && ResultColumns.isUnnamed(call.call())) {
      // As Spark names a column that is a call and nothing else.
      name = " AS " + Identifiers.quote(source(sql, call.call().getStart(), call.stop()));
    }
    edits.replace(call.call().getStart(), call.stop(), text + name);
  }

  private static String source(ParsedSql<?> sql, Token first, Token last) {
    return new TokenEdits().render(sql, first, last).text();
  }

  /**
   * Returns what stands for a call.
   *
   * @param edits those of the text around it, in which the calls inside of its arguments are
   *     written out already
   */
  private String text(ParsedSql<?> sql, FunctionCall call, TokenEdits edits) {
    call.check();
    TemporaryFunction function = call.function();
    List<Optional<ExpressionContext>> values = call.arguments();
    List<String> arguments = new ArrayList<>();
    boolean once = false;
    boolean query = false;
    for (int index = 0; index < values.size(); index++) {
      Optional<ExpressionContext> value = values.get(index);
      if (value.isPresent()) {
        once |= FunctionCall.isOnce(value.get()) || callsOnce(value.get());
        arguments.add(edits.render(sql, value.get().getStart(), value.get().getStop()).text());
        query |= !Trees.all(value.get(), QueryContext.class).isEmpty();
      } else {
        arguments.add("(" + function.parameters().get(index).defaultValue().orElseThrow() + ")");
      }
    }
    CallTemplate template = template(function, false);
    if (once && !template.keepsArguments(arguments.size())) {
      if (query) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "An argument of the function "
                + Identifiers.quote(function.name())
                + " holds a query; select it in FROM and name it here.",
            Identifiers.position(call.call()));
      }
      template = template(function, true);
    }
    long length = template.length(arguments);
    written += length;
    if (written > LARGEST_TEXT) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "With the bodies of its functions the statement grows by more than 256 KiB.");
    }
    return template.with(arguments);
  }

  /** Returns whether a call inside of an argument must not be written twice. */
  private boolean callsOnce(ExpressionContext value) {
    return FunctionCall.in(value, request.temporaryFunctions()).stream()
        .anyMatch(call -> template(call.function(), false).once());
  }

  /**
   * Returns what stands for the calls of a function.
   *
   * @param bound whether its arguments are bound first
   */
  private CallTemplate template(TemporaryFunction function, boolean bound) {
    String key = bound + SessionNames.key(function.name());
    CallTemplate template = known.get(key);
    if (template == null) {
      template = read(function, bound);
      known.put(key, template);
    }
    return template;
  }

  private CallTemplate read(TemporaryFunction function, boolean bound) {
    if (open.contains(function)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The function " + Identifiers.quote(function.name()) + " calls itself; it may not.");
    }
    if (open.size() >= DEEPEST_NESTING) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "Functions call functions more than " + DEEPEST_NESTING + " levels deep.");
    }
    String zone = request.configuration().getOrDefault(TIME_ZONE, "UTC");
    if (!function.timeZone().equals(zone)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The function %s was made in time zone %s and is called in that alone; SET TIME ZONE '%s' first."
              .formatted(
                  Identifiers.quote(function.name()), function.timeZone(), function.timeZone()));
    }
    open.push(function);
    try {
      return body(function, bound);
    } catch (SluiceException refusal) {
      // A place in the body is none in what was sent.
      String inside = " (in function " + Identifiers.quote(function.name()) + ")";
      String message = String.valueOf(refusal.getMessage());
      throw new SluiceException(refusal.code(), message.endsWith(")") ? message : message + inside);
    } finally {
      open.pop();
    }
  }

  private CallTemplate body(TemporaryFunction function, boolean bound) {
    ParsedSql<CompoundOrSingleStatementContext> sql =
        parser.statement("SELECT (" + function.body() + ")");
    if (!(sql.tree().singleStatement() != null
        && sql.tree().singleStatement().statement() instanceof StatementDefaultContext statement)) {
      throw new SluiceException(ErrorCode.NOT_SUPPORTED, "The body is no expression or query.");
    }
    List<Token> tokens =
        sql.tokens().getTokens().stream()
            .filter(token -> token.getChannel() == Token.DEFAULT_CHANNEL)
            .toList();
    // SELECT and the brackets around the body, and the end of the text.
    Token first = tokens.get(2);
    Token last = tokens.get(tokens.size() - 3);
    List<FunctionCall> calls = FunctionCall.in(statement, request.temporaryFunctions());
    boolean queries = Trees.all(statement, QueryContext.class).size() > 1;
    IntFunction<String> argument =
        bound
            ? parameter -> FunctionTexts.boundArgument(function, parameter)
            : parameter -> FunctionTexts.argument(function, parameter);
    TokenEdits edits = new TokenEdits();
    if (!function.isTable()) {
      Trees.children(statement.query().queryTerm())
          .forEach(part -> new FunctionBody(function, edits, argument, !queries).visit(part));
    }
    if (function.isTable()) {
      FunctionBody.refuseBareUser(statement.query());
    }
    if (queries) {
      qualify(statement.query(), calls, function, edits);
    }
    for (int index = calls.size() - 1; index >= 0; index--) {
      write(sql, calls.get(index), edits);
    }
    String text = edits.render(sql, first, last).text();
    boolean once =
        queries
            || FunctionCall.isOnce(statement)
            || calls.stream().anyMatch(call -> template(call.function(), false).once());
    String form =
        function.isTable()
            ? FunctionTexts.rows(function, text)
            : queries
                ? FunctionTexts.overRow(function, text)
                : bound
                    ? FunctionTexts.once(function, text)
                    : FunctionTexts.inPlace(function, text);
    return CallTemplate.of(form, once);
  }

  /** Of Spark's own two nothing is served, which is said by whoever reads the names. */
  private boolean isCatalog(String name) {
    return catalog.catalogs().contains(name)
        || name.equalsIgnoreCase("spark_catalog")
        || name.equalsIgnoreCase("global_temp");
  }

  /** Names of relations mean what they meant where the function was made. */
  private void qualify(
      QueryContext query, List<FunctionCall> calls, TemporaryFunction function, TokenEdits edits) {
    for (RelationOccurrence relation :
        QueryInspector.inspect(query, call -> calls.stream().anyMatch(own -> own.call() == call))
            .relations()) {
      List<String> parts = relation.parts();
      if (relation.cte() || (parts.size() > 1 && isCatalog(parts.get(0)))) {
        continue;
      }
      Stream<String> home =
          parts.size() == 1
              ? Stream.of(function.namespace().catalog(), function.namespace().schema())
              : Stream.of(function.namespace().catalog());
      edits.replace(
          relation.naming().getStart(),
          relation.naming().getStop(),
          Identifiers.quote(Stream.concat(home, parts.stream()).toList()));
    }
  }
}
