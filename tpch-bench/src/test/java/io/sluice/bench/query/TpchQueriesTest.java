package io.sluice.bench.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TpchQueriesTest {

  private static final Pattern FROM_LIST =
      Pattern.compile(
          "FROM\\s+([a-z0-9_]+(?:\\s+[a-z][a-z0-9]*)?(?:,\\s*[a-z0-9_]+(?:\\s+[a-z][a-z0-9]*)?)*)");

  @Test
  void allTwentyTwoAreThereAndDifferent() {
    Set<String> texts = new HashSet<>();
    for (int number = 1; number <= TpchQueries.COUNT; number++) {
      String text = TpchQueries.text(number);
      assertThat(text).matches("(?s)(SELECT|WITH)\\s.*").doesNotContain(";").doesNotContain("?");
      texts.add(text);
    }
    assertThat(texts).hasSize(22);
    assertThatThrownBy(() -> TpchQueries.text(23)).hasMessageContaining("1 to 22");
    assertThatThrownBy(() -> TpchQueries.text(0)).hasMessageContaining("1 to 22");
  }

  @Test
  void tableNamesHaveOnePart() {
    Set<String> tables = new HashSet<>();
    for (int number = 1; number <= TpchQueries.COUNT; number++) {
      Matcher list = FROM_LIST.matcher(TpchQueries.text(number));
      while (list.find()) {
        for (String relation : list.group(1).split(",\\s*")) {
          tables.add(relation.split("\\s+")[0]);
        }
      }
    }
    // l_shipdate and its like come from extract(YEAR FROM …).
    tables.removeIf(name -> name.matches("[lo]_.*"));
    assertThat(tables)
        .containsExactlyInAnyOrder(
            "customer",
            "lineitem",
            "nation",
            "orders",
            "part",
            "partsupp",
            "region",
            "revenue",
            "supplier");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "1, INTERVAL '90' DAY",
        "2, '%BRASS'",
        "3, 'BUILDING'",
        "4, DATE '1993-07-01'",
        "5, 'ASIA'",
        "6, l_quantity < 24",
        "7, 'FRANCE'",
        "8, 'ECONOMY ANODIZED STEEL'",
        "9, '%green%'",
        "10, DATE '1993-10-01'",
        "11, 0.0001",
        "12, 'MAIL'",
        "13, '%special%requests%'",
        "14, DATE '1995-09-01'",
        "15, DATE '1996-01-01'",
        "16, 'Brand#45'",
        "17, 'MED BOX'",
        "18, > 300",
        "19, 'Brand#34'",
        "20, 'forest%'",
        "21, 'SAUDI ARABIA'",
        "22, '13'"
      })
  void parametersAreThoseOfTheValidationRun(int number, String parameter) {
    assertThat(TpchQueries.text(number)).contains(parameter);
  }

  @Test
  void rowsAreComparedAsMultisets() {
    List<List<String>> rows = List.of(List.of("a", "1"), List.of("a", "1"), List.of("b", "2"));
    List<List<String>> turned = List.of(List.of("b", "2"), List.of("a", "1"), List.of("a", "1"));
    assertThat(RowsCheck.compare(3, rows, turned)).isEmpty();

    List<List<String>> other = List.of(List.of("b", "2"), List.of("b", "2"), List.of("a", "1"));
    assertThat(RowsCheck.compare(3, rows, other)).hasValue("only on the right: [b, 2]");
    assertThat(RowsCheck.compare(3, rows, rows.subList(0, 2))).hasValue("3 rows and 2");
    assertThat(RowsCheck.compare(1, rows, rows)).hasValue("3 rows, not 4");
  }
}
