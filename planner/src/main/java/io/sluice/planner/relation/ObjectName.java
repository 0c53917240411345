package io.sluice.planner.relation;

import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * A place where a definition names a schema or table.
 *
 * @param naming the name itself
 * @param parts the name's parts, unquoted
 */
public record ObjectName(ParserRuleContext naming, List<String> parts) {

  public ObjectName {
    parts = List.copyOf(parts);
  }

  /** Returns where the name begins. */
  public TextPosition position() {
    return Identifiers.position(naming);
  }
}
