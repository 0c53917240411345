package io.sluice.gateway.avatica;

import io.sluice.gateway.statement.SparkDecimal;
import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Spark's types as JDBC's metadata calls list them, by JDBC's type codes in ascending order. */
enum SparkType {
  TINYINT(Types.TINYINT, 3),
  BIGINT(Types.BIGINT, 19),
  BINARY(Types.VARBINARY, Integer.MAX_VALUE),
  DECIMAL(Types.DECIMAL, 38),
  INT(Types.INTEGER, 10),
  SMALLINT(Types.SMALLINT, 5),
  FLOAT(Types.REAL, 7),
  DOUBLE(Types.DOUBLE, 15),
  STRING(Types.VARCHAR, Integer.MAX_VALUE),
  BOOLEAN(Types.BOOLEAN, 1),
  DATE(Types.DATE, 10),
  TIMESTAMP(Types.TIMESTAMP, 23),
  TIMESTAMP_NTZ(Types.TIMESTAMP, 23);

  private final int jdbcType;
  private final int size;

  SparkType(int jdbcType, int size) {
    this.jdbcType = jdbcType;
    this.size = size;
  }

  /** Returns the type of a Spark type's name; what Avatica has no type for travels as text. */
  static SparkType of(String name) {
    if (SparkDecimal.parse(name).isPresent()) {
      return DECIMAL;
    }
    return Arrays.stream(values())
        .filter(type -> type.sparkName().equals(name))
        .findFirst()
        .orElse(STRING);
  }

  int jdbcType() {
    return jdbcType;
  }

  /** Returns how many digits or characters a type has. */
  int size(String name) {
    return SparkDecimal.parse(name).map(SparkDecimal::precision).orElse(size);
  }

  /** Returns how many digits stand behind the point; null where there is none. */
  @Nullable Integer digits(String name) {
    if (this == TIMESTAMP || this == TIMESTAMP_NTZ) {
      return 3;
    }
    return SparkDecimal.parse(name).map(SparkDecimal::scale).orElse(isInteger() ? 0 : null);
  }

  /** Returns the rows of {@code getTypeInfo}. */
  static List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SparkType type : values()) {
      rows.add(type.row());
    }
    return rows;
  }

  private List<@Nullable Object> row() {
    String prefix =
        switch (this) {
          case STRING -> "'";
          case BINARY -> "X'";
          case DATE, TIMESTAMP, TIMESTAMP_NTZ -> sparkName() + " '";
          default -> null;
        };
    boolean number = isInteger() || this == DECIMAL || this == FLOAT || this == DOUBLE;
    return Arrays.asList(
        sparkName(),
        jdbcType,
        size,
        prefix,
        prefix == null ? null : "'",
        this == DECIMAL ? "precision,scale" : null,
        DatabaseMetaData.typeNullable,
        this == STRING,
        DatabaseMetaData.typeSearchable,
        !number,
        false,
        false,
        sparkName(),
        0,
        this == DECIMAL ? 38 : 0,
        null,
        null,
        number ? 10 : null);
  }

  private boolean isInteger() {
    return this == TINYINT || this == SMALLINT || this == INT || this == BIGINT;
  }

  private String sparkName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
