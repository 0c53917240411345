package io.sluice.planner.variable;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Optional;

/** Names of session variables: {@code x}, {@code session.x}, {@code system.session.x}. */
public final class VariableNames {

  static final int MOST_PARTS = 3;

  private VariableNames() {}

  /** Returns the variable's own name; empty when these parts can name none of the session's. */
  public static Optional<String> variable(List<String> parts) {
    int last = parts.size() - 1;
    boolean ofSession =
        switch (parts.size()) {
          case 1 -> true;
          case 2 -> parts.get(0).equalsIgnoreCase("session");
          case 3 ->
              parts.get(0).equalsIgnoreCase("system") && parts.get(1).equalsIgnoreCase("session");
          default -> false;
        };
    return ofSession ? Optional.of(parts.get(last)) : Optional.empty();
  }

  /**
   * Returns the variable's own name.
   *
   * @throws SluiceException {@code UNRESOLVED_VARIABLE}
   */
  public static String require(List<String> parts, TextPosition position) {
    return variable(parts)
        .orElseThrow(
            () ->
                new SluiceException(
                    ErrorCode.UNRESOLVED_VARIABLE,
                    "Cannot resolve variable "
                        + Identifiers.quote(parts)
                        + "; a session's variables are called `x`, `session`.`x` or"
                        + " `system`.`session`.`x`.",
                    position));
  }
}
