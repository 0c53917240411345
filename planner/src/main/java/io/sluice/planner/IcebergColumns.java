package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/**
 * Iceberg gives every table columns that no schema lists: they show where its files lie and what
 * was deleted. The names are reserved ({@code org.apache.iceberg.MetadataColumns}), so nothing else
 * can be meant by them.
 */
final class IcebergColumns {

  private static final Set<String> NAMES =
      Set.of(
          "_file",
          "_pos",
          "_deleted",
          "_spec_id",
          "_partition",
          "_row_id",
          "_last_updated_sequence_number");

  private IcebergColumns() {}

  /** Refuses a statement in which one of them stands, whatever it stands for there. */
  static void refuse(List<Token> tokens) {
    first(tokens)
        .ifPresent(
            token -> {
              throw new SluiceException(
                  ErrorCode.NOT_SUPPORTED,
                  "Columns that Iceberg adds to its tables are served only in a query over tables of"
                      + " which no policy hides anything from you; elsewhere their names are"
                      + " refused too.",
                  Identifiers.position(token));
            });
  }

  /** Returns where the first of them stands, whatever it stands for there. */
  static Optional<Token> first(List<Token> tokens) {
    for (Token token : tokens) {
      boolean identifier =
          token.getType() == SqlBaseLexer.IDENTIFIER
              || token.getType() == SqlBaseLexer.BACKQUOTED_IDENTIFIER;
      if (identifier && NAMES.contains(Identifiers.name(token).toLowerCase(Locale.ROOT))) {
        return Optional.of(token);
      }
    }
    return Optional.empty();
  }
}
