package io.sluice.planner.rewrite;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.types.Type.TypeID;

/**
 * Ranger's masks in Spark's SQL. Each is cast back to the column's type; one that has no meaning
 * for the type gives null, never the value.
 *
 * <ul>
 *   <li>{@code MASK}: upper-case letters become {@code X}, lower-case ones {@code x}, digits {@code
 *       n} (Hive's mask); letters that have no case become {@code x}, which Hive would show.
 *   <li>{@code MASK_SHOW_LAST_4}, {@code MASK_SHOW_FIRST_4}: letters and digits other than the last
 *       or first four characters become {@code x}; of four characters or fewer nothing is shown.
 *   <li>{@code MASK_HASH}: SHA-256 in hexadecimal.
 *   <li>{@code MASK_DATE_SHOW_YEAR}: the first of January of a date's or timestamp's year.
 *   <li>{@code MASK_NULL}, {@code MASK_NONE}: null, and the value itself.
 *   <li>{@code CUSTOM}: the policy's own expression; null when it has none.
 * </ul>
 *
 * All but the last four apply to strings, and give null for every other type.
 */
final class ColumnMasks {

  /** Stands for the column in a policy's own expression. */
  static final String COLUMN = "{col}";

  private static final String LETTERS_AND_DIGITS = "r'[\\p{L}\\p{N}]'";
  private static final String WITHOUT_CASE = "r'[\\p{Lo}\\p{Lt}\\p{Lm}\\p{Nl}\\p{No}]'";

  private ColumnMasks() {}

  /**
   * Renders a mask.
   *
   * @param column the column's metadata
   * @param value the column as the surrounding SELECT names it
   * @param custom renders the expression of a CUSTOM mask
   * @return an expression of the column's type; empty when the value may be shown
   * @throws IllegalArgumentException for a mask that is not known
   */
  static Optional<String> render(
      Column column, String value, ColumnMask mask, CustomExpression custom) {
    String type = mask.type().toUpperCase(Locale.ROOT);
    if (type.equals("MASK_NONE")) {
      return Optional.empty();
    }
    return Optional.of(
        "CAST("
            + expression(type, column, value, mask, custom)
            + " AS "
            + SqlTypes.name(column.type())
            + ")");
  }

  private static String expression(
      String type, Column column, String value, ColumnMask mask, CustomExpression custom) {
    boolean text = column.type().typeId() == TypeID.STRING;
    return switch (type) {
      case "MASK" ->
          text ? "regexp_replace(mask(" + value + "), " + WITHOUT_CASE + ", 'x')" : "NULL";
      case "MASK_SHOW_LAST_4" ->
          text
              ? show(
                  value,
                  "left(" + value + ", length(" + value + ") - 4)",
                  "right(" + value + ", 4)",
                  false)
              : "NULL";
      case "MASK_SHOW_FIRST_4" ->
          text
              ? show(value, "substring(" + value + ", 5)", "left(" + value + ", 4)", true)
              : "NULL";
      case "MASK_HASH" -> text ? "sha2(" + value + ", 256)" : "NULL";
      case "MASK_NULL" -> "NULL";
      case "MASK_DATE_SHOW_YEAR" ->
          switch (column.type().typeId()) {
            case DATE -> "trunc(" + value + ", 'YEAR')";
            case TIMESTAMP -> "date_trunc('YEAR', " + value + ")";
            default -> "NULL";
          };
      case "CUSTOM" -> {
        String expression = mask.expression().orElse("");
        yield expression.isBlank()
            ? "NULL"
            : custom.render(expression.replace(COLUMN, Identifiers.quote(column.name())));
      }
      default -> throw new IllegalArgumentException("unknown mask type");
    };
  }

  private static String show(String value, String hidden, String shown, boolean shownFirst) {
    String masked = masked(hidden);
    return "CASE WHEN length("
        + value
        + ") <= 4 THEN "
        + masked(value)
        + " ELSE concat("
        + (shownFirst ? shown + ", " + masked : masked + ", " + shown)
        + ") END";
  }

  private static String masked(String value) {
    return "regexp_replace(" + value + ", " + LETTERS_AND_DIGITS + ", 'x')";
  }

  /** Turns a policy's expression into one that is safe to embed. */
  interface CustomExpression {
    String render(String expression);
  }
}
