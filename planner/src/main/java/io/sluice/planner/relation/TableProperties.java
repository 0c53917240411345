package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/** The properties that users may give to tables: none says where files lie or what code runs. */
final class TableProperties {

  private static final Set<String> ALLOWED =
      Set.of(
          VisibleRows.PROPERTY,
          "comment",
          "commit.retry.num-retries",
          "format-version",
          "history.expire.max-snapshot-age-ms",
          "history.expire.min-snapshots-to-keep",
          "write.delete.mode",
          "write.distribution-mode",
          "write.format.default",
          "write.merge.mode",
          "write.metadata.delete-after-commit.enabled",
          "write.metadata.previous-versions-max",
          "write.parquet.compression-codec",
          "write.spark.auto-schema-evolution.enabled",
          "write.target-file-size-bytes",
          "write.update.mode");

  private TableProperties() {}

  /** Refuses a key that is not on the list, or is written in an unusual way. */
  static void check(ParserRuleContext key) {
    if (!ALLOWED.contains(plainText(key))) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "A table property that is not served; served are "
              + String.join(", ", ALLOWED.stream().sorted().toList())
              + ".",
          Identifiers.position(key));
    }
  }

  /** Returns whether administrators alone may set it. */
  static boolean isAdministrative(ParserRuleContext key) {
    return plainText(key).equals(VisibleRows.PROPERTY);
  }

  /** Returns the key; one that Spark might read in another way equals none on the list. */
  static String plainText(ParserRuleContext key) {
    if (key.getStart() != key.getStop()) {
      // Words and dots are the key as they stand; a quoted part would keep its quotes here.
      return key.getText();
    }
    Token token = key.getStart();
    String text = token.getText();
    return switch (token.getType()) {
      case SqlBaseLexer.BACKQUOTED_IDENTIFIER -> Identifiers.name(token);
      case SqlBaseLexer.STRING_LITERAL, SqlBaseLexer.DOUBLEQUOTED_STRING ->
          text.substring(1, text.length() - 1);
      default -> text;
    };
  }
}
