package io.sluice.planner.routine;

import io.sluice.planner.parse.Identifiers;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The forms in which a call is written out for Spark, with holes for the arguments: each is cast to
 * its parameter's type, and the result to the function's.
 */
final class FunctionTexts {

  /** Begins the names that are made here; a statement that calls a function holds none of them. */
  static final String RESERVED = "_sluice_";

  private static final String ROWS = Identifiers.quote(RESERVED + "rows");

  private FunctionTexts() {}

  /** Returns what stands for a parameter where the argument itself may. */
  static String argument(TemporaryFunction function, int parameter) {
    return "CAST(%s AS %s)"
        .formatted(CallTemplate.hole(parameter), function.parameters().get(parameter).type());
  }

  /** Returns what stands for a parameter where {@link #once} binds the arguments. */
  static String boundArgument(TemporaryFunction function, int parameter) {
    return bound(function) + "." + field(parameter);
  }

  /** An expression whose parameters have been replaced by arguments. */
  static String inPlace(TemporaryFunction function, String body) {
    return cast(body, function);
  }

  /** An expression over arguments that are evaluated once, in order. */
  static String once(TemporaryFunction function, String body) {
    String fields =
        join(
            function,
            parameter ->
                Identifiers.literal("p" + parameter) + ", " + argument(function, parameter));
    return cast(
        "transform(array(named_struct(%s)), %s -> %s)[0]".formatted(fields, bound(function), body),
        function);
  }

  /**
   * An expression with queries, which see the parameters as the columns of a row. What a name in
   * them does not find there it does not find at all: Spark looks no further out than one query.
   */
  static String overRow(TemporaryFunction function, String body) {
    return "(SELECT " + cast(body, function) + " FROM " + row(function) + ")";
  }

  /** The rows of a table function's query, which sees the parameters likewise. */
  static String rows(TemporaryFunction function, String query) {
    String columns =
        function.columns().stream()
            .map(
                column ->
                    "CAST(%s.%s AS %s) AS %s"
                        .formatted(
                            ROWS,
                            Identifiers.quote(column.name()),
                            column.type(),
                            Identifiers.quote(column.name())))
            .collect(Collectors.joining(", "));
    String names =
        function.columns().stream()
            .map(column -> Identifiers.quote(column.name()))
            .collect(Collectors.joining(", "));
    return "(SELECT %s FROM %s, LATERAL (%s) AS %s(%s))"
        .formatted(columns, row(function), query, ROWS, names);
  }

  private static String row(TemporaryFunction function) {
    String name = Identifiers.quote(function.name());
    if (function.parameters().isEmpty()) {
      return "(SELECT 1) AS " + name;
    }
    String values =
        join(function, parameter -> argument(function, parameter) + " AS " + field(parameter));
    String names =
        join(function, parameter -> Identifiers.quote(function.parameters().get(parameter).name()));
    return "(SELECT %s) AS %s(%s)".formatted(values, name, names);
  }

  private static String cast(String expression, TemporaryFunction function) {
    return function
        .returns()
        .map(type -> "CAST(" + expression + " AS " + type + ")")
        .orElse("(" + expression + ")");
  }

  private static String bound(TemporaryFunction function) {
    return Identifiers.quote(RESERVED + function.name().toLowerCase(Locale.ROOT));
  }

  private static String field(int parameter) {
    return Identifiers.quote("p" + parameter);
  }

  private static String join(TemporaryFunction function, Function<Integer, String> part) {
    return IntStream.range(0, function.parameters().size())
        .boxed()
        .map(part)
        .collect(Collectors.joining(", "));
  }
}
