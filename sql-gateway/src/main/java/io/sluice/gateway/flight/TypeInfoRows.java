package io.sluice.gateway.flight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Spark's types as GetXdbcTypeInfo lists them, by JDBC's type codes in ascending order. */
enum TypeInfoRows {
  BOOLEAN(-7, 1, Look.PLAIN),
  TINYINT(-6, 3, Look.EXACT),
  BIGINT(-5, 19, Look.EXACT),
  BINARY(-3, Integer.MAX_VALUE, Look.BYTES),
  DECIMAL(3, 38, Look.SCALED),
  INT(4, 10, Look.EXACT),
  SMALLINT(5, 5, Look.EXACT),
  FLOAT(7, 7, Look.APPROXIMATE),
  DOUBLE(8, 15, Look.APPROXIMATE),
  STRING(12, Integer.MAX_VALUE, Look.TEXT),
  DATE(91, 10, Look.DAY),
  TIMESTAMP(93, 26, Look.TIME),
  TIMESTAMP_NTZ(93, 26, Look.TIME);

  /** ODBC's SQL_DATETIME, under which dates and times have a subcode of their own. */
  private static final int VERBOSE_DATETIME = 9;

  private static final int UNBOUNDED = Integer.MAX_VALUE;
  private static final int NULLABLE = 1;
  private static final int FULLY_SEARCHABLE = 3;

  private final int jdbcType;
  private final int size;
  private final Look look;

  TypeInfoRows(int jdbcType, int size, Look look) {
    this.jdbcType = jdbcType;
    this.size = size;
    this.look = look;
  }

  private enum Look {
    PLAIN,
    EXACT,
    SCALED,
    APPROXIMATE,
    TEXT,
    BYTES,
    DAY,
    TIME
  }

  /** Returns the rows of all types, or of those with one JDBC type code. */
  static List<List<@Nullable Object>> of(Optional<Integer> dataType) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (TypeInfoRows type : values()) {
      if (dataType.isEmpty() || dataType.get() == type.jdbcType) {
        rows.add(type.row());
      }
    }
    return rows;
  }

  /**
   * Returns how many digits or characters a Spark type has, where its name does not say; empty
   * where there is no bound.
   */
  static Optional<Integer> size(String sparkType) {
    return Arrays.stream(values())
        .filter(type -> type.sparkName().equals(sparkType))
        .map(type -> type.size)
        .filter(size -> size < UNBOUNDED)
        .findFirst();
  }

  private String sparkName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private List<@Nullable Object> row() {
    boolean number = look == Look.EXACT || look == Look.SCALED || look == Look.APPROXIMATE;
    boolean dated = look == Look.DAY || look == Look.TIME;
    String prefix =
        switch (look) {
          case TEXT -> "'";
          case BYTES -> "X'";
          case DAY, TIME -> sparkName() + " '";
          default -> null;
        };
    return Arrays.asList(
        sparkName(),
        jdbcType,
        size,
        prefix,
        prefix == null ? null : "'",
        look == Look.SCALED ? List.of("precision", "scale") : null,
        NULLABLE,
        look == Look.TEXT,
        FULLY_SEARCHABLE,
        number ? Boolean.FALSE : null,
        false,
        number ? Boolean.FALSE : null,
        sparkName(),
        look == Look.SCALED || look == Look.EXACT ? Integer.valueOf(0) : null,
        look == Look.SCALED ? Integer.valueOf(38) : look == Look.EXACT ? Integer.valueOf(0) : null,
        dated ? VERBOSE_DATETIME : jdbcType,
        look == Look.DAY ? Integer.valueOf(1) : look == Look.TIME ? Integer.valueOf(3) : null,
        number ? Integer.valueOf(10) : null,
        null);
  }
}
