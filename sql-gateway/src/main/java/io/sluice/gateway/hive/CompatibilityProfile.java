package io.sluice.gateway.hive;

import io.sluice.planner.SessionSettings;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose columns SHOW TABLES and its like have, as {@link SessionSettings#HIVE_PROFILE} says.
 * Spark's have the namespace before the name, where Hive's clients look for the name.
 */
enum CompatibilityProfile {
  /** Spark's, but for the very texts of clients that are known to read the first column. */
  AUTO {
    @Override
    ShownColumns shown(HiveSession session, String sql) {
      if (!session.isPyHive()) {
        return ShownColumns.ALL;
      }
      Matcher list = LIST_OF_PYHIVE.matcher(sql);
      String name =
          list.matches() ? (list.group(1).equals("TABLES") ? "tableName" : "viewName") : "";
      return new ShownColumns(name, name);
    }
  },
  /** Spark's, always. */
  SPARK {
    @Override
    ShownColumns shown(HiveSession session, String sql) {
      return ShownColumns.ALL;
    }
  },
  /** The one column that Hive gives, under its name. */
  HIVE {
    @Override
    ShownColumns shown(HiveSession session, String sql) {
      Matcher list = LIST.matcher(sql);
      return list.lookingAt()
          ? HIVES.getOrDefault(list.group(1).toUpperCase(Locale.ROOT), ShownColumns.ALL)
          : ShownColumns.ALL;
    }
  };

  /**
   * As SQLAlchemy's dialect of PyHive and Superset's engine spec for it write it, to the letter;
   * dbt and people write otherwise.
   */
  private static final Pattern LIST_OF_PYHIVE =
      Pattern.compile("SHOW (TABLES|VIEWS)(?: IN `(?:[^`]++|``)++`)?+");

  private static final Pattern LIST =
      Pattern.compile("\\s*+SHOW\\s++(\\w++)", Pattern.CASE_INSENSITIVE);

  private static final Map<String, ShownColumns> HIVES =
      Map.of(
          "TABLES", new ShownColumns("tableName", "tab_name"),
          "VIEWS", new ShownColumns("viewName", "tab_name"),
          "SCHEMAS", new ShownColumns("namespace", "database_name"),
          "DATABASES", new ShownColumns("namespace", "database_name"),
          "FUNCTIONS", new ShownColumns("function", "tab_name"));

  /** Returns the profile of a session as it is now. */
  static CompatibilityProfile of(HiveSession session) {
    String name = session.session().configuration().get(SessionSettings.HIVE_PROFILE);
    return name == null ? AUTO : valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Returns what of a statement's result the client gets. */
  abstract ShownColumns shown(HiveSession session, String sql);
}
