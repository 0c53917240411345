package io.sluice.planner.columns;

import java.util.Locale;
import java.util.regex.Pattern;

/** How columns' names compare, and which of them Spark may have made. */
final class ColumnNames {

  private static final Pattern ORDINARY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ColumnNames() {}

  /** Returns the form under which names that differ in case alone are one. */
  static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns whether Spark may have made this name for an expression that has no alias. */
  static boolean isMadeUp(String name) {
    String folded = folded(name);
    return !ORDINARY.matcher(name).matches()
        || folded.equals("null")
        || folded.equals("true")
        || folded.equals("false");
  }
}
