package io.sluice.gateway.hive;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;

/**
 * The texts of {@link HiveText} for the two types that most numbers and days of a lakehouse have,
 * written digit by digit: a String for each value would be most of what a page costs.
 */
final class DirectText {

  /** The digits that fit a long. */
  static final int MOST_DIGITS = 18;

  private static final int DECIMAL_BYTES = 16;
  private static final int LAST_SHORT_YEAR = 9999;
  private static final int DATE_LENGTH = 10;

  private DirectText() {}

  /** Writes decimals of at most {@link #MOST_DIGITS} digits, an empty text for a null. */
  static void decimals(ReplyBuffer out, DecimalVector vector, int first, int end) {
    ArrowBuf values = vector.getDataBuffer();
    int scale = vector.getScale();
    for (int row = first; row < end; row++) {
      if (vector.isNull(row)) {
        out.int32(0);
      } else {
        // Little-endian; the higher half is but the sign again.
        decimal(out, values.getLong((long) DECIMAL_BYTES * row), scale);
      }
    }
  }

  private static void decimal(ReplyBuffer out, long unscaled, int scale) {
    long rest = Math.abs(unscaled);
    int whole = Math.max(1, digits(rest) - scale);
    int sign = unscaled < 0 ? 1 : 0;
    int length = sign + whole + (scale > 0 ? 1 + scale : 0);
    out.int32(length);
    int start = out.claim(length);
    byte[] bytes = out.array();
    int at = start + length;
    if (scale > 0) {
      rest = digits(bytes, at, scale, rest);
      at -= scale + 1;
      bytes[at] = '.';
    }
    digits(bytes, at, whole, rest);
    if (sign > 0) {
      bytes[start] = '-';
    }
  }

  /** Writes dates, an empty text for a null. */
  static void dates(ReplyBuffer out, DateDayVector vector, int first, int end) {
    for (int row = first; row < end; row++) {
      if (vector.isNull(row)) {
        out.int32(0);
        continue;
      }
      LocalDate date = LocalDate.ofEpochDay(vector.get(row));
      if (date.getYear() < 0 || date.getYear() > LAST_SHORT_YEAR) {
        out.binary(date.toString().getBytes(StandardCharsets.US_ASCII));
        continue;
      }
      out.int32(DATE_LENGTH);
      int start = out.claim(DATE_LENGTH);
      byte[] bytes = out.array();
      digits(bytes, start + 4, 4, date.getYear());
      bytes[start + 4] = '-';
      digits(bytes, start + 7, 2, date.getMonthValue());
      bytes[start + 7] = '-';
      digits(bytes, start + DATE_LENGTH, 2, date.getDayOfMonth());
    }
  }

  /** Writes the last so many digits of a number before a place, and returns those before them. */
  private static long digits(byte[] bytes, int end, int count, long number) {
    long rest = number;
    for (int at = end - 1; at >= end - count; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return rest;
  }

  private static int digits(long number) {
    int count = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      count++;
    }
    return count;
  }
}
