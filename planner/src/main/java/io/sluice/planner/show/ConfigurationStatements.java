package io.sluice.planner.show;

import static io.sluice.planner.show.Answers.row;
import static io.sluice.planner.show.Answers.string;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ResetConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ResetQuotedConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetQuotedConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetTimeZoneContext;

/**
 * SET and RESET. Spark takes unquoted keys and values from the text that follows, comments and all
 * ({@code SparkSqlAstBuilder}); so does this, or the two would understand different things.
 */
final class ConfigurationStatements {

  private static final Pattern KEY_AND_VALUE =
      Pattern.compile("([a-zA-Z_\\d\\\\.:]+)\\s*=([^;]*);*");
  private static final Pattern KEY = Pattern.compile("([a-zA-Z_\\d\\\\.:]+);*");

  private static final List<AnswerColumn> SETTINGS = List.of(string("key"), string("value"));

  private static final List<AnswerColumn> SETTINGS_WITH_MEANING =
      List.of(string("key"), string("value"), string("meaning"), string("Since version"));

  /** What Spark says of a setting without a value. */
  private static final String UNDEFINED = "<undefined>";

  private final Scope scope;

  ConfigurationStatements(Scope scope) {
    this.scope = scope;
  }

  Analysis set(SetConfigurationContext statement) {
    if (statement.configKey() != null) {
      String key = Identifiers.name(statement.configKey().quotedIdentifier());
      return statement.EQ() == null
          ? value(key)
          : assignment(key, rest(statement.EQ().getSymbol()).strip());
    }
    String rest = rest(statement.SET().getSymbol()).strip();
    Matcher assignment = KEY_AND_VALUE.matcher(rest);
    if (assignment.matches()) {
      return assignment(assignment.group(1), assignment.group(2));
    }
    Matcher key = KEY.matcher(rest);
    if (key.matches()) {
      return value(key.group(1));
    }
    return switch (rest.replaceAll(";*$", "").strip()) {
      case "" -> all(SETTINGS);
      case "-v" -> all(SETTINGS_WITH_MEANING);
      default ->
          throw new SluiceException(
              ErrorCode.PARSE_SYNTAX_ERROR,
              "Expected format is 'SET', 'SET key', or 'SET key=value'. If you want to include"
                  + " special characters in key, or include semicolon in value, please use"
                  + " backquotes, e.g., SET `key`=`value`.",
              Identifiers.position(statement));
    };
  }

  Analysis setQuoted(SetQuotedConfigurationContext statement) {
    String key =
        statement.configKey() != null
            ? Identifiers.name(statement.configKey().quotedIdentifier())
            : between(statement.SET().getSymbol(), statement.EQ().getSymbol()).strip();
    return assignment(key, Identifiers.name(statement.configValue().backQuotedIdentifier()));
  }

  Analysis setTimeZone(SetTimeZoneContext statement) {
    if (statement.timezone() == null || statement.timezone().stringLit() == null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "SET TIME ZONE takes a zone in quotes, for example 'UTC', '+02:00' or 'Europe/Berlin'",
          Identifiers.position(statement));
    }
    return assignment(
        SessionConfiguration.TIME_ZONE, StringLiterals.value(statement.timezone().stringLit()));
  }

  Analysis reset(ResetConfigurationContext statement) {
    String rest = rest(statement.RESET().getSymbol()).replaceAll(";*\\s*$", "").strip();
    if (rest.isEmpty()) {
      return new Analysis.ResetConfiguration(Optional.empty());
    }
    if (!KEY.matcher(rest).matches()) {
      throw new SluiceException(
          ErrorCode.PARSE_SYNTAX_ERROR,
          "Expected format is 'RESET' or 'RESET key'. If you want to include special characters in"
              + " key, please use quotes, e.g., RESET `key`.",
          Identifiers.position(statement));
    }
    return resetOf(rest);
  }

  Analysis resetQuoted(ResetQuotedConfigurationContext statement) {
    return resetOf(Identifiers.name(statement.configKey().quotedIdentifier()));
  }

  private static Analysis resetOf(String key) {
    SessionConfiguration.checkKey(key);
    return new Analysis.ResetConfiguration(Optional.of(key));
  }

  private Analysis assignment(String key, String value) {
    if (key.equals(MetadataStatements.FORCE_POLICY_OBJECT_CHANGES) && !scope.isAdministrator()) {
      throw new SluiceException(
          ErrorCode.CONFIGURATION_NOT_ALLOWED,
          "The setting %s is for administrators alone".formatted(key));
    }
    return new Analysis.SetConfiguration(key, SessionConfiguration.checkedValue(key, value));
  }

  private Analysis value(String key) {
    SessionConfiguration.checkKey(key);
    String value = scope.request().configuration().getOrDefault(key, UNDEFINED);
    return Answers.answer(SETTINGS, List.of(row(key, value)));
  }

  /** Lists what the session itself has set; the server's own settings are nobody's business. */
  private Analysis all(List<AnswerColumn> columns) {
    Map<String, String> set = new TreeMap<>(scope.request().configuration());
    return Answers.answer(
        columns,
        set.entrySet().stream()
            .map(
                entry ->
                    columns.size() == 2
                        ? row(entry.getKey(), entry.getValue())
                        : row(entry.getKey(), entry.getValue(), "", ""))
            .toList());
  }

  /** Returns the text of the statement after a token. */
  private static String rest(Token token) {
    CharStream text = token.getInputStream();
    int start = token.getStopIndex() + 1;
    return start >= text.size() ? "" : text.getText(Interval.of(start, text.size() - 1));
  }

  private static String between(Token first, Token second) {
    CharStream text = first.getInputStream();
    return text.getText(Interval.of(first.getStopIndex() + 1, second.getStartIndex() - 1));
  }
}
