package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;

/**
 * Spark's variable substitution is off on every server; a text that counts on it, or that some
 * server could still substitute, is refused.
 */
final class Substitution {

  private Substitution() {}

  static void refuse(String sql) {
    int found = sql.indexOf("${");
    if (found < 0) {
      return;
    }
    int line = 1 + (int) sql.substring(0, found).chars().filter(unit -> unit == '\n').count();
    int start = sql.lastIndexOf('\n', found) + 1;
    throw new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "${…} is not served; write the value itself, or '$' || '{' for the characters.",
        new TextPosition(line, sql.codePointCount(start, found)));
  }
}
