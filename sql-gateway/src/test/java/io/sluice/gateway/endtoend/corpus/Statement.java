package io.sluice.gateway.endtoend.corpus;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be said of a statement of the corpus without parsing it. */
record Statement(String text) {

  private static final Pattern QUERY =
      Pattern.compile(
          "\\s*\\(*\\s*(select|with|values|from|table|desc|describe|show|explain|map|reduce)\\b.*",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private static final Pattern LIMIT =
      Pattern.compile("\\b(limit|offset)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern WRITE =
      Pattern.compile(
          ".*\\b(insert\\s+(into|overwrite)|merge\\s+into|update\\s+\\S+\\s+set)\\b.*",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private static final Pattern SETTING =
      Pattern.compile(
          "\\s*(set|reset)\\b(?!\\s+(var|variable)\\b).*",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private static final Pattern CREATE_TABLE =
      Pattern.compile(
          "\\s*(create|replace|create\\s+or\\s+replace)\\s+(external\\s+)?table\\b.*",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private static final Pattern FORMAT =
      Pattern.compile("\\busing\\s+(parquet|orc|json|csv|text)\\b", Pattern.CASE_INSENSITIVE);

  /** What a statement makes or changes: the first names behind these words. */
  private static final Pattern OBJECT =
      Pattern.compile(
          "\\b(?:table|view|function|into|overwrite|update|variable|declare|database|schema|from|var)"
              + "\\s+(?:or\\s+replace\\s+)?(?:table\\s+|variable\\s+)?(?:if\\s+(?:not\\s+)?exists\\s+)?"
              + "([\\w`.]+)",
          Pattern.CASE_INSENSITIVE);

  /** Returns the statement as both sides run it: its tables are Iceberg's. */
  static Statement of(String text) {
    return new Statement(
        CREATE_TABLE.matcher(text).matches()
            ? FORMAT.matcher(text).replaceFirst("USING iceberg")
            : text);
  }

  /** Returns whether what it gives is what it is for. */
  boolean isQuery() {
    return QUERY.matcher(text).matches() && !WRITE.matcher(text).matches();
  }

  /** Returns whether it asks for some of its rows. */
  boolean limits() {
    return LIMIT.matcher(text).find();
  }

  /**
   * Returns whether it changes settings, under which all that follows would mean something else.
   */
  boolean isSetting() {
    return SETTING.matcher(text).matches();
  }

  /** Returns the last parts of the names of what it makes or changes, in lower case. */
  Set<String> objects() {
    Set<String> names = new LinkedHashSet<>();
    Matcher matcher = OBJECT.matcher(text);
    while (matcher.find()) {
      String name = matcher.group(1).replace("`", "").toLowerCase(Locale.ROOT);
      names.add(name.substring(name.lastIndexOf('.') + 1));
    }
    names.remove("");
    return names;
  }

  /** Returns whether one of the names stands in it. */
  boolean names(Set<String> objects) {
    String lower = text.toLowerCase(Locale.ROOT);
    return objects.stream()
        .anyMatch(
            name -> Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(lower).find());
  }
}
