package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.access;
import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.deny;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A table whose column {@code ssn}, of which the policies speak, was renamed past them by another
 * engine, to {@code tax_no}; it holds values that begin with LEAK. The table has a new column
 * {@code ssn} besides, and one {@code card} of which policies speak was dropped.
 */
class RenamedColumnTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");
  private static final String EVERYTHING = allow("moved.*.*", ANALYST);

  private static ExtraTables tables;

  @BeforeAll
  static void makeTheTable() throws SQLException {
    tables =
        ExtraTables.in(GATEWAY, "moved")
            .table(
                "emp",
                "select 1 as id, 'LEAK-1' as ssn, 'c1' as card union all select 2, 'LEAK-2', 'c2'");
    Connection admin = GATEWAY.connect("admin");
    assertThat(Rows.query(admin, "select ssn from moved.emp")).hasSize(2);
    tables.spark().run("alter table lake.moved.emp rename column ssn to tax_no");
    tables.spark().run("alter table lake.moved.emp drop column card");
    tables.spark().run("alter table lake.moved.emp add column ssn string");
    // What others commit shows within a second.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> Rows.query(admin, "show columns in moved.emp"),
            List.of(List.of("id"), List.of("tax_no"), List.of("ssn"))::equals);
    admin.close();
  }

  @AfterAll
  static void dropTheTable() {
    tables.close();
  }

  @Test
  void aDeniedColumnStaysDenied() throws SQLException {
    try (ChangedPolicies policies =
        apply(EVERYTHING, deny("moved.emp.ssn", ANALYST), deny("moved.emp.card", ANALYST))) {
      Connection analyst = GATEWAY.shared("analyst");
      assertThat(Rows.query(analyst, "select id from moved.emp order by id"))
          .containsExactly(List.of("1"), List.of("2"));
      for (String sql :
          List.of(
              "select tax_no from moved.emp",
              "select * from moved.emp",
              "table moved.emp",
              "select count(*) from moved.emp where tax_no like 'LEAK%'",
              "select id from moved.emp order by tax_no",
              "select x.tax_no from (select * from moved.emp) x",
              "select tax_no from moved.emp version as of 'main'")) {
        assertThatThrownBy(() -> Rows.query(analyst, sql))
            .as(sql)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("[select] privilege on [moved/emp/tax_no]")
            .satisfies(e -> assertThat(e.getMessage().replace(sql, "")).doesNotContain("LEAK-"));
      }
      assertThatThrownBy(
              () -> Rows.query(analyst, "select ssn from moved.emp timestamp as of '2999-01-01'"))
          .hasMessageContaining("[select] privilege on [moved/emp/ssn]");
      assertThatThrownBy(() -> Rows.query(analyst, "select * from moved.emp.files"))
          .hasMessageContaining("PERMISSION_DENIED");
      assertThat(Rows.query(analyst, "describe moved.emp").toString()).doesNotContain("tax_no");
      assertThat(Rows.query(analyst, "show columns in moved.emp")).containsExactly(List.of("id"));
      try (ResultSet columns = analyst.getMetaData().getColumns(null, "moved", "emp", "%")) {
        List<String> names = new ArrayList<>();
        while (columns.next()) {
          names.add(columns.getString("COLUMN_NAME"));
        }
        assertThat(names).containsExactly("id");
      }
    }
  }

  @Test
  void aMaskedColumnStaysMasked() throws SQLException {
    try (ChangedPolicies policies = apply(EVERYTHING, mask("moved.emp.ssn", ANALYST, "MASK"))) {
      Connection analyst = GATEWAY.shared("analyst");
      assertThat(Rows.query(analyst, "select tax_no from moved.emp"))
          .containsExactly(List.of("XXXX-n"), List.of("XXXX-n"));
      assertThat(Rows.query(analyst, "select 1 from moved.emp where tax_no like 'LEAK%'"))
          .isEmpty();
    }
  }

  /** As an expression that names the column does, which cannot be applied then. */
  @Test
  void aFilterOnTheOldNameMakesTheTableUnreadable() throws SQLException {
    tables.table("logins", "select 1 as id, 'LEAK-1' as owner");
    tables.spark().run("alter table lake.moved.logins rename column owner to boss");
    try (ChangedPolicies policies =
        apply(EVERYTHING, filter("moved.logins", ANALYST, "owner = 'me'"))) {
      assertThatThrownBy(() -> Rows.query(GATEWAY.shared("analyst"), "select id from moved.logins"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("POLICY_INVALID");
    }
  }

  @Test
  void aWriteThatTheOldNameWasDeniedStaysDenied() throws SQLException {
    String update = "{" + ANALYST + ",\"accesses\":[{\"type\":\"update\"}]}";
    Connection analyst = GATEWAY.shared("analyst");
    String sql = "update moved.emp set tax_no = 'x' where id > 5";
    String all = access("moved.emp.*", "\"policyItems\":[" + update + "]");
    try (ChangedPolicies policies = apply(EVERYTHING, all)) {
      try (Statement statement = analyst.createStatement()) {
        statement.executeUpdate(sql);
      }
      policies.apply(
          EVERYTHING, all, access("moved.emp.ssn", "\"denyPolicyItems\":[" + update + "]"));
      assertThatThrownBy(() -> Rows.query(analyst, sql))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("[update] privilege on [moved/emp");
    }
  }

  @Test
  void policiesOfColumnsThatTheTableHasNoMoreOrNeverHadHideNothing() throws SQLException {
    try (ChangedPolicies policies =
        apply(
            EVERYTHING,
            deny("moved.emp.card", ANALYST),
            mask("moved.emp.never", ANALYST, "MASK"))) {
      assertThat(
              Rows.query(
                  GATEWAY.shared("analyst"), "select id, tax_no, ssn from moved.emp order by id"))
          .containsExactly(List.of("1", "LEAK-1", "null"), List.of("2", "LEAK-2", "null"));
    }
  }

  private static ChangedPolicies apply(String... policies) {
    return ChangedPolicies.in(GATEWAY).apply(policies);
  }
}
