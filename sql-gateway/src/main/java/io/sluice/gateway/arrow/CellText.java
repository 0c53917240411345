package io.sluice.gateway.arrow;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.PeriodDuration;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/** A value as Spark's SQL prints it; nested values as JSON. */
public final class CellText {

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private CellText() {}

  /** Returns the text, or null for SQL's NULL. */
  public static @Nullable String of(ValueVector vector, int row) {
    return vector.isNull(row) ? null : ofValue(vector, row);
  }

  private static String ofValue(ValueVector vector, int row) {
    switch (vector.getMinorType()) {
      case LIST, LARGELIST, FIXED_SIZE_LIST, MAP, STRUCT -> {
        return CellJson.text(vector, row);
      }
      case DATEDAY -> {
        return LocalDate.ofEpochDay(((DateDayVector) vector).get(row)).toString();
      }
      case TIMESTAMPSEC,
          TIMESTAMPMILLI,
          TIMESTAMPMICRO,
          TIMESTAMPNANO,
          TIMESTAMPSECTZ,
          TIMESTAMPMILLITZ,
          TIMESTAMPMICROTZ,
          TIMESTAMPNANOTZ -> {
        return timestamp((TimeStampVector) vector, row);
      }
      case TIMENANO, TIMEMICRO -> {
        long value = ((Number) objectAt(vector, row)).longValue();
        boolean micros = vector.getMinorType() == MinorType.TIMEMICRO;
        return LocalTime.ofNanoOfDay(micros ? Math.multiplyExact(value, 1_000L) : value)
            .format(TIME);
      }
      default -> {
        return ofObject(objectAt(vector, row));
      }
    }
  }

  private static Object objectAt(ValueVector vector, int row) {
    Object value = vector.getObject(row);
    if (value == null) {
      throw new IllegalStateException("A value that is not null has none.");
    }
    return value;
  }

  private static String ofObject(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return "[" + HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes) + "]";
    }
    if (value instanceof Period period) {
      return "INTERVAL '" + yearMonth(period.toTotalMonths()) + "' YEAR TO MONTH";
    }
    if (value instanceof Duration duration) {
      return "INTERVAL '" + dayTime(duration) + "' DAY TO SECOND";
    }
    if (value instanceof PeriodDuration interval) {
      return calendarInterval(interval);
    }
    if (value instanceof LocalDateTime time) {
      return dateTime(time);
    }
    return value.toString();
  }

  private static String timestamp(TimeStampVector vector, int row) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) vector.getField().getType();
    long perSecond = perSecond(type.getUnit());
    long value = vector.get(row);
    long seconds = Math.floorDiv(value, perSecond);
    long nanos = Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond);
    ZoneId zone = type.getTimezone() == null ? ZoneOffset.UTC : ZoneId.of(type.getTimezone());
    return dateTime(LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds, nanos), zone));
  }

  private static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1L;
      case MILLISECOND -> 1_000L;
      case MICROSECOND -> 1_000_000L;
      case NANOSECOND -> 1_000_000_000L;
    };
  }

  private static String dateTime(LocalDateTime time) {
    return time.toLocalDate() + " " + time.toLocalTime().format(TIME);
  }

  private static String yearMonth(long months) {
    long size = Math.abs(months);
    return (months < 0 ? "-" : "") + size / 12 + "-" + size % 12;
  }

  private static String dayTime(Duration duration) {
    Duration size = duration.abs();
    String sign = duration.isNegative() ? "-" : "";
    LocalTime rest = LocalTime.MIDNIGHT.plus(size.minusDays(size.toDays()));
    return sign + size.toDays() + " " + rest.format(TIME);
  }

  private static String calendarInterval(PeriodDuration interval) {
    StringBuilder text = new StringBuilder();
    long months = interval.getPeriod().toTotalMonths();
    append(text, months / 12, "years");
    append(text, months % 12, "months");
    append(text, interval.getPeriod().getDays(), "days");
    Duration time = interval.getDuration();
    append(text, time.toHours(), "hours");
    append(text, time.toMinutesPart(), "minutes");
    Duration rest = time.minusHours(time.toHours()).minusMinutes(time.toMinutesPart());
    if (!rest.isZero()) {
      BigDecimal seconds =
          BigDecimal.valueOf(rest.getSeconds()).add(BigDecimal.valueOf(rest.getNano(), 9));
      text.append(seconds.stripTrailingZeros().toPlainString()).append(" seconds ");
    }
    return text.isEmpty() ? "0 seconds" : text.substring(0, text.length() - 1);
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number != 0) {
      text.append(number).append(' ').append(unit).append(' ');
    }
  }
}
