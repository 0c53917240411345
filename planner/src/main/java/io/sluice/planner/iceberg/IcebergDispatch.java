package io.sluice.planner.iceberg;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.List;
import java.util.Locale;

/**
 * Iceberg's own parser stands in front of Spark's and takes any text that looks like one of its
 * commands to a search that knows neither nested comments nor literals. A text that it would take
 * must not be anything else here.
 */
public final class IcebergDispatch {

  private static final List<String> WORDS =
      List.of(
          "add partition field",
          "drop partition field",
          "replace partition field",
          "write ordered by",
          "write locally ordered by",
          "write distributed by",
          "write unordered",
          "set identifier fields",
          "drop identifier fields",
          "create branch",
          "replace branch",
          "create tag",
          "replace tag",
          "drop branch",
          "drop tag");

  private IcebergDispatch() {}

  /**
   * Refuses a text that Spark would never see.
   *
   * @throws SluiceException {@code NOT_SUPPORTED}
   */
  public static void refuse(String sql) {
    if (takes(sql)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The text reads as a command of Iceberg's and as something else; write it without"
              + " comments, and without such words in names and literals.");
    }
  }

  /** As IcebergSparkSqlExtensionsParser.isIcebergCommand does in Iceberg 1.12. */
  static boolean takes(String sql) {
    String text = sql.trim();
    if (!mayBegin(text)) {
      return false;
    }
    String normalized =
        text.toLowerCase(Locale.ROOT)
            .replaceAll("--.*?\\n", " ")
            .replaceAll("\\s+", " ")
            .replaceAll("/\\*.*?\\*/", " ")
            .replaceAll("`", "")
            .trim();
    return normalized.startsWith("alter table") && WORDS.stream().anyMatch(normalized::contains);
  }

  /** Only a comment, a backquote or the word itself can come first in such a text. */
  static boolean mayBegin(String text) {
    return !text.isEmpty() && "-/`aA".indexOf(text.charAt(0)) >= 0;
  }
}
