package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikePatternTest {

  private static LikePattern pattern(String text) {
    return LikePattern.of(
        ((org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTablesContext)
                SparkGrammar.parse("SHOW TABLES LIKE '" + text + "'"))
            .pattern);
  }

  @ParameterizedTest
  @CsvSource({
    "*,orders,true",
    "ORD*,orders,true",
    "*der*,orders,true",
    "ord*s,orders,true",
    "ord*x,orders,false",
    "orders,orders,true",
    "order,orders,false",
    "n.tion,nation,true",
    "n.tion,ntion,false",
    "a.*b,axxb,true",
    "a.*b,ab,false",
    "customer|orders,orders,true",
    "' orders ',orders,true",
    "'customer | orders',orders,false",
    "'',orders,false",
    "|,orders,false",
    "id[p,id[p,true",
    "(*,(x,true",
    "o%,orders,false",
    "**,orders,true",
    "*a*b*c*,xaybzc,true",
    "*a*b*c*,xaczb,false"
  })
  void matchesAsSparkDoes(String pattern, String name, boolean expected) {
    assertThat(pattern(pattern).matches(name)).isEqualTo(expected);
  }

  @Test
  void staysFastWhateverThePattern() {
    LikePattern pattern = pattern("*a".repeat(300) + "*b");

    Assertions.assertTimeout(
        Duration.ofSeconds(5), () -> assertThat(pattern.matches("a".repeat(2000))).isFalse());
  }
}
