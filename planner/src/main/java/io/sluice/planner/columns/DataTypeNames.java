package io.sluice.planner.columns;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DataTypeContext;

/** Names of Spark's types, and the rules for the results of arithmetic on them. */
final class DataTypeNames {

  private static final int LONGEST_DECIMAL = 38;
  private static final List<String> NUMBERS =
      List.of("tinyint", "smallint", "int", "bigint", "decimal", "float", "double");

  private DataTypeNames() {}

  /** Returns a type in the text as Spark's catalog writes it. */
  static Optional<String> of(DataTypeContext type) {
    String name = type.getText().toLowerCase(Locale.ROOT);
    return Optional.of(
        switch (name) {
          case "byte" -> "tinyint";
          case "short" -> "smallint";
          case "integer" -> "int";
          case "long" -> "bigint";
          case "real" -> "float";
          case "decimal", "dec", "numeric" -> "decimal(10,0)";
          case "timestamp_ltz" -> "timestamp";
          default -> decimal(name.replaceFirst("^(dec|numeric)\\(", "decimal("));
        });
  }

  private static String decimal(String name) {
    return name.matches("decimal\\(\\d+\\)") ? name.replace(")", ",0)") : name;
  }

  /** Returns the type of a decimal literal, for example {@code 0.05}. */
  static Optional<String> ofDecimal(String literal) {
    String digits = literal.replaceAll("[^0-9.]", "");
    int point = digits.indexOf('.');
    int scale = point < 0 ? 0 : digits.length() - point - 1;
    int whole =
        digits.substring(0, point < 0 ? digits.length() : point).replaceFirst("^0+", "").length();
    return Optional.of("decimal(" + Math.max(whole + scale, 1) + "," + scale + ")");
  }

  /** Returns the type of {@code DATE '…'} and its kin. */
  static Optional<String> ofLiteral(String keyword) {
    return switch (keyword.toLowerCase(Locale.ROOT)) {
      case "date" -> Optional.of("date");
      case "timestamp", "timestamp_ltz" -> Optional.of("timestamp");
      case "timestamp_ntz" -> Optional.of("timestamp_ntz");
      case "x" -> Optional.of("binary");
      default -> Optional.empty();
    };
  }

  static Optional<String> ofCurrent(String keyword) {
    return switch (keyword.toLowerCase(Locale.ROOT)) {
      case "current_date" -> Optional.of("date");
      case "current_timestamp" -> Optional.of("timestamp");
      case "current_time" -> Optional.empty();
      default -> Optional.of("string");
    };
  }

  static boolean isDateOrTime(String type) {
    return type.equals("date") || type.startsWith("timestamp");
  }

  /** Returns the type that two sides of an operator meet in, about. */
  static String wider(String left, String right) {
    if (isDateOrTime(left)) {
      return left;
    }
    return rank(right) > rank(left) ? right : left;
  }

  static String sum(String type) {
    if (type.startsWith("decimal(")) {
      return decimal(type, 10, 0);
    }
    return rank(type) <= rank("bigint") ? "bigint" : "double";
  }

  static String average(String type) {
    return type.startsWith("decimal(") ? decimal(type, 4, 4) : "double";
  }

  private static String decimal(String type, int morePrecision, int moreScale) {
    String[] numbers = type.substring("decimal(".length(), type.length() - 1).split(",", -1);
    int precision = Math.min(LONGEST_DECIMAL, Integer.parseInt(numbers[0]) + morePrecision);
    int scale = Math.min(precision, Integer.parseInt(numbers[1]) + moreScale);
    return "decimal(" + precision + "," + scale + ")";
  }

  private static int rank(String type) {
    return NUMBERS.indexOf(type.replaceFirst("\\(.*", ""));
  }
}
