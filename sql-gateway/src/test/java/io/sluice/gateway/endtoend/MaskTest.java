package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.customMask;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of mask, on every kind of column, as Spark computes it. */
class MaskTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");

  /** Each stands once in each column of texts. */
  private static final List<String> VALUES =
      Arrays.asList(
          "Ada Lovelace-7", "ÉVA Ørsted 42", "1234", "12345", "日本語 9 x", "😀abcde1", "", null);

  private static ExtraTables tables;
  private static ChangedPolicies policies;

  @BeforeAll
  static void makeTablesAndPolicies() {
    tables =
        ExtraTables.in(GATEWAY, "masks")
            .table(
                "texts",
                "select id, v as whole, v as last, v as first, v as hash, v as nothing, v as plain,"
                    + " v as custom, v as year from values "
                    + rows()
                    + " as t(id, v)")
            .table(
                "others",
                "select 1 as id, 42 as whole, 42L as last, 1.5D as first, true as hash,"
                    + " cast(7.25 as decimal(15,2)) as nothing, date'2024-05-17' as plain,"
                    + " cast(7.25 as decimal(15,2)) as custom, array('a', 'b') as list,"
                    + " named_struct('a', 1) as pair, date'2024-05-17' as day,"
                    + " timestamp'2024-05-17 12:34:56' as moment,"
                    + " timestamp_ntz'2024-05-17 12:34:56' as local, 42 as year, 5 as text");
    policies = ChangedPolicies.in(GATEWAY);
    policies.apply(
        allow("masks.*.*", ANALYST),
        mask("masks.*.whole", ANALYST, "MASK"),
        mask("masks.*.last", ANALYST, "MASK_SHOW_LAST_4"),
        mask("masks.*.first", ANALYST, "MASK_SHOW_FIRST_4"),
        mask("masks.*.hash", ANALYST, "MASK_HASH"),
        mask("masks.*.nothing", ANALYST, "MASK_NULL"),
        mask("masks.*.plain", ANALYST, "MASK_NONE"),
        mask("masks.*.year", ANALYST, "MASK_DATE_SHOW_YEAR"),
        mask("masks.others.list", ANALYST, "MASK"),
        mask("masks.others.pair", ANALYST, "MASK_HASH"),
        mask("masks.others.day", ANALYST, "MASK_DATE_SHOW_YEAR"),
        mask("masks.others.moment", ANALYST, "MASK_DATE_SHOW_YEAR"),
        mask("masks.others.local", ANALYST, "MASK_DATE_SHOW_YEAR"),
        customMask("masks.texts.custom", ANALYST, "concat(left({col}, 1), '~', id)"),
        customMask("masks.others.custom", ANALYST, "{col} * 2.0004"),
        customMask("masks.others.text", ANALYST, "concat({col}, '0')"));
  }

  @AfterAll
  static void putBack() throws Exception {
    policies.close();
    tables.close();
  }

  @Test
  void aWholeTextLosesItsLettersAndDigits() throws SQLException {
    assertThat(column("whole")).isEqualTo(expected(value -> hide(value, true)));
    assertThat(column("whole"))
        .startsWith("Xxx Xxxxxxxx-n", "XXX Xxxxxx nn", "nnnn", "nnnnn", "xxx n x");
  }

  @Test
  void theLastOrFirstFourStayUnlessThatIsAll() throws SQLException {
    assertThat(column("last"))
        .isEqualTo(
            expected(
                value -> {
                  int cut = value.offsetByCodePoints(value.length(), -Math.min(4, length(value)));
                  return cut == 0
                      ? hide(value, false)
                      : hide(value.substring(0, cut), false) + value.substring(cut);
                }));
    assertThat(column("last")).startsWith("xxx xxxxxxce-7", "xxx xxxxxd 42", "xxxx", "x2345");
    assertThat(column("first"))
        .isEqualTo(
            expected(
                value -> {
                  int cut = value.offsetByCodePoints(0, Math.min(4, length(value)));
                  return cut == value.length()
                      ? hide(value, false)
                      : value.substring(0, cut) + hide(value.substring(cut), false);
                }));
    assertThat(column("first")).startsWith("Ada xxxxxxxx-x", "ÉVA xxxxxx xx", "xxxx", "1234x");
  }

  @Test
  void hashesCustomMasksAndNullsAreWhatSparkGivesForThemByHand() throws SQLException {
    String hand =
        "select sha2(hash, 256), cast(null as string), plain, left(custom, 1) || '~' || id,"
            + " cast(null as string) from lake.masks.texts order by id";
    Connection connection = GATEWAY.shared("analyst");
    assertThat(
            Rows.query(
                connection,
                "select hash, nothing, plain, custom, year from masks.texts order by id"))
        .isEqualTo(tables.spark().rows(hand))
        .element(0)
        .satisfies(row -> assertThat(row.get(2)).isEqualTo("Ada Lovelace-7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          whole   | null
          last    | null
          first   | null
          hash    | null
          nothing | null
          plain   | 2024-05-17
          custom  | 14.50
          list    | null
          pair    | null
          day     | 2024-01-01
          moment  | 2024-01-01 00:00:00
          local   | 2024-01-01 00:00:00
          year    | null
          text    | 50
          """)
  void whatIsNoTextKeepsItsType(String column, String expected) throws SQLException {
    Connection analyst = GATEWAY.shared("analyst");
    Connection admin = GATEWAY.shared("admin");
    String text =
        column.equals("list") || column.equals("pair")
            ? "to_json(" + column + ")"
            : "cast(" + column + " as string)";
    assertThat(Rows.query(analyst, "select " + text + " from masks.others"))
        .containsExactly(List.of(expected));
    String query = "select " + column + " from masks.others";
    assertThat(type(analyst, query)).isEqualTo(type(admin, query));
    assertThat(Rows.query(analyst, "select typeof(" + column + ") from masks.others"))
        .isEqualTo(Rows.query(admin, "select typeof(" + column + ") from masks.others"));
  }

  @Test
  void aMaskHoldsWhereverTheColumnStands() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    for (String query :
        List.of(
            "select count(*) from masks.texts where whole = 'Ada Lovelace-7'",
            "select count(*) from masks.texts a join (select 'Ada Lovelace-7' as v) b"
                + " on a.whole = b.v",
            "select count(*) from masks.texts where substr(last, 1, 3) = 'Ada'",
            "select count(*) from (select whole from masks.texts group by whole"
                + " having whole like 'Ada%')",
            "select count(*) from masks.texts where nothing is not null",
            "with t as (select whole as w from masks.texts union all select last from masks.texts)"
                + " select count(*) from t where w like '%Ada%'",
            "from masks.texts |> where whole like 'A%' |> aggregate count(*)",
            "select count(*) from masks.texts where concat(whole, 'x') = 'Ada Lovelace-7x'")) {
      assertThat(Rows.query(connection, query)).as(query).containsExactly(List.of("0"));
    }
  }

  private static List<String> column(String name) throws SQLException {
    try (Statement statement = GATEWAY.shared("analyst").createStatement();
        ResultSet results =
            statement.executeQuery("select " + name + " from masks.texts order by id")) {
      List<String> values = new ArrayList<>();
      while (results.next()) {
        values.add(results.getString(1));
      }
      return values;
    }
  }

  private static List<String> type(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(query)) {
      ResultSetMetaData columns = results.getMetaData();
      return Stream.of(
              columns.getColumnTypeName(1),
              columns.getColumnClassName(1),
              columns.getPrecision(1),
              columns.getScale(1))
          .map(Objects::toString)
          .toList();
    }
  }

  private static List<String> expected(UnaryOperator<String> mask) {
    return VALUES.stream().map(value -> value == null ? null : mask.apply(value)).toList();
  }

  /** The rule in the words of the documentation, without a regular expression. */
  private static String hide(String text, boolean byKind) {
    StringBuilder hidden = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (!Character.isLetterOrDigit(c)) {
                hidden.appendCodePoint(c);
              } else if (byKind && Character.isDigit(c)) {
                hidden.append('n');
              } else {
                hidden.append(byKind && Character.isUpperCase(c) ? 'X' : 'x');
              }
            });
    return hidden.toString();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String rows() {
    List<String> rows = new ArrayList<>();
    for (String value : VALUES) {
      rows.add("(%d, %s)".formatted(rows.size(), value == null ? "null" : "'" + value + "'"));
    }
    return String.join(", ", rows);
  }
}
