package io.sluice.gateway.endtoend.equivalence;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The types of columns and of all generated expressions. Values come from small sets, so that joins
 * and groups find partners; sums of the doubles are exact in any order.
 */
enum ColumnType {
  INT("int", chance -> Integer.toString(chance.nextInt(-3, 8))),
  BIGINT("bigint", chance -> chance.nextInt(-2, 6) + "L"),
  TEXT("string", chance -> "'" + pick(chance, Texts.VALUES) + "'"),
  DECIMAL("decimal(8,2)", chance -> "cast('%d.25' as decimal(8,2))".formatted(chance.nextInt(7))),
  DOUBLE("double", chance -> chance.nextInt(5) + ".5D"),
  BOOLEAN("boolean", chance -> Boolean.toString(chance.nextBoolean())),
  DATE(
      "date", chance -> "date'202%d-0%d-11'".formatted(chance.nextInt(3, 6), chance.nextInt(1, 4))),
  TIMESTAMP(
      "timestamp",
      chance ->
          "timestamp'202%d-05-0%d 1%d:20:30'"
              .formatted(chance.nextInt(3, 5), chance.nextInt(1, 3), chance.nextInt(2))),
  STRUCT("struct<x:int,y:string>", ColumnType::struct),
  ARRAY(
      "array<int>",
      chance ->
          chance.nextInt(4) == 0
              ? "cast(array() as array<int>)"
              : "array(%d, %d)".formatted(chance.nextInt(4), chance.nextInt(4))),
  STRUCTS("array<struct<x:int,y:string>>", chance -> "array(" + struct(chance) + ")");

  private static final List<ColumnType> ALL = List.of(values());

  private final String sql;
  private final Function<SplittableRandom, String> literals;

  ColumnType(String sql, Function<SplittableRandom, String> literals) {
    this.sql = sql;
    this.literals = literals;
  }

  /** Strings with letters of every kind that masks treat differently, of all lengths about four. */
  private static final class Texts {
    static final List<String> VALUES =
        List.of("", "Ada 1", "bob-22", "ab", "abcd", "ABCDE", "Éclair9", "日本 7", "zz", "4711");
  }

  /** Returns the type's name in Spark's SQL. */
  String sql() {
    return sql;
  }

  /** Returns a literal, or a typed null. */
  String value(SplittableRandom chance) {
    return chance.nextInt(7) == 0 ? nothing() : literals.apply(chance);
  }

  String nothing() {
    return "cast(null as " + sql + ")";
  }

  static ColumnType any(SplittableRandom chance) {
    return pick(chance, ALL);
  }

  static <T> T pick(SplittableRandom chance, List<T> choices) {
    return choices.get(chance.nextInt(choices.size()));
  }

  private static String struct(SplittableRandom chance) {
    return "named_struct('x', %d, 'y', '%s')"
        .formatted(chance.nextInt(3), pick(chance, List.of("p", "q")));
  }
}
