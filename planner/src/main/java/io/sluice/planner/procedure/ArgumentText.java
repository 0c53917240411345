package io.sluice.planner.procedure;

import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.procedure.Literal.Text;
import io.sluice.planner.procedure.Literal.Whole;
import io.sluice.planner.procedure.ProcedureCall.Argument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks an argument against what its parameter takes, and prints it anew for Spark. */
final class ArgumentText {

  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}([ T]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?)?( ?(Z|UTC|[+-]\\d{2}:\\d{2}))?");

  /** Names of branches, and words. */
  private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./:-]{0,199}");

  private static final Pattern OPTION = Pattern.compile("[A-Za-z0-9.-]{1,32}");

  /** Threads of a driver that others share. */
  private static final long MOST_THREADS = 32;

  /** Options whose number is one of threads or of tasks. */
  private static final Set<String> THREADS =
      Set.of("max-concurrent-file-group-rewrites", "shuffle-partitions-per-file");

  private static final int MOST_VALUES = 10_000;

  private ArgumentText() {}

  /**
   * Prints an argument.
   *
   * @param condition makes a condition fit to stand in the statement
   * @param sortOrder likewise a sort order
   * @param column likewise the name of a column
   */
  static String print(
      Parameter parameter,
      Argument argument,
      Set<String> options,
      UnaryOperator<String> condition,
      UnaryOperator<String> sortOrder,
      UnaryOperator<String> column) {
    String name = parameter.name();
    return switch (parameter.kind()) {
      case CONDITION -> Identifiers.literal(condition.apply(text(argument, name)));
      case SORT_ORDER -> Identifiers.literal(sortOrder.apply(text(argument, name)));
      case TEXT -> Identifiers.literal(matching(TEXT, argument, name, "a plain name or word"));
      case LONG -> whole(argument, name, Long.MIN_VALUE, Long.MAX_VALUE) + "L";
      case INT -> Long.toString(whole(argument, name, 0, Integer.MAX_VALUE));
      case THREADS -> Long.toString(whole(argument, name, 1, MOST_THREADS));
      case BOOLEAN -> {
        if (argument.value() instanceof Literal.Truth truth) {
          yield Boolean.toString(truth.value());
        }
        throw wrong(argument, name, "true or false");
      }
      case TIMESTAMP ->
          "TIMESTAMP "
              + Identifiers.literal(
                  matching(TIMESTAMP, argument, name, "a timestamp such as '2026-01-31 12:00:00'"));
      case LONGS -> longs(argument, name);
      case COLUMNS -> columns(argument, name, column);
      case OPTIONS -> options(argument, name, options);
      case TABLE, REFUSED -> throw new IllegalArgumentException(name);
    };
  }

  /** Returns an argument that is a string. */
  static String text(Argument argument, String name) {
    if (argument.value() instanceof Text text) {
      return text.value();
    }
    throw wrong(argument, name, "a string");
  }

  private static String matching(Pattern pattern, Argument argument, String name, String what) {
    String text =
        argument.value() instanceof Literal.Time time ? time.value() : text(argument, name);
    if (!pattern.matcher(text).matches()) {
      throw wrong(argument, name, what);
    }
    return text;
  }

  private static long whole(Argument argument, String name, long least, long most) {
    if (argument.value() instanceof Whole whole
        && whole.value() >= least
        && whole.value() <= most) {
      return whole.value();
    }
    throw wrong(
        argument,
        name,
        least == Long.MIN_VALUE
            ? "a whole number"
            : "a whole number from %d to %d".formatted(least, most));
  }

  private static List<Literal> values(Argument argument, String name, String what) {
    if (argument.value() instanceof Literal.Values array
        && !array.values().isEmpty()
        && array.values().size() <= MOST_VALUES) {
      return array.values();
    }
    throw wrong(argument, name, what);
  }

  private static String longs(Argument argument, String name) {
    String what = "an array of whole numbers, such as array(1, 2)";
    List<String> printed = new ArrayList<>();
    for (Literal value : values(argument, name, what)) {
      if (!(value instanceof Whole whole)) {
        throw wrong(argument, name, what);
      }
      printed.add(whole.value() + "L");
    }
    return "array(" + String.join(", ", printed) + ")";
  }

  private static String columns(Argument argument, String name, UnaryOperator<String> column) {
    String what = "an array of column names, such as array('a', 'b')";
    List<String> printed = new ArrayList<>();
    for (Literal value : values(argument, name, what)) {
      if (!(value instanceof Text text)) {
        throw wrong(argument, name, what);
      }
      printed.add(Identifiers.literal(column.apply(text.value())));
    }
    return "array(" + String.join(", ", printed) + ")";
  }

  private static String options(Argument argument, String name, Set<String> allowed) {
    String what = "a map of plain strings, such as map('rewrite-all', 'true')";
    if (!(argument.value() instanceof Literal.Pairs pairs) || pairs.values().isEmpty()) {
      throw wrong(argument, name, what);
    }
    List<String> printed = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int index = 0; index < pairs.values().size(); index += 2) {
      if (!(pairs.values().get(index) instanceof Text key)
          || !(pairs.values().get(index + 1) instanceof Text value)
          || !OPTION.matcher(value.value()).matches()) {
        throw wrong(argument, name, what);
      }
      if (!allowed.contains(key.value())) {
        throw ProcedureCall.refused(
            "An option that is not served; served are "
                + allowed.stream().sorted().collect(Collectors.joining(", "))
                + ".",
            argument.position());
      }
      if (!seen.add(key.value())) {
        throw ProcedureCall.refused(
            "The option %s is given twice.".formatted(key.value()), argument.position());
      }
      if (THREADS.contains(key.value()) && !isFew(value.value())) {
        throw wrong(argument, key.value(), "a whole number from 1 to %d".formatted(MOST_THREADS));
      }
      printed.add(Identifiers.literal(key.value()) + ", " + Identifiers.literal(value.value()));
    }
    return "map(" + String.join(", ", printed) + ")";
  }

  private static boolean isFew(String number) {
    return number.matches("[0-9]{1,3}")
        && Integer.parseInt(number) >= 1
        && Integer.parseInt(number) <= MOST_THREADS;
  }

  private static RuntimeException wrong(Argument argument, String name, String what) {
    return ProcedureCall.refused(
        "The argument %s takes %s.".formatted(name, what), argument.position());
  }
}
