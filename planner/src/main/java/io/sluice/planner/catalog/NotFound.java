package io.sluice.planner.catalog;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Refusals of names that mean nothing, in Spark's words, which client tools look for. */
public final class NotFound {

  private NotFound() {}

  /** A table or view that policy would grant. */
  public static SluiceException table(List<String> parts, @Nullable TextPosition position) {
    return refusal(
        ErrorCode.TABLE_OR_VIEW_NOT_FOUND,
        """
        The table or view %s cannot be found. Verify the spelling and correctness of the schema and catalog.
        If you did not qualify the name with a schema, verify the current_schema() output, or qualify the \
        name with the correct schema and catalog.
        To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS."""
            .formatted(quoted(parts)),
        position);
  }

  /** A schema that is missing or closed to the principal. */
  public static SluiceException schema(List<String> parts, @Nullable TextPosition position) {
    return refusal(
        ErrorCode.SCHEMA_NOT_FOUND,
        """
        The schema %s cannot be found. Verify the spelling and correctness of the schema and catalog.
        If you did not qualify the name with a catalog, verify the current_schema() output, or qualify \
        the name with the correct catalog.
        To tolerate the error on drop use DROP SCHEMA IF EXISTS."""
            .formatted(quoted(parts)),
        position);
  }

  /** A catalog that is missing or closed to the principal. */
  public static SluiceException catalog(String name, @Nullable TextPosition position) {
    return refusal(
        ErrorCode.CATALOG_NOT_FOUND,
        "The catalog %s not found. Use SHOW CATALOGS to see those that there are."
            .formatted(SparkTypes.quote(name)),
        position);
  }

  private static SluiceException refusal(
      ErrorCode code, String message, @Nullable TextPosition position) {
    return position == null
        ? new SluiceException(code, message)
        : new SluiceException(code, message, position);
  }

  private static String quoted(List<String> parts) {
    return parts.stream().map(SparkTypes::quote).collect(Collectors.joining("."));
  }
}
