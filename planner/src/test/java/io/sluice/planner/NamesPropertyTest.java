package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** However a name is written, it means the same table. */
class NamesPropertyTest {

  private static final PlannerFixture PLANNER = PlannerFixture.tpch().as("analyst");

  @Provide
  Arbitrary<String> gap() {
    return Arbitraries.of(
        " ",
        "\n",
        "\t ",
        "/* from secret */",
        " -- from secret\n",
        "/* /* x */ , secret */",
        "\r\n");
  }

  @Provide
  Arbitrary<List<String>> names() {
    return Arbitraries.of(
        List.of("orders"), List.of("tpch", "orders"), List.of("lake", "tpch", "orders"));
  }

  @Property(tries = 300)
  void spaceCommentsAndQuotesChangeNothing(
      @ForAll("names") List<String> parts,
      @ForAll("gap") String first,
      @ForAll("gap") String second,
      @ForAll boolean quoted,
      @ForAll boolean upper) {
    StringBuilder name = new StringBuilder();
    for (String part : parts) {
      name.append(name.isEmpty() ? "" : second + "." + first);
      name.append(quoted ? "`" + part + "`" : part);
    }
    String keywords = upper ? "SELECT 1 FROM" : "select 1 from".toLowerCase(Locale.ROOT);
    Analysis.SparkQuery analysis = PLANNER.sql(first + keywords + second + name + first).analysis();
    assertThat(analysis.relations())
        .extracting(use -> use.table().toString())
        .containsExactly("lake.tpch.orders");
    assertThat(analysis.sql()).contains("FROM `lake`.`tpch`.`orders` AS").doesNotContain("secret");
  }

  @Property(tries = 300)
  void noNameLeavesItsQuotes(@ForAll String name) {
    // A name may be refused in many ways, but never becomes anything else than a name.
    String quoted = "`" + name.replace("`", "``") + "`";
    try {
      Analysis.SparkQuery analysis =
          PLANNER.sql("select 1 as " + quoted + " from nation as " + quoted).analysis();
      assertThat(analysis.relations()).hasSize(1);
      assertThat(analysis.sql()).endsWith(" as " + quoted);
    } catch (io.sluice.model.SluiceException refused) {
      assertThat(name).contains("${");
    }
  }
}
