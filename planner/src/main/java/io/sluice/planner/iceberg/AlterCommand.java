package io.sluice.planner.iceberg;

import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.antlr.v4.runtime.Token;

/**
 * One of Iceberg's ten forms of ALTER TABLE.
 *
 * @param table the parts of the table's name, unquoted
 * @param name the first token of the table's name
 * @param clause what stands behind the name, printed anew
 * @param movesMain whether it makes the main branch, and so the table, have other rows
 */
public record AlterCommand(List<String> table, Token name, String clause, boolean movesMain) {

  public AlterCommand {
    table = List.copyOf(table);
  }

  /** Returns the text for Spark, with a table's full name. */
  public String print(List<String> qualifiedName) {
    return "ALTER TABLE " + Identifiers.quote(qualifiedName) + " " + clause;
  }
}
