package io.sluice.planner.iceberg;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/**
 * Reads Iceberg's ten forms of ALTER TABLE and prints each part anew as it is read, so that nothing
 * of the user's text goes further: fixed words, names in backquotes, whole numbers. Safe for use by
 * many threads.
 */
public final class IcebergParser {

  /** More than any such command has; what is longer is none. */
  private static final int MOST_TOKENS = 4_000;

  private final SparkParser parser;

  /**
   * @param parser whose words are read
   */
  public IcebergParser(SparkParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a command.
   *
   * @return empty for a text that is none of the ten forms
   * @throws SluiceException {@code PARSE_SYNTAX_ERROR} for one that begins as such and goes wrong
   */
  public Optional<AlterCommand> alter(String text) {
    if (!IcebergDispatch.mayBegin(text.trim())
        || !new Words(parser.firstTokens(text, 2)).at("alter", "table")) {
      return Optional.empty();
    }
    Words words = words(text);
    words.take("alter", "table");
    Token name = words.peek();
    List<String> table;
    try {
      table = words.name();
    } catch (SluiceException noName) {
      return Optional.empty();
    }
    AlterReader reader = new AlterReader(words);
    if (!reader.isForm()) {
      return Optional.empty();
    }
    String clause = reader.clause();
    words.expectEnd();
    AlterCommand command = new AlterCommand(table, name, clause, reader.movesMain());
    if (!IcebergDispatch.takes(command.print(table))) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Iceberg would not read this command as its own; use plain names.",
          Identifiers.position(name));
    }
    return Optional.of(command);
  }

  /**
   * Prints a text that could stand behind ORDERED BY anew; {@code zorder(…)} may stand there too.
   *
   * @throws SluiceException {@code PARSE_SYNTAX_ERROR}, {@code NOT_SUPPORTED}
   */
  public String sortOrder(String text) {
    Words words = words(text);
    String order = new AlterReader(words).sortOrder();
    words.expectEnd();
    return order;
  }

  /** A text that is cut off ends in the middle of something, and so is refused. */
  private Words words(String text) {
    return new Words(parser.firstTokens(text, MOST_TOKENS));
  }
}
