package io.sluice.policy.ranger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of a row filter or custom mask, with parts <code>${{script}}</code> that are computed for
 * each request. Ranger pastes whatever a script gives into the text, unescaped and as a
 * regular-expression replacement; here a value must be one that cannot end the literal it stands
 * in, or must be a list of literals where it stands alone.
 */
final class PolicyExpression {

  private static final String START = "${{";
  private static final String END = "}}";

  /** Ranger replaces these in resource names only; in an expression they would stay as they are. */
  private static final Pattern TOKEN =
      Pattern.compile("\\{\\s*(USER|OWNER)\\s*}", Pattern.CASE_INSENSITIVE);

  private static final Pattern LITERALS =
      Pattern.compile(
          "\\s*(?:ITEM)(?:\\s*,\\s*(?:ITEM))*\\s*"
              .replace(
                  "ITEM", "-?\\d{1,38}(?:\\.\\d{1,38})?|true|false|'[^'\"`\\\\$\\p{Cntrl}]*'"));

  private final List<Segment> segments;

  private PolicyExpression(List<Segment> segments) {
    this.segments = List.copyOf(segments);
  }

  private record Segment(String text, boolean computed, boolean quoted) {}

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException with what is wrong with it, as a clause
   */
  static PolicyExpression of(String text) {
    if (!text.contains(START)) {
      requireNoTokens(text);
      return new PolicyExpression(List.of(new Segment(text, false, false)));
    }
    List<Segment> segments = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (int index = 0; index < text.length(); index++) {
      if (text.startsWith(START, index)) {
        int end = text.indexOf(END, index);
        if (end < 0) {
          throw new IllegalArgumentException("has a ${{ without }}");
        }
        String script = text.substring(index + START.length(), end).strip();
        if (script.isEmpty() || script.contains("{{")) {
          throw new IllegalArgumentException("has an empty or nested ${{…}}");
        }
        if (quote == '`') {
          throw new IllegalArgumentException("has a ${{…}} inside an identifier");
        }
        segments.add(new Segment(plain.toString(), false, false));
        plain.setLength(0);
        segments.add(new Segment(script, true, quote != 0));
        index = end + END.length() - 1;
        continue;
      }
      char c = text.charAt(index);
      if (c == '\\') {
        throw new IllegalArgumentException("has a backslash beside ${{…}}");
      }
      if (quote == 0 && (text.startsWith("--", index) || text.startsWith("/*", index))) {
        throw new IllegalArgumentException("has a comment beside ${{…}}");
      }
      if (quote == 0 && (c == '\'' || c == '"' || c == '`')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      plain.append(c);
    }
    if (quote != 0) {
      throw new IllegalArgumentException("has a quote that is not closed");
    }
    segments.add(new Segment(plain.toString(), false, false));
    for (Segment segment : segments) {
      if (!segment.computed()) {
        requireNoTokens(segment.text());
      }
    }
    return new PolicyExpression(segments);
  }

  /** Returns what finds a word in any case, between what is no part of a word. */
  static Pattern word(String word) {
    return Pattern.compile(
        "(?<!\\w)" + Pattern.quote(word) + "(?!\\w)",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** Returns whether a {@link #word} stands in it, in a literal too. */
  boolean holds(Pattern word) {
    return segments.stream().anyMatch(segment -> word.matcher(segment.text()).find());
  }

  /** Returns the scripts in it. */
  List<String> scripts() {
    return segments.stream().filter(Segment::computed).map(Segment::text).toList();
  }

  /**
   * Returns the SQL for one request.
   *
   * @param evaluate gives a script's value, null for none
   * @throws IllegalStateException if a value is missing or could change the SQL around it
   */
  String render(Function<String, @Nullable Object> evaluate) {
    StringBuilder sql = new StringBuilder();
    for (Segment segment : segments) {
      sql.append(segment.computed() ? value(segment, evaluate) : segment.text());
    }
    return sql.toString();
  }

  /**
   * Returns what is wrong with it whatever its computed parts come to: they are taken for literals
   * of two types, and one that does is enough.
   */
  Optional<String> problem(Function<String, Optional<String>> check) {
    Optional<String> problem = check.apply(render(script -> "1"));
    return problem.isEmpty() || scripts().isEmpty()
        ? problem
        : check.apply(render(script -> "true"));
  }

  private static String value(Segment segment, Function<String, @Nullable Object> evaluate) {
    Object value = evaluate.apply(segment.text());
    String text = value == null ? "" : value.toString();
    if (text.isEmpty()) {
      throw new IllegalStateException("an expression has no value for this user");
    }
    if (segment.quoted() ? !isPlain(text) : !LITERALS.matcher(text).matches()) {
      throw new IllegalStateException("an expression's value cannot stand in SQL");
    }
    return text;
  }

  /**
   * Returns whether a text can stand between quotes of SQL and of JavaScript, and as a replacement
   * of Java's regular expressions, without a meaning of its own.
   */
  static boolean isPlain(String text) {
    return text.chars()
        .noneMatch(c -> "'\"`\\$".indexOf(c) >= 0 || Character.isISOControl(c) || c == 0x2028);
  }

  private static void requireNoTokens(String text) {
    if (TOKEN.matcher(text).find()) {
      throw new IllegalArgumentException(
          "has {USER} or {OWNER}, which are not expanded there; write ${{USER._name}}");
    }
  }
}
