package io.sluice.gateway.hive;

import io.sluice.gateway.arrow.CellJson;
import io.sluice.gateway.arrow.CellText;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.util.Locale;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Values as Spark's own Thrift server writes them where Hive's protocol has texts alone: nested
 * ones as {@code [1,null]}, {@code {"key":1}} and {@code {"field":1}} with strings in quotes,
 * intervals as Hive's {@code 1-2} and {@code 1 02:03:04.000000000}.
 */
final class HiveText {

  private HiveText() {}

  /**
   * Returns the text of a value that is not null.
   *
   * @throws SluiceException {@code RESULT_TOO_LARGE} for a nested value with a text longer than
   *     {@link CellJson#LONGEST_TEXT}
   */
  static String of(ValueVector vector, int row) {
    StringBuilder text = new StringBuilder();
    append(text, vector, row, false);
    return text.toString();
  }

  private static void append(StringBuilder text, ValueVector vector, int row, boolean nested) {
    if (nested && text.length() > CellJson.LONGEST_TEXT) {
      throw CellJson.tooLong();
    }
    if (vector.isNull(row)) {
      text.append("null");
      return;
    }
    switch (vector.getMinorType()) {
      case MAP -> appendMap(text, (MapVector) vector, row);
      case LIST, LARGELIST, FIXED_SIZE_LIST -> appendList(text, (BaseListVector) vector, row);
      case STRUCT -> {
        text.append('{');
        String separator = "";
        for (FieldVector child : ((StructVector) vector).getChildrenFromFields()) {
          text.append(separator).append('"').append(child.getName()).append("\":");
          append(text, child, row, true);
          separator = ",";
        }
        text.append('}');
      }
      case VARCHAR, LARGEVARCHAR -> {
        String quote = nested ? "\"" : "";
        text.append(quote).append(vector.getObject(row)).append(quote);
      }
      case INTERVALYEAR -> text.append(yearMonth(((IntervalYearVector) vector).get(row)));
      case DURATION -> text.append(dayTime(((DurationVector) vector).getObject(row)));
      default -> text.append(CellText.of(vector, row));
    }
  }

  private static void appendMap(StringBuilder text, MapVector map, int row) {
    StructVector entries = (StructVector) map.getDataVector();
    ValueVector keys = entries.getChildrenFromFields().get(0);
    ValueVector values = entries.getChildrenFromFields().get(1);
    text.append('{');
    int start = map.getElementStartIndex(row);
    for (int entry = start; entry < map.getElementEndIndex(row); entry++) {
      text.append(entry == start ? "" : ",");
      append(text, keys, entry, true);
      text.append(':');
      append(text, values, entry, true);
    }
    text.append('}');
  }

  private static void appendList(StringBuilder text, BaseListVector list, int row) {
    ValueVector elements =
        list instanceof ListVector plain
            ? plain.getDataVector()
            : list instanceof LargeListVector large
                ? large.getDataVector()
                : ((FixedSizeListVector) list).getDataVector();
    text.append('[');
    int start = list.getElementStartIndex(row);
    for (int index = start; index < list.getElementEndIndex(row); index++) {
      text.append(index == start ? "" : ",");
      append(text, elements, index, true);
    }
    text.append(']');
  }

  private static String yearMonth(int months) {
    long size = Math.abs((long) months);
    return (months < 0 ? "-" : "") + size / 12 + "-" + size % 12;
  }

  private static String dayTime(Duration interval) {
    Duration size = interval.abs();
    return String.format(
        Locale.ROOT,
        "%s%d %02d:%02d:%02d.%09d",
        interval.isNegative() ? "-" : "",
        size.toDaysPart(),
        size.toHoursPart(),
        size.toMinutesPart(),
        size.toSecondsPart(),
        size.toNanosPart());
  }
}
