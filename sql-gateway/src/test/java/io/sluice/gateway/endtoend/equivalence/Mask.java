package io.sluice.gateway.endtoend.equivalence;

import static io.sluice.gateway.endtoend.equivalence.ColumnType.pick;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A mask as a policy names it, and as somebody would write it by hand who knows the values.
 *
 * @param type Ranger's name
 * @param expression of a CUSTOM mask; empty otherwise
 */
record Mask(String type, String expression) {

  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZÉ";
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String OTHER = "日本";
  private static final String DIGITS = "0123456789";

  /** Returns one that has a meaning for a type, or one that has none. */
  static Mask any(ColumnType type, SplittableRandom chance) {
    List<Mask> choices = new ArrayList<>();
    for (String name : List.of("MASK_NULL", "MASK_HASH", "MASK", "MASK_NONE")) {
      choices.add(new Mask(name, ""));
    }
    switch (type) {
      case TEXT -> {
        choices.add(new Mask("MASK_SHOW_LAST_4", ""));
        choices.add(new Mask("MASK_SHOW_LAST_4", ""));
        choices.add(new Mask("MASK_SHOW_FIRST_4", ""));
        choices.add(new Mask("MASK_SHOW_FIRST_4", ""));
        choices.add(new Mask("CUSTOM", "concat(left({col}, 1), '~', length({col}))"));
      }
      case DATE, TIMESTAMP -> {
        choices.add(new Mask("MASK_DATE_SHOW_YEAR", ""));
        choices.add(new Mask("MASK_DATE_SHOW_YEAR", ""));
      }
      case INT, BIGINT, DOUBLE, DECIMAL -> {
        choices.add(new Mask("CUSTOM", "{col} + 1"));
        choices.add(new Mask("CUSTOM", "case when {col} > 2 then 0 else {col} end"));
      }
      case STRUCT -> choices.add(new Mask("CUSTOM", "named_struct('x', {col}.x, 'y', 'hidden')"));
      default -> choices.add(new Mask("MASK_SHOW_LAST_4", ""));
    }
    return pick(chance, choices);
  }

  /** Returns the expression of a column's protected copy. */
  String byHand(ColumnType columnType, String column) {
    String value =
        switch (type) {
          case "MASK_NONE" -> column;
          case "MASK" -> text(columnType, byKind(column));
          case "MASK_HASH" -> text(columnType, "sha2(" + column + ", 256)");
          case "MASK_SHOW_LAST_4" ->
              text(columnType, shortOr(column, crossed("substr(C, 1, char_length(C) - 4)"), TAIL));
          case "MASK_SHOW_FIRST_4" ->
              text(columnType, shortOr(column, "substr(C, 1, 4)", crossed("substr(C, 5)")));
          case "MASK_DATE_SHOW_YEAR" ->
              switch (columnType) {
                case DATE -> "make_date(year(" + column + "), 1, 1)";
                case TIMESTAMP -> "make_timestamp(year(" + column + "), 1, 1, 0, 0, 0)";
                default -> "null";
              };
          case "CUSTOM" -> expression.replace("{col}", column);
          default -> "null";
        };
    return "cast(" + value + " as " + columnType.sql() + ")";
  }

  private static final String TAIL = "substr(C, char_length(C) - 3)";

  private static String text(ColumnType type, String expression) {
    return type == ColumnType.TEXT ? expression : "null";
  }

  private static String byKind(String column) {
    return "translate(%s, '%s', '%s')"
        .formatted(
            column,
            UPPER + LOWER + OTHER + DIGITS,
            "X".repeat(UPPER.length())
                + "x".repeat(LOWER.length() + OTHER.length())
                + "n".repeat(DIGITS.length()));
  }

  private static String crossed(String value) {
    String all = UPPER + LOWER + OTHER + DIGITS;
    return "translate(%s, '%s', '%s')".formatted(value, all, "x".repeat(all.length()));
  }

  private static String shortOr(String column, String first, String second) {
    return "if(char_length(C) < 5, %s, %s || %s)"
        .formatted(crossed("C"), first, second)
        .replaceAll("\\bC\\b", column.replace("$", "\\$"));
  }
}
