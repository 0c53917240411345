package io.sluice.gateway.rest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What stands around a cursor in a text that is being written.
 *
 * @param prefix the beginning of a name before the cursor; may be empty
 * @param replaceFrom where that begins in the text
 * @param qualifiers the names before it, with their dots
 * @param namesRelation whether a table is named here, not a value
 * @param relations those that a column here may be of, the innermost query's first
 */
record CursorPlace(
    String prefix,
    int replaceFrom,
    List<String> qualifiers,
    boolean namesRelation,
    List<ScopedRelation> relations) {

  private static final Set<String> BEFORE_RELATION =
      Set.of("FROM", "JOIN", "INTO", "TABLE", "UPDATE", "DESCRIBE", "DESC", "OVERWRITE");
  private static final Set<String> CLAUSES =
      Set.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP",
          "ORDER",
          "HAVING",
          "ON",
          "USING",
          "SET",
          "VALUES",
          "JOIN",
          "LIMIT",
          "QUALIFY",
          "WINDOW",
          "CLUSTER",
          "DISTRIBUTE",
          "SORT",
          "LATERAL");
  private static final Set<String> SET_OPERATORS = Set.of("UNION", "EXCEPT", "INTERSECT", "MINUS");

  /** Words that stand behind a relation and are no alias. */
  private static final Set<String> NO_ALIAS =
      Set.of(
          "WHERE",
          "GROUP",
          "ORDER",
          "HAVING",
          "ON",
          "USING",
          "JOIN",
          "INNER",
          "LEFT",
          "RIGHT",
          "FULL",
          "CROSS",
          "NATURAL",
          "SEMI",
          "ANTI",
          "LATERAL",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "MINUS",
          "LIMIT",
          "OFFSET",
          "SET",
          "VALUES",
          "WHEN",
          "PIVOT",
          "UNPIVOT",
          "TABLESAMPLE",
          "WINDOW",
          "QUALIFY",
          "CLUSTER",
          "DISTRIBUTE",
          "SORT",
          "FOR",
          "VERSION",
          "TIMESTAMP",
          "SELECT",
          "FROM");

  /** From the cursor outward; each is walked to its end. */
  private static final int MOST_LEVELS = 50;

  CursorPlace {
    qualifiers = List.copyOf(qualifiers);
    relations = List.copyOf(relations);
  }

  /** A relation as it is named in a text, and the name that it has there. */
  record ScopedRelation(List<String> parts, String alias) {
    ScopedRelation {
      parts = List.copyOf(parts);
    }
  }

  /** Looks around; empty inside of a literal or a comment, where nothing is to be completed. */
  static Optional<CursorPlace> of(String sql, int cursor) {
    List<SqlToken> all = SqlToken.of(sql);
    for (SqlToken token : all) {
      boolean inside = token.start() < cursor && cursor < token.end();
      boolean open = cursor == token.end() && cursor == sql.length() && !isClosed(token);
      if ((inside || open)
          && (token.kind() == SqlToken.Kind.LITERAL || token.kind() == SqlToken.Kind.COMMENT)) {
        return Optional.empty();
      }
    }
    List<SqlToken> tokens =
        all.stream().filter(token -> token.kind() != SqlToken.Kind.COMMENT).toList();
    int before = 0;
    while (before < tokens.size() && tokens.get(before).end() <= cursor) {
      before++;
    }
    // A name that the cursor stands in is begun as far as the cursor.
    String prefix = "";
    int replaceFrom = cursor;
    int last = before - 1;
    if (before < tokens.size()
        && tokens.get(before).start() < cursor
        && tokens.get(before).isName()) {
      replaceFrom = tokens.get(before).start();
      prefix = sql.substring(replaceFrom, cursor);
    } else if (last >= 0 && tokens.get(last).end() == cursor && tokens.get(last).isName()) {
      replaceFrom = tokens.get(last).start();
      prefix = tokens.get(last).name();
      last--;
    }
    List<String> qualifiers = new ArrayList<>();
    while (last >= 1 && tokens.get(last).is(".") && tokens.get(last - 1).isName()) {
      qualifiers.add(0, tokens.get(last - 1).name());
      last -= 2;
    }
    return Optional.of(
        new CursorPlace(
            prefix.startsWith("`") ? prefix.substring(1) : prefix,
            replaceFrom,
            qualifiers,
            namesRelation(tokens, last),
            relations(tokens, last + 1)));
  }

  private static boolean isClosed(SqlToken token) {
    String text = token.text();
    return switch (token.kind()) {
      case COMMENT -> text.startsWith("/*") && text.length() > 3 && text.endsWith("*/");
      case LITERAL -> {
        char quote = text.charAt(0);
        yield Character.isDigit(quote)
            || (text.length() > 1 && text.charAt(text.length() - 1) == quote);
      }
      default -> true;
    };
  }

  private static boolean namesRelation(List<SqlToken> tokens, int last) {
    if (last < 0) {
      return false;
    }
    if (BEFORE_RELATION.contains(tokens.get(last).upper())) {
      return true;
    }
    if (!tokens.get(last).is(",")) {
      return false;
    }
    int depth = 0;
    for (int index = last; index >= 0; index--) {
      SqlToken token = tokens.get(index);
      depth += token.is(")") ? 1 : token.is("(") ? -1 : 0;
      if (depth < 0) {
        return false;
      }
      if (depth == 0 && CLAUSES.contains(token.upper())) {
        return token.is("FROM") || token.is("JOIN");
      }
    }
    return false;
  }

  /** Walks outward from the cursor, from query to query. */
  private static List<ScopedRelation> relations(List<SqlToken> tokens, int cursor) {
    Deque<Integer> open = new ArrayDeque<>();
    int statement = 0;
    for (int index = 0; index < cursor; index++) {
      SqlToken token = tokens.get(index);
      if (token.is("(")) {
        open.push(index + 1);
      } else if (token.is(")") && !open.isEmpty()) {
        open.pop();
      } else if (token.is(";")) {
        open.clear();
        statement = index + 1;
      }
    }
    List<ScopedRelation> found = new ArrayList<>();
    for (int level = 0; level < MOST_LEVELS && !open.isEmpty(); level++) {
      found.addAll(ofQuery(tokens, open.pop(), cursor));
    }
    found.addAll(ofQuery(tokens, statement, cursor));
    return found;
  }

  /** Returns the relations of the one query, between two set operators, that the cursor is in. */
  private static List<ScopedRelation> ofQuery(List<SqlToken> tokens, int start, int cursor) {
    List<ScopedRelation> found = new ArrayList<>();
    String clause = "";
    int depth = 0;
    for (int index = start; index < tokens.size() && depth >= 0; index++) {
      SqlToken token = tokens.get(index);
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth == 0 && token.is(";")) {
        break;
      }
      if (depth != 0 || token.is(")")) {
        continue;
      }
      if (SET_OPERATORS.contains(token.upper())) {
        if (index >= cursor) {
          break;
        }
        found.clear();
        clause = "";
      } else if (CLAUSES.contains(token.upper())
          || token.is("UPDATE")
          || token.is("INTO")
          || token.is("TABLE")) {
        clause = token.upper();
      }
      boolean expected =
          BEFORE_RELATION.contains(token.upper())
              || (token.is("USING") && index + 1 < tokens.size() && !tokens.get(index + 1).is("("))
              || (token.is(",") && (clause.equals("FROM") || clause.equals("JOIN")));
      if (expected) {
        relation(tokens, index + 1).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<ScopedRelation> relation(List<SqlToken> tokens, int start) {
    List<String> parts = new ArrayList<>();
    int index = start;
    while (index < tokens.size()
        && tokens.get(index).isName()
        && !NO_ALIAS.contains(tokens.get(index).upper())) {
      parts.add(tokens.get(index).name());
      index++;
      if (index < tokens.size() && tokens.get(index).is(".")) {
        index++;
      } else {
        break;
      }
    }
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    if (index < tokens.size() && tokens.get(index).is("AS")) {
      index++;
    }
    boolean named =
        index < tokens.size()
            && tokens.get(index).isName()
            && !NO_ALIAS.contains(tokens.get(index).upper());
    return Optional.of(
        new ScopedRelation(parts, named ? tokens.get(index).name() : parts.get(parts.size() - 1)));
  }

  /** Returns whether a name is one that the prefix begins. */
  boolean begins(String name) {
    return name.toLowerCase(Locale.ROOT).startsWith(prefix.toLowerCase(Locale.ROOT));
  }
}
