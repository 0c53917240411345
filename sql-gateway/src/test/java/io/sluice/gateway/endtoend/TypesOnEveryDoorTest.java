package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code docs/types.md} says of every type on every door. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TypesOnEveryDoorTest {

  /** The cells of each row of the two tables, by the value that they are of. */
  private static Map<String, List<String>> texts;

  private static Map<String, List<String>> types;
  private static Doors doors;

  @BeforeAll
  static void open() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("sluice.root"), "docs/types.md"));
    int second = page.indexOf("## Types");
    texts = table(page.substring(0, second));
    types = table(page.substring(second, page.indexOf("## Zones")));
    assertThat(types.keySet()).isEqualTo(texts.keySet()).hasSizeGreaterThan(30);
    doors = new Doors();
  }

  @AfterAll
  static void close() throws Exception {
    doors.close();
  }

  private static Map<String, List<String>> table(String page) {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    page.lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> List.of(line.substring(1, line.length() - 1).split("\\|")))
        .forEach(
            cells ->
                rows.put(
                    cells.get(0).replace("`", "").strip(),
                    cells.stream().skip(1).map(String::strip).toList()));
    return rows;
  }

  /** Returns one query of all values. */
  private static String query(String form, String from) {
    return texts.keySet().stream()
        .map(form::formatted)
        .collect(Collectors.joining(", ", "select ", from));
  }

  @ParameterizedTest
  @EnumSource
  void everyValueArrives(Door door) throws Exception {
    List<String> row = doors.at(door, "admin").rows(query("%s", "")).get(0);
    Map<String, String> expected = new LinkedHashMap<>();
    texts.forEach(
        (value, cells) -> {
          String own = cells.get(column(door));
          String text = own.isEmpty() ? cells.get(0) : own.replace("`", "");
          expected.put(value, text.equals("NULL") ? null : text);
        });
    assertThat(byValue(row)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsTold(Door door) throws Exception {
    Map<String, String> expected = new LinkedHashMap<>();
    types.forEach((value, cells) -> expected.put(value, cells.get(column(door) - 1)));
    assertThat(byValue(typesAt(door, query("%s", "")))).isEqualTo(expected);
  }

  /** Returns the number of a door's cell in a row of the first table. */
  private static int column(Door door) {
    return door == Door.FLIGHT ? 1 : door.isHive() ? 2 : door.isAvatica() ? 3 : 4;
  }

  private static Map<String, String> byValue(List<String> row) {
    Map<String, String> cells = new LinkedHashMap<>();
    for (String value : texts.keySet()) {
      cells.put(value, row.get(cells.size()));
    }
    return cells;
  }

  private static List<String> typesAt(Door door, String sql) throws Exception {
    if (doors.at(door, "admin") instanceof RestDoorClient rest) {
      return rest.client()
          .execute(sql)
          .path("manifest")
          .path("schema")
          .path("columns")
          .findValuesAsText("type_text");
    }
    try (Statement statement = jdbc(door).connection().createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      ResultSetMetaData columns = results.getMetaData();
      List<String> names = new ArrayList<>();
      for (int column = 1; column <= columns.getColumnCount(); column++) {
        JDBCType type = JDBCType.valueOf(columns.getColumnType(column));
        names.add(
            type == JDBCType.DECIMAL
                ? type + "(" + columns.getPrecision(column) + "," + columns.getScale(column) + ")"
                : type.toString());
      }
      return names;
    }
  }

  private static JdbcDoorClient jdbc(Door door) {
    return (JdbcDoorClient) doors.at(door, "admin");
  }

  @ParameterizedTest
  @EnumSource
  void nullOfEveryTypeIsNull(Door door) throws Exception {
    String sql = query("case when id < 0 then %s end", " from range(1)");
    assertThat(doors.at(door, "admin").rows(sql))
        .containsExactly(Collections.nCopies(texts.size(), null));
    assertThat(doors.at(door, "admin").rows("select null, cast(null as binary)"))
        .containsExactly(Collections.nCopies(2, null));
  }

  @ParameterizedTest
  @EnumSource
  void aResultWithoutRowsHasItsColumns(Door door) throws Exception {
    String sql = "select id as `a b`, 'x' as `ä`, 1 as `a b` from range(0)";
    // The Flight driver names them twice.
    assertThat(doors.at(door, "admin").columns(sql).subList(0, 3))
        .containsExactly("a b", "ä", "a b");
    assertThat(doors.at(door, "admin").rows(sql)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aResultWithoutRowsHasItsTypes(Door door) throws Exception {
    Map<String, String> expected = new LinkedHashMap<>();
    types.forEach((value, cells) -> expected.put(value, cells.get(column(door) - 1)));
    assertThat(byValue(typesAt(door, query("%s", " from range(0)")))).isEqualTo(expected);
  }

  /** Iceberg has no such types: it keeps strings. */
  @ParameterizedTest
  @EnumSource
  void charAndVarcharColumnsOfTablesAreStrings(Door door) throws Exception {
    DoorClient client = doors.at(door, "admin");
    String table = "lake.default.letters_" + door.name().toLowerCase(Locale.ROOT);
    try (FlightSqlSession admin =
        new FlightSqlSession(GatewayFixture.shared().grpcPort(), "admin")) {
      admin.query("create table " + table + " (c char(4), v varchar(4))");
      try {
        admin.query("insert into " + table + " values ('ab', 'ab'), ('abcdef', null), (null, '')");
        assertThat(client.rows("select * from " + table + " order by c nulls last"))
            .containsExactly(
                List.of("ab", "ab"), Arrays.asList("abcdef", null), Arrays.asList(null, ""));
        assertThat(typesAt(door, "select * from " + table))
            .containsExactly(
                types.get("''").get(column(door) - 1), types.get("''").get(column(door) - 1));
      } finally {
        admin.query("drop table " + table);
      }
    }
  }

  /** Several batches of Spark's, and several pages or frames of a client's. */
  @ParameterizedTest
  @EnumSource
  void manyRowsArriveInOrderWithTheirNulls(Door door) throws Exception {
    assertThat(
            doors
                .at(door, "admin")
                .rows(
                    "select id, if(id % 7 = 0, null, 'x' || id), if(id % 11 = 0, null, id * 0.5D)"
                        + " from range(0, 25000, 1, 3) order by id"))
        .isEqualTo(
            LongStream.range(0, 25_000)
                .mapToObj(
                    id -> {
                      List<String> row = new ArrayList<>();
                      row.add(Long.toString(id));
                      row.add(id % 7 == 0 ? null : "x" + id);
                      row.add(id % 11 == 0 ? null : Double.toString(id * 0.5));
                      return row;
                    })
                .toList());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REST")
  void typedGettersGiveTheValues(Door door) throws Exception {
    try (Statement statement = jdbc(door).connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "select true, -1Y, 2S, 3, 9007199254740993L, 1.5f, 2.5D,"
                    + " cast(1.20 as decimal(15,2)), date'1969-12-31',"
                    + " timestamp'2020-01-02 03:04:05.678', x'00ff'")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getBoolean(1)).isTrue();
      assertThat(row.getByte(2)).isEqualTo((byte) -1);
      assertThat(row.getShort(3)).isEqualTo((short) 2);
      assertThat(row.getInt(4)).isEqualTo(3);
      assertThat(row.getLong(5)).isEqualTo(9007199254740993L);
      assertThat(row.getFloat(6)).isEqualTo(1.5f);
      assertThat(row.getDouble(7)).isEqualTo(2.5);
      assertThat(row.getBigDecimal(8)).isEqualTo(new BigDecimal("1.20"));
      assertThat(row.getDate(9)).isEqualTo(Date.valueOf("1969-12-31"));
      assertThat(row.getTimestamp(10)).isEqualTo(Timestamp.valueOf("2020-01-02 03:04:05.678"));
      assertThat((byte[]) row.getObject(11)).containsExactly(0, 0xff);
      assertThat(row.next()).isFalse();
    }
  }
}
