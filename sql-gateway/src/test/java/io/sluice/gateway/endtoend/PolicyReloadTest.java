package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.customMask;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.groups;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that change, are broken, or do not fit the tables that there are. */
class PolicyReloadTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");

  private ChangedPolicies policies;

  @BeforeEach
  void start() {
    policies = ChangedPolicies.in(GATEWAY);
  }

  @AfterEach
  void putBack() {
    policies.close();
  }

  @Test
  void aChangeHoldsForAStatementThatIsPreparedAlready() throws SQLException {
    policies.apply(allow("tpch.nation.*", ANALYST));
    try (PreparedStatement statement =
        GATEWAY.shared("analyst").prepareStatement("select count(*) from nation")) {
      assertThat(Rows.of(statement.executeQuery())).containsExactly(List.of("25"));
      policies.apply(
          allow("tpch.nation.*", ANALYST), filter("tpch.nation", ANALYST, "n_regionkey = 3"));
      assertThat(Rows.of(statement.executeQuery())).containsExactly(List.of("5"));
      policies.apply();
      assertThatThrownBy(() -> Rows.of(statement.executeQuery()))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("Permission denied: user [analyst]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"policies\":[", "[]", "", "{\"policies\":[],\"polices\":[]}"})
  void aBrokenFileKeepsTheOldPoliciesAndReadyNamesIt(String broken) throws Exception {
    policies.apply(
        allow("tpch.nation.*", ANALYST), filter("tpch.nation", ANALYST, "n_regionkey = 3"));
    policies.breakFile(broken);
    awaitProblem("lake.json");
    assertThat(ready()).contains("policies").contains("lake.json");
    assertCount("analyst", "nation", 5);
    assertDenied("intern", "nation");
    policies.apply(allow("tpch.nation.*", ANALYST));
    assertThat(GATEWAY.demo().problems()).isEmpty();
    assertCount("analyst", "nation", 25);
  }

  static Stream<Arguments> refusedSets() {
    return Stream.of(
        arguments("lake.json", allow("tpch.*.*", ANALYST).replace("select", "SELECT")),
        arguments("lake.json", allow("tpch.*.*", Policy.roles("no-such-role"))),
        arguments("lake.json", mask("tpch.nation.n_name", ANALYST, "MASK_EVERYTHING")),
        arguments("lake.json", filter("tpch.nation", ANALYST, "n_name = '{USER}'")),
        arguments("lake.json", filter("tpch.nation", ANALYST, " ")),
        arguments(
            "lake_userstore.json", filter("tpch.nation", ANALYST, "n_name = '${{USER.missing}}'")),
        arguments(
            "lake.json",
            Policy.access(
                "tpch.*.*", "\"policyItems\":[" + Policy.item(ANALYST, "this is no script") + "]")),
        arguments(
            "lake.json",
            allow("tpch.*.*", ANALYST)
                .replace(
                    "\"policyItems\"",
                    "\"denyPolicyitems\":[" + Policy.item(ANALYST) + "],\"policyItems\"")));
  }

  /** Each would be skipped, or let through, by Ranger's engine alone. */
  @ParameterizedTest
  @MethodSource("refusedSets")
  void aSetThatCannotBeMeantIsNotApplied(String file, String policy) throws Exception {
    policies.apply(
        allow("tpch.nation.*", ANALYST), filter("tpch.nation", ANALYST, "n_regionkey = 3"));
    policies.offer(allow("tpch.nation.*", groups("public")), policy);
    awaitProblem(file);
    assertThat(ready()).contains(file);
    assertCount("analyst", "nation", 5);
    assertDenied("intern", "nation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"userAttrMapping\":{\"analyst\":{\"name\":\"x' OR '1'='1\"}}}",
        "{\"userAttrMapping\":{\"analyst\":{\"name\":\"a$1b\\\\c\"}}}",
        "{\"userGroupMapping\":{\"analyst\":[\"a','b\"]}}",
      })
  void anAttributeThatCouldBeSqlIsNotApplied(String store) throws Exception {
    policies.with("lake_userstore.json", store);
    policies.offer(
        allow("tpch.nation.*", groups("public")),
        filter("tpch.nation", ANALYST, "n_name = '${{USER.name}}'"));
    awaitProblem("lake_userstore.json");
    // The demonstration's own policies are still in force.
    assertCount("analyst", "orders", 6085);
    assertDenied("intern", "orders");
  }

  /** Ranger would go on without the tags, and so without the deny. */
  @Test
  void tagPoliciesWithoutTagsAreNotApplied() throws Exception {
    policies.breakFile(
        """
        {"serviceName":"lake","policies":[%s],"tagPolicies":{"policies":[
          {"id":1,"resources":{"tag":{"values":["SECRET"]}},"denyPolicyItems":[
            {"groups":["public"],"accesses":[{"type":"hive:select"}]}]}]}}
        """
            .formatted(allow("tpch.*.*", groups("public"))));
    awaitProblem("lake_tag.json");
    assertDenied("intern", "orders");
  }

  @Test
  void twoFiltersOrMasksThatDifferAreAnError() throws SQLException {
    policies.apply(
        allow("tpch.*.*", ANALYST),
        filter("tpch.*", ANALYST, "true"),
        filter("tpch.nation", ANALYST, "n_regionkey = 3"),
        mask("tpch.part.*", ANALYST, "MASK_NONE"),
        mask("tpch.part.p_name", ANALYST, "MASK_NULL"));
    for (String table : List.of("nation", "part")) {
      assertRefused("analyst", table, "[POLICY_INVALID]");
    }
    assertCount("analyst", "region", 5);
    policies.apply(
        allow("tpch.*.*", ANALYST),
        filter("tpch.*", ANALYST, "true"),
        filter("tpch.nation", ANALYST, "n_regionkey = 3", 1));
    assertCount("analyst", "nation", 5);
  }

  /** Ranger's engine forgets restrictions after some 300 calls when it is asked carelessly. */
  @Test
  void restrictionsLastWhenTheEngineIsWarm() throws SQLException {
    policies.apply(
        allow("tpch.nation.*", ANALYST),
        filter("tpch.nation", ANALYST, "n_regionkey = 3"),
        mask("tpch.nation.n_name", ANALYST, "MASK_NULL"));
    Connection connection = GATEWAY.shared("analyst");
    for (int i = 0; i < 400; i++) {
      int number = i;
      assertThatThrownBy(() -> Rows.query(connection, "explain select " + number + " from nation"))
          .hasMessageContaining("may not see the plan");
    }
    assertThat(Rows.query(connection, "select count(*), max(n_name) from nation"))
        .containsExactly(List.of("5", "null"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no_such_column = 1",
        "n_name = 'x' or o_orderkey = 1",
        "nation.n_regionkey = 3 and orders.o_orderkey = 1",
        "n_regionkey in (select r_regionkey from region)",
        "rand() < 0.5",
        "reflect('java.lang.System', 'getenv', 'PATH') is null",
        "1 + 1",
        "n_name",
        "true) or (true",
      })
  void aFilterThatDoesNotFitMakesTheTableUnreadableForItsUsers(String filter) throws SQLException {
    policies.apply(
        allow("tpch.*.*", ANALYST),
        allow("tpch.*.*", users("intern")),
        filter("tpch.nation", ANALYST, filter));
    assertRefused("analyst", "nation", "[POLICY_INVALID]");
    assertCount("analyst", "region", 5);
    assertCount("intern", "nation", 25);
    assertThat(query("admin", "explain policies for user analyst select * from nation"))
        .as("what is wrong is told to administrators")
        .anySatisfy(row -> assertThat(row.get(2)).isEqualTo("unusable"));
  }

  @Test
  void aTableThatChangesUnderItsPoliciesIsUnreadableUntilTheyFitAgain() throws Exception {
    try (ExtraTables tables = ExtraTables.in(GATEWAY, "moving")) {
      tables.table("people", "select 1 as id, 'eu' as region, '123' as phone");
      policies.apply(
          allow("moving.*.*", ANALYST),
          filter("moving.people", ANALYST, "region = 'eu'"),
          customMask("moving.people.phone", ANALYST, "concat({col}, id)"));
      assertThat(query("analyst", "select phone from moving.people"))
          .containsExactly(List.of("1231"));

      tables.spark().run("alter table lake.moving.people drop column region");
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() -> assertRefused("analyst", "moving.people", "[POLICY_INVALID]"));
      assertThat(query("admin", "select * from moving.people"))
          .containsExactly(List.of("1", "123"));

      tables.spark().run("alter table lake.moving.people add column region string");
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(
              () -> assertThat(query("analyst", "select phone from moving.people")).isEmpty());

      tables.spark().run("drop table lake.moving.people");
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(
              () -> assertRefused("analyst", "moving.people", "[TABLE_OR_VIEW_NOT_FOUND]"));
      tables.table("people", "select 2 as id, 'us' as region, '456' as phone");
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(query("admin", "table moving.people")).hasSize(1));
      assertThat(query("analyst", "select phone from moving.people")).isEmpty();
    }
  }

  private static List<List<String>> query(String user, String sql) throws SQLException {
    Connection connection = GATEWAY.shared(user);
    return Rows.query(connection, sql);
  }

  private static void assertCount(String user, String table, int rows) throws SQLException {
    assertThat(query(user, "select count(*) from " + table))
        .containsExactly(List.of(Integer.toString(rows)));
  }

  private static void assertDenied(String user, String table) {
    assertRefused(
        user,
        table,
        "Permission denied: user [%s] does not have [select] privilege on [tpch/%s]"
            .formatted(user, table));
  }

  private static void assertRefused(String user, String table, String text) {
    assertThatThrownBy(() -> query(user, "select count(*) from " + table))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(text);
  }

  private static void awaitProblem(String text) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> GATEWAY.demo().problems().toString().contains(text));
  }

  private static String ready() throws Exception {
    URI address = URI.create("http://127.0.0.1:" + GATEWAY.httpPort() + "/ready");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
