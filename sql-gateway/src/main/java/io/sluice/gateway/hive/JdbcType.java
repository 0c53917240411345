package io.sluice.gateway.hive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Spark's types as JDBC's metadata tells them, in the order of GetTypeInfo. */
enum JdbcType {
  BOOLEAN("boolean", 16, 1),
  TINYINT("tinyint", -6, 3),
  SMALLINT("smallint", 5, 5),
  INT("int", 4, 10),
  BIGINT("bigint", -5, 19),
  FLOAT("float", 6, 7),
  DOUBLE("double", 8, 15),
  STRING("string", 12, Integer.MAX_VALUE),
  BINARY("binary", -2, Integer.MAX_VALUE),
  DECIMAL("decimal", 3, 38),
  DATE("date", 91, 10),
  TIMESTAMP("timestamp", 93, 29),
  TIMESTAMP_NTZ("timestamp_ntz", 93, 29),
  ARRAY("array", 2003, Integer.MAX_VALUE),
  MAP("map", 2000, Integer.MAX_VALUE),
  STRUCT("struct", 2002, Integer.MAX_VALUE);

  private static final Pattern PARAMETERS = Pattern.compile("\\((\\d+)(?:,\\s*(\\d+))?\\)");
  private static final short NULLABLE = 1;
  private static final short SEARCHABLE = 3;

  private final String sparkName;
  private final int code;
  private final int size;

  JdbcType(String sparkName, int code, int size) {
    this.sparkName = sparkName;
    this.code = code;
    this.size = size;
  }

  /** Returns the rows of GetTypeInfo. */
  static List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (JdbcType type : values()) {
      rows.add(type.row());
    }
    return rows;
  }

  /** Returns the type of a name as Spark writes it, for example {@code decimal(15,2)}. */
  static JdbcType named(String sparkType) {
    String name = sparkType.split("[(<]", 2)[0].toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(type -> type.sparkName.equals(name))
        .findFirst()
        .orElse(STRING);
  }

  /** Returns JDBC's number for it. */
  int code() {
    return code;
  }

  /** Returns how many digits or characters a column of the type has. */
  int size(String sparkType) {
    return parameter(sparkType, 1).orElse(size);
  }

  /** Returns how many digits stand behind the point; null for what is no number. */
  @Nullable Integer digits(String sparkType) {
    return switch (this) {
      case TINYINT, SMALLINT, INT, BIGINT -> 0;
      case FLOAT -> 7;
      case DOUBLE -> 15;
      case DECIMAL -> parameter(sparkType, 2).orElse(0);
      case TIMESTAMP, TIMESTAMP_NTZ -> 6;
      default -> null;
    };
  }

  @Nullable Integer radix() {
    return isNumber() ? 10 : null;
  }

  private boolean isNumber() {
    return switch (this) {
      case TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }

  private static Optional<Integer> parameter(String sparkType, int group) {
    Matcher matcher = PARAMETERS.matcher(sparkType);
    return sparkType.indexOf('<') < 0 && matcher.find()
        ? Optional.ofNullable(matcher.group(group)).map(Integer::valueOf)
        : Optional.empty();
  }

  private List<@Nullable Object> row() {
    return Arrays.asList(
        sparkName.toUpperCase(Locale.ROOT),
        code,
        size,
        this == STRING ? "'" : null,
        this == STRING ? "'" : null,
        this == DECIMAL ? "precision,scale" : null,
        NULLABLE,
        this == STRING,
        SEARCHABLE,
        !isNumber(),
        false,
        false,
        null,
        (short) 0,
        (short) (this == DECIMAL ? 38 : 0),
        null,
        null,
        radix());
  }
}
