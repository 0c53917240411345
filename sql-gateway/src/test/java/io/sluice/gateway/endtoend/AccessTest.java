package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.access;
import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.deny;
import static io.sluice.gateway.endtoend.Policy.groups;
import static io.sluice.gateway.endtoend.Policy.item;
import static io.sluice.gateway.endtoend.Policy.roles;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read what: denies and their exceptions, roles, tags, scripts, and single columns. */
class AccessTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String SELECT = "\"accesses\":[{\"type\":\"hive:select\"}]";

  private static ChangedPolicies policies;

  @BeforeAll
  static void applyPolicies() {
    policies = ChangedPolicies.in(GATEWAY);
    policies
        .with(
            "lake_userstore.json",
            """
                {"userAttrMapping":{"analyst":{"dept":"toys"},"intern":{"dept":"food"}},
                 "userGroupMapping":{"analyst":["eu"],"intern":["us"]}}
                """)
        .with(
            "lake_roles.json",
            """
                {"serviceName":"lake","rangerRoles":[
                  {"name":"reader","users":[],"roles":[{"name":"auditor"}]},
                  {"name":"auditor","groups":[{"name":"us"}]}]}
                """)
        .with("lake_tag.json", tags())
        .apply(
            // An exception of a deny, and a role that comes through another and a group.
            access(
                "tpch.region.*",
                "\"policyItems\":[%s],\"denyPolicyItems\":[%s],\"denyExceptions\":[%s]"
                    .formatted(
                        item(groups("public")), item(groups("public")), item(roles("reader")))),
            // Granted by name alone: the rest of the table is not.
            allow("tpch.nation.n_name", users("intern")),
            allow("tpch.nation.*", users("analyst")),
            deny("tpch.nation.*", groups("us", "nobody-at-all")),
            allow("tpch.supplier.s_name", users("intern")),
            // Scripts.
            access(
                "tpch.part.*",
                "\"policyItems\":[" + item(groups("public"), "USER.dept == 'toys'") + "]"),
            access(
                "tpch.partsupp.*",
                "\"policyItems\":[" + item(groups("public"), "IS_IN_GROUP('us')") + "]"),
            allow("tpch.supplier.*", users("analyst")),
            access(
                "tpch.supplier.s_phone",
                "\"denyPolicyItems\":["
                    + item(users("analyst"), "Java.type('java.lang.System').exit(1) == 1")
                    + "]"),
            allow("tpch.orders.*", users("analyst")),
            access(
                "tpch.orders.o_comment",
                "\"denyPolicyItems\":[" + item(users("analyst"), "nothing.there") + "]"),
            // Tagged below.
            allow("tpch.customer.*", users("analyst")),
            // A grant to a user of another spelling is nobody's.
            allow("tpch.lineitem.*", users("Analyst", "INTERN")));
  }

  @AfterAll
  static void putBack() {
    policies.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          intern  | select count(*) from region            | 5
          analyst | select count(*) from region            | tpch/region
          intern  | select count(*) from nation            | tpch/nation
          intern  | select n_name from nation              | tpch/nation
          analyst | select count(*) from nation            | 25
          intern  | select count(*) from supplier          | 100
          intern  | select count(s_name) from supplier     | 100
          intern  | select count(s_phone) from supplier    | tpch/supplier/s_phone
          intern  | select * from supplier                 | tpch/supplier/s_suppkey
          intern  | select count(*) from supplier where s_acctbal > 0 | tpch/supplier/s_acctbal
          analyst | select count(*) from part              | 2000
          intern  | select count(*) from part              | tpch/part
          intern  | select count(*) from partsupp          | 8000
          analyst | select count(*) from partsupp          | tpch/partsupp
          analyst | select count(*) from lineitem          | tpch/lineitem
          intern  | select count(*) from lineitem          | tpch/lineitem
          analyst | select count(c_address) from customer  | tpch/customer/c_address
          analyst | select max(c_phone) from customer      | null
          analyst | select count(c_name) from customer     | 1500
          intern  | select count(*) from customer          | tpch/customer
          admin   | select count(*) from customer          | 1500
          """)
  void policyDecides(String user, String query, String expected) throws SQLException {
    Connection connection = GATEWAY.shared(user);
    if (expected.startsWith("tpch/")) {
      assertThat(catchThrowable(() -> Rows.query(connection, query)))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(
              "[PERMISSION_DENIED] Permission denied: user [%s] does not have [select] privilege"
                      .formatted(user)
                  + " on ["
                  + expected
                  + "]");
    } else {
      assertThat(Rows.query(connection, query)).containsExactly(List.of(expected));
    }
  }

  /** Ranger would take the deny for absent. A script that reaches out of its engine fails too. */
  @ParameterizedTest
  @ValueSource(strings = {"select o_orderkey from orders", "select s_name from supplier"})
  void aDenyWhoseScriptFailsRefusesTheTable(String query) throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(catchThrowable(() -> Rows.query(connection, query)))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("[POLICY_UNAVAILABLE]");
    assertThat(Rows.query(connection, "select count(*) from nation"))
        .containsExactly(List.of("25"));
  }

  /** One column may not be read, and the phone is null. */
  private static String tags() {
    return """
        {"serviceName":"lake","tagVersion":1,
         "tagDefinitions":{"1":{"id":1,"name":"SECRET"},"2":{"id":2,"name":"PHONE"}},
         "tags":{"1":{"id":1,"type":"SECRET"},"2":{"id":2,"type":"PHONE"}},
         "serviceResources":[
          {"id":1,"resourceElements":{"database":{"values":["tpch"]},"table":{"values":["CUSTOMER"]},
            "column":{"values":["C_ADDRESS"]}}},
          {"id":2,"resourceElements":{"database":{"values":["tpch"]},"table":{"values":["customer"]},
            "column":{"values":["c_phone"]}}}],
         "resourceToTagIds":{"1":[1],"2":[2]},
         "tagPolicies":{"policies":[
          {"id":1,"resources":{"tag":{"values":["SECRET"]}},
           "denyPolicyItems":[{"users":["analyst"],%1$s}]},
          {"id":2,"policyType":1,"resources":{"tag":{"values":["PHONE"]}},
           "dataMaskPolicyItems":[{"users":["analyst"],%1$s,
            "dataMaskInfo":{"dataMaskType":"hive:MASK_NULL"}}]}]}}
        """
        .formatted(SELECT);
  }
}
