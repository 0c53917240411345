package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TextPosition;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A place in the text for Spark is found in the user's own. */
class SourceMapTest {

  private final PlannerFixture analyst = PlannerFixture.tpch().as("analyst");

  /** Finds a marker of the rewritten text in the user's. */
  private Optional<TextPosition> find(String sql, String marker) {
    SourceMap source = analyst.sql(sql).analysis().source();
    String text = source.text();
    assertThat(text).contains(marker);
    int at = text.lastIndexOf(marker);
    int line = 1 + (int) text.substring(0, at).chars().filter(unit -> unit == '\n').count();
    int start = text.lastIndexOf('\n', at) + 1;
    return source.inSource(new TextPosition(line, text.codePointCount(start, at)));
  }

  @Test
  void behindAndBetweenReplacementsPlacesAreThoseOfTheUser() {
    String sql =
        "  select 1/0,\n    c_name from customer c, orders o where o.o_custkey > 1\n limit 5";
    assertThat(find(sql, "1/0")).contains(new TextPosition(1, 9));
    assertThat(find(sql, "c_name from")).contains(new TextPosition(2, 4));
    assertThat(find(sql, "o.o_custkey >")).contains(new TextPosition(2, 43));
    assertThat(find(sql, "limit")).contains(new TextPosition(3, 1));
  }

  @Test
  void whatThePoliciesPutThereIsNoPlaceOfTheUsers() {
    String sql = "select o_orderkey from orders";
    assertThat(find(sql, "'1-URGENT'")).isEmpty();
    assertThat(find(sql, "`lake`.`tpch`.`orders`")).isEmpty();
    SourceMap source = analyst.sql(sql).analysis().source();
    assertThat(source.inSource(new TextPosition(1, 10_000))).isEmpty();
    assertThat(source.inSource(new TextPosition(2, 0))).isEmpty();
    assertThat(source.inSource(new TextPosition(1, -1))).isEmpty();
  }

  @Test
  void charactersAreCodePointsAndCommentsAreLeftOut() {
    String sql = "select '😀😀' as a, /* 😀\n */ o_clerk as b from orders\nwhere '😀' = o_clerk";
    assertThat(find(sql, "as a")).contains(new TextPosition(1, 12));
    assertThat(find(sql, "o_clerk as b")).contains(new TextPosition(2, 4));
    assertThat(find(sql, "= o_clerk")).contains(new TextPosition(3, 10));
  }

  @Test
  void aTextThatIsNoUsersHasNoPlaces() {
    assertThat(SourceMap.ofOwn("select 1").inSource(new TextPosition(1, 0))).isEmpty();
  }
}
