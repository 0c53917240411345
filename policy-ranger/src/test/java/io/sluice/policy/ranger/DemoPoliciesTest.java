package io.sluice.policy.ranger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Principal;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableDecision.RowFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policies that the demo starts with say what the documentation says they say. */
class DemoPoliciesTest {

  private static final String[] CUSTOMER = {
    "c_custkey", "c_name", "c_address", "c_nationkey", "c_phone", "c_acctbal", "c_mktsegment",
  };

  private static PolicyFolder demo;

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException {
    Path file =
        Path.of(System.getProperty("sluice.root"))
            .resolve("sql-gateway/src/main/resources/demo/policies/lake.json");
    demo = PolicyFolder.in(folder).file("lake.json", Files.readString(file)).open();
    assertThat(demo.engine().health().problems()).isEmpty();
  }

  @AfterAll
  static void close() {
    demo.close();
  }

  @Test
  void adminReadsEverythingUnchanged() {
    TableDecision decision = demo.decide("admin", "tpch.customer", CUSTOMER);
    assertThat(decision.granted()).isTrue();
    assertThat(decision.isRestricted()).isFalse();
    assertThat(demo.decide("admin", "tpch.orders", "o_orderkey").isRestricted()).isFalse();
    assertThat(demo.decide("admin", "elsewhere.missing").granted()).isTrue();
  }

  @Test
  void adminSeesEverySchema() {
    assertThat(demo.engine().maySee(principal("admin"), "lake", "tpch")).isTrue();
    assertThat(demo.engine().maySee(principal("admin"), "lake", "elsewhere")).isTrue();
    assertThat(demo.engine().maySee(principal("admin"), "lake", "*")).isTrue();
  }

  @Test
  void analystReadsCustomersWithoutAddressesAndWithMasks() {
    TableDecision decision = demo.decide("analyst", "tpch.customer", CUSTOMER);
    assertThat(decision.granted()).isTrue();
    assertThat(decision.deniedColumns()).containsExactly("c_address");
    assertThat(decision.rowFilter()).isEmpty();
    assertThat(decision.masks())
        .containsOnlyKeys("c_phone", "c_acctbal")
        .containsEntry("c_phone", new ColumnMask("MASK_SHOW_LAST_4", Optional.empty(), "5"))
        .containsEntry("c_acctbal", new ColumnMask("MASK_NULL", Optional.empty(), "6"));
  }

  @Test
  void analystReadsUrgentAndHighOrdersOnly() {
    TableDecision decision = demo.decide("analyst", "tpch.orders", "o_orderkey", "o_orderpriority");
    assertThat(decision.deniedColumns()).isEmpty();
    assertThat(decision.masks()).isEmpty();
    assertThat(decision.rowFilter())
        .contains(new RowFilter("o_orderpriority in ('1-URGENT','2-HIGH')", "4"));
  }

  @Test
  void analystReadsTheOtherTablesOfTpchAndNothingElse() {
    assertThat(demo.decide("analyst", "tpch.lineitem", "l_orderkey").isRestricted()).isFalse();
    assertThat(demo.decide("analyst", "tpch.lineitem", "l_orderkey").granted()).isTrue();
    assertThat(demo.decide("analyst", "tpch.missing").granted()).isTrue();
    assertThat(demo.decide("analyst", "elsewhere.t", "c").granted()).isFalse();
    assertThat(demo.decide("analyst", "elsewhere.missing").granted()).isFalse();
    assertThat(demo.engine().maySee(principal("analyst"), "lake", "tpch")).isTrue();
    assertThat(demo.engine().maySee(principal("analyst"), "lake", "elsewhere")).isFalse();
    assertThat(demo.engine().maySee(principal("analyst"), "lake", "*")).isTrue();
  }

  @Test
  void internReadsNationAndRegionOnly() {
    assertThat(demo.decide("intern", "tpch.nation", "n_name").granted()).isTrue();
    assertThat(demo.decide("intern", "tpch.region", "r_name").granted()).isTrue();
    assertThat(demo.decide("intern", "tpch.orders", "o_orderkey").granted()).isFalse();
    assertThat(demo.decide("intern", "tpch.missing").granted()).isFalse();
    assertThat(demo.engine().maySee(principal("intern"), "lake", "tpch")).isTrue();
  }

  @Test
  void nobodyElseReadsOrSeesAnything() {
    assertThat(demo.decide("Admin", "tpch.nation", "n_name").granted()).isFalse();
    assertThat(demo.decide("guest", "tpch.nation", "n_name").granted()).isFalse();
    assertThat(demo.engine().maySee(principal("guest"), "lake", "tpch")).isFalse();
    assertThat(demo.engine().maySee(principal("guest"), "lake", "*")).isFalse();
  }

  @Test
  void anotherCatalogIsDenied() {
    assertThat(demo.engine().maySee(principal("admin"), "other", "*")).isFalse();
  }

  private static Principal principal(String name) {
    return new Principal(name, Set.of());
  }
}
