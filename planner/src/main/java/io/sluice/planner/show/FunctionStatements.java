package io.sluice.planner.show;

import static io.sluice.planner.show.Answers.row;
import static io.sluice.planner.show.Answers.string;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.function.FunctionKind;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.routine.FunctionParameter;
import io.sluice.planner.routine.TemporaryFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeFuncNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowFunctionsContext;
import org.jspecify.annotations.Nullable;

/** SHOW and DESCRIBE of functions: those that may be called. */
final class FunctionStatements {

  private static final Set<String> SCOPES = Set.of("all", "system", "user");
  private static final String DOCUMENTATION = "https://spark.apache.org/docs/4.1.2/api/sql/#";

  private final FunctionAllowList functions = FunctionAllowList.ofSpark();
  private final Scope scope;

  FunctionStatements(Scope scope) {
    this.scope = scope;
  }

  /** SHOW [ALL | SYSTEM | USER] FUNCTIONS [IN schema] [[LIKE] pattern]; the session's are USER. */
  Analysis show(ShowFunctionsContext statement) {
    String of =
        statement.functionScope == null
            ? "all"
            : statement.functionScope.getText().toLowerCase(Locale.ROOT);
    if (!SCOPES.contains(of)) {
      throw new SluiceException(
          ErrorCode.PARSE_SYNTAX_ERROR,
          "SHOW FUNCTIONS takes ALL, SYSTEM or USER",
          Identifiers.position(statement.functionScope));
    }
    if (statement.ns != null) {
      List<String> parts = Names.parts(statement.ns);
      if (parts.size() > 1 || !scope.isCatalog(parts.get(0))) {
        scope.schema(statement.ns);
      }
    }
    LikePattern pattern =
        statement.legacy == null
            ? LikePattern.of(statement.pattern)
            : LikePattern.of(
                Identifiers.name(statement.legacy.parts.get(statement.legacy.parts.size() - 1)));
    Set<String> names = new TreeSet<>();
    if (!of.equals("user")) {
      names.addAll(functions.names());
      names.addAll(functions.tableFunctions());
    }
    if (!of.equals("system")) {
      scope.request().temporaryFunctions().all().forEach(own -> names.add(own.name()));
    }
    return Answers.answer(
        List.of(string("function")),
        names.stream().filter(pattern::matches).map(name -> row(name)).toList());
  }

  Analysis describe(DescribeFunctionContext statement) {
    DescribeFuncNameContext naming = statement.describeFuncName();
    String name;
    if (naming.stringLit() != null) {
      name = StringLiterals.value(naming.stringLit());
    } else if (naming.identifierReference() != null) {
      List<String> parts = Names.parts(naming.identifierReference());
      name = parts.size() == 1 ? parts.get(0) : Identifiers.quote(parts);
    } else {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "DESCRIBE FUNCTION of an operator is not served; operators are documented with Spark",
          Identifiers.position(naming));
    }
    Optional<TemporaryFunction> own = scope.request().temporaryFunctions().find(name);
    if (own.isPresent()) {
      return own(own.get(), statement.EXTENDED() != null);
    }
    Optional<FunctionKind> kind = functions.kind(name);
    if (kind.isEmpty() && !functions.allowsTableFunction(name)) {
      throw new SluiceException(
          ErrorCode.FUNCTION_NOT_ALLOWED,
          "The function "
              + Identifiers.quote(name.toLowerCase(Locale.ROOT))
              + " does not exist or may not be called.",
          Identifiers.position(naming));
    }
    String known = name.toLowerCase(Locale.ROOT);
    return Answers.answer(
        List.of(string("function_desc")),
        List.of(
            row("Function: " + known),
            row("Kind: " + kind.map(FunctionStatements::words).orElse("table function")),
            row("Usage: as in Spark 4.1.2, see " + DOCUMENTATION + known)));
  }

  /** In the shape of Spark's own answer. */
  private static Analysis own(TemporaryFunction function, boolean extended) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    rows.add(row("Function: " + function.name()));
    rows.add(row("Type:     " + (function.isTable() ? "TABLE" : "SCALAR")));
    rows.add(row("Input:    " + printed(function.parameters())));
    rows.add(
        row(
            "Returns:  "
                + (function.isTable()
                    ? printed(function.columns())
                    : function.returns().orElse(""))));
    if (extended) {
      function.comment().ifPresent(comment -> rows.add(row("Comment:  " + comment)));
      rows.add(row("Body:     " + function.body()));
    }
    return Answers.answer(List.of(string("function_desc")), rows);
  }

  private static String printed(List<FunctionParameter> parameters) {
    return parameters.isEmpty()
        ? "()"
        : parameters.stream()
            .map(
                parameter ->
                    parameter.name()
                        + " "
                        + parameter.type()
                        + parameter.defaultValue().map(value -> " DEFAULT " + value).orElse("")
                        + parameter
                            .comment()
                            .map(text -> " " + Identifiers.literal(text))
                            .orElse(""))
            .collect(Collectors.joining(", "));
  }

  private static String words(FunctionKind kind) {
    return switch (kind) {
      case SCALAR -> "function of a row";
      case AGGREGATE -> "aggregate of many rows";
      case WINDOW -> "window function";
      case GENERATOR -> "makes many rows of one";
      case VOLATILE -> "function whose values differ from call to call";
      case PRINCIPAL -> "the user's name";
      case CATALOG -> "the session's catalog";
      case SCHEMA -> "the session's schema";
    };
  }
}
