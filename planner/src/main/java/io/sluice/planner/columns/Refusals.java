package io.sluice.planner.columns;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;

/** The texts of this package's refusals: what could not be resolved, and what to do. */
final class Refusals {

  private Refusals() {}

  static SluiceException notUnderstood(String what, ParserRuleContext where) {
    return new SluiceException(
        ErrorCode.CANNOT_AUTHORIZE,
        "The query reads a table with columns that you may not read, and "
            + what
            + " cannot be followed to its columns: write it another way, naming the columns",
        Identifiers.position(where));
  }

  static SluiceException notResolvable(Throwable cause) {
    return new SluiceException(
        ErrorCode.CANNOT_AUTHORIZE,
        "The query reads a table with columns that you may not read, and its column names could not"
            + " be resolved: name the columns explicitly, each with the alias of its table",
        cause);
  }

  static SluiceException tooDeep() {
    return new SluiceException(
        ErrorCode.STATEMENT_TOO_COMPLEX,
        "The query nests too deep for its columns to be resolved: split it, or chain fewer set"
            + " operations and joins");
  }

  static SluiceException unresolved(List<String> name, TextPosition position) {
    return new SluiceException(
        ErrorCode.UNRESOLVED_COLUMN,
        "No relation in scope has a column "
            + quoted(name)
            + ": check the spelling, and that its table or alias stands in FROM",
        position);
  }

  static SluiceException ambiguous(List<String> name, TextPosition position) {
    return new SluiceException(
        ErrorCode.AMBIGUOUS_REFERENCE,
        "More than one relation in scope has a column "
            + quoted(name)
            + ": put the alias of its table before it",
        position);
  }

  static SluiceException uncertain(List<String> name, TextPosition position) {
    return new SluiceException(
        ErrorCode.CANNOT_AUTHORIZE,
        "It cannot be told which relation's column "
            + quoted(name)
            + " is: give names with AS to expressions and to the columns of table functions, PIVOT and"
            + " LATERAL VIEW",
        position);
  }

  private static String quoted(List<String> name) {
    StringBuilder text = new StringBuilder();
    for (String part : name) {
      text.append(text.isEmpty() ? "`" : ".`").append(part.replace("`", "``")).append('`');
    }
    return text.toString();
  }
}
