package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.TimeTravel;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.show.StringLiterals;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ConstantDefaultContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IntegerLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NumericLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PrimaryExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StringLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TemporalClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TypeConstructorContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ValueExpressionDefaultContext;

/**
 * Reads which state of a table a clause means, where Sluice must know it. Of Spark's many ways to
 * write a time those are read that mean the same to everybody.
 */
final class TimeTravelClause {

  private static final Pattern TIME =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})"
              + "(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,6})?)?) ?(Z|[+-][0-9]{2}:[0-9]{2})?)?");

  private TimeTravelClause() {}

  /**
   * Returns the state.
   *
   * @param clause one that {@link FixedClauses#checkTimeTravel} lets pass
   * @param timeZone the session's
   * @throws SluiceException {@code NOT_SUPPORTED} for a time that is written in another way
   */
  static TimeTravel read(TemporalClauseContext clause, String timeZone) {
    if (clause.version() != null) {
      return new TimeTravel.AsOfVersion(
          clause.version().stringLit() == null
              ? clause.version().getText()
              : StringLiterals.value(clause.version().stringLit()));
    }
    if (!(clause.timestamp instanceof ValueExpressionDefaultContext value)) {
      throw unreadable(clause);
    }
    PrimaryExpressionContext time = value.primaryExpression();
    if (!(time instanceof ConstantDefaultContext constant)) {
      // The current time, and whatever comes last before it.
      return new TimeTravel.AsOfTime(Long.MAX_VALUE);
    }
    try {
      return new TimeTravel.AsOfTime(milliseconds(constant, timeZone));
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw unreadable(clause);
    }
  }

  private static long milliseconds(ConstantDefaultContext constant, String timeZone) {
    if (constant.constant() instanceof StringLiteralContext text) {
      return parse(StringLiterals.value(text.stringLit()).trim(), timeZone, true);
    }
    if (constant.constant() instanceof NumericLiteralContext number
        && number.number() instanceof IntegerLiteralContext) {
      return Math.multiplyExact(Long.parseLong(number.getText()), 1000L);
    }
    if (constant.constant() instanceof TypeConstructorContext typed) {
      String type = typed.literalType().getText().toLowerCase(Locale.ROOT);
      String text = StringLiterals.unescape(typed.singleStringLitWithoutMarker().getText()).trim();
      if (type.equals("timestamp") || type.equals("timestamp_ltz")) {
        return parse(text, timeZone, true);
      }
      if (type.equals("date")) {
        return parse(text, timeZone, false);
      }
    }
    throw new DateTimeException("not a time");
  }

  private static long parse(String text, String timeZone, boolean timeOfDay) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches() || (!timeOfDay && matcher.group(2) != null)) {
      throw new DateTimeException("not a time");
    }
    LocalTime time =
        matcher.group(2) == null ? LocalTime.MIDNIGHT : LocalTime.parse(matcher.group(2));
    ZoneId zone = ZoneId.of(matcher.group(3) == null ? timeZone : matcher.group(3));
    return ZonedDateTime.of(LocalDate.parse(matcher.group(1)), time, zone)
        .toInstant()
        .toEpochMilli();
  }

  private static SluiceException unreadable(ParserRuleContext clause) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "For this table write the time as 'yyyy-MM-dd HH:mm:ss' or current_timestamp(): Sluice must"
            + " know which state of it is meant.",
        Identifiers.position(clause));
  }
}
