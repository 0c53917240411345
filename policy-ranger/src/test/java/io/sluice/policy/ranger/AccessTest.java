package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.access;
import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.deny;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static io.sluice.policy.ranger.PolicyFolder.item;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may read what: columns, groups, roles, denies, names. */
class AccessTest extends PolicyFolderTest {

  @Test
  void grantsNamedColumnsAndListsTheOthersInTableOrder() {
    open(allow(1, "s.t.b", "ann"), allow(2, "s.t.d", "ann"));
    TableDecision decision = folder.decide("ann", "s.t", "d", "c", "b", "a");
    assertThat(decision.granted()).isTrue();
    assertThat(decision.deniedColumns()).containsExactly("c", "a");
  }

  @Test
  void namesMatchWithoutRegardToCaseAndUsersExactly() {
    open(
        allow(1, "Sales.ORDERS_*.*", "Ann"),
        deny(2, "SALES.Orders_2.Secret", "Ann"),
        mask(3, "sales.Orders_2.PHONE", "Ann", "MASK"),
        filter(4, "SALES.orders_2", "Ann", "Region = 'EU'"));
    TableDecision decision = folder.decide("Ann", "SALES.Orders_2", "Id", "SECRET", "Phone");
    assertThat(decision.deniedColumns()).containsExactly("SECRET");
    assertThat(decision.masks()).containsOnlyKeys("Phone");
    assertThat(decision.rowFilter().orElseThrow().expression()).isEqualTo("Region = 'EU'");
    assertThat(folder.decide("ann", "sales.orders_2", "id").granted()).isFalse();
    assertThat(folder.decide("ANN", "sales.orders_2", "id").granted()).isFalse();
    assertThat(folder.engine().maySee(new Principal("Ann", Set.of()), "lake", "sALES")).isTrue();
  }

  @Test
  void denyBeatsAllowAndItsExceptionBeatsDeny() {
    open(
        allow(1, "s.*.*", "ann", "bob"),
        access(
            2,
            "s.t.*",
            "\"denyPolicyItems\":[{\"groups\":[\"public\"],\"accesses\":[{\"type\":\"select\"}]}],"
                + "\"denyExceptions\":["
                + item("bob")
                + "]"));
    assertThat(folder.decide("ann", "s.t", "a").granted()).isFalse();
    assertThat(folder.decide("bob", "s.t", "a").granted()).isTrue();
    assertThat(folder.decide("ann", "s.u", "a").granted()).isTrue();
  }

  @Test
  void groupsOfThePrincipalAndOfTheUserStoreCount() {
    folder.file("lake_userstore.json", "{\"userGroupMapping\":{\"ann\":[\"sales\"]}}");
    open(access(1, "s.t.*", group("sales")), access(2, "s.u.*", group("finance")));
    assertThat(folder.decide("ann", "s.t", "a").granted()).isTrue();
    assertThat(folder.decide("ann", "s.u", "a").granted()).isFalse();
    Principal withGroup = new Principal("ann", Set.of("finance"));
    assertThat(folder.decide(withGroup, "", "s.u", "a").granted()).isTrue();
    assertThat(folder.decide(withGroup, "", "s.t", "a").granted()).isTrue();
  }

  @Test
  void rolesCountAlsoThroughRolesAndGroups() {
    folder.file(
        "lake_roles.json",
        """
        {"serviceName":"lake","rangerRoles":[
          {"name":"reader","users":[{"name":"ann"}],"roles":[{"name":"auditor"}]},
          {"name":"auditor","groups":[{"name":"board"}]}]}
        """);
    open(
        access(
            1,
            "s.t.*",
            "\"policyItems\":[{\"roles\":[\"reader\"],\"accesses\":[{\"type\":\"select\"}]}]"));
    assertThat(folder.decide("ann", "s.t", "a").granted()).isTrue();
    assertThat(folder.decide("bob", "s.t", "a").granted()).isFalse();
    Principal director = new Principal("bob", Set.of("board"));
    assertThat(folder.decide(director, "", "s.t", "a").granted()).isTrue();
  }

  @Test
  void missingTablesAreAnsweredAsTablesThatExistWouldBe() {
    open(
        allow(1, "s.*.*", "ann"),
        deny(2, "s.secret.*", "ann"),
        deny(3, "s.partly.x", "ann"),
        allow(4, "s.narrow.x", "bob"));
    assertThat(folder.decide("ann", "s.missing").granted()).isTrue();
    assertThat(folder.decide("ann", "s.secret").granted()).isFalse();
    assertThat(folder.decide("ann", "s.partly").granted()).isTrue();
    assertThat(folder.decide("bob", "s.narrow").granted()).isTrue();
    assertThat(folder.decide("bob", "s.missing").granted()).isFalse();
    assertThat(folder.decide("eve", "s.missing").granted()).isFalse();
  }

  @Test
  void oneAllowedColumnIsNeededForATable() {
    open(allow(1, "s.*.*", "ann"), deny(2, "s.t.*", "ann"), deny(3, "s.u.a", "ann"));
    assertThat(folder.decide("ann", "s.t", "a", "b").granted()).isFalse();
    assertThat(folder.decide("ann", "s.u", "a").granted()).isFalse();
    assertThat(folder.decide("ann", "s.u", "a", "b").granted()).isTrue();
  }

  @Test
  void accessToTheTableAloneReadsNoColumn() {
    open(allow(1, "s.t", "ann"));
    assertThat(folder.decide("ann", "s.t", "a").granted()).isFalse();
  }

  @Test
  void oddColumnNamesAreOneNameEach() {
    open(allow(1, "s.t.a", "ann"), allow(2, "s.t.b", "ann"));
    TableDecision decision = folder.decide("ann", "s.t", "a", "a,b", "*", "b ", "a?");
    assertThat(decision.deniedColumns()).containsExactly("a,b", "*", "b ", "a?");
    assertThat(folder.decide("ann", "s.*", "a").granted()).isFalse();
    assertThat(folder.decide("ann", "*.t", "a").granted()).isFalse();
    assertThat(folder.engine().maySee(new Principal("ann", Set.of()), "lake", " ")).isFalse();
  }

  @Test
  void metadataSuffixesAreOtherTables() {
    open(allow(1, "s.t.*", "ann"));
    assertThat(folder.decide("ann", "s.t$files", "a").granted()).isFalse();
    assertThat(folder.decide("ann", "s.t.files", "a").granted()).isFalse();
  }

  @Test
  void aCatalogWithoutAServiceIsDenied() {
    open(allow(1, "*.*.*", "ann"));
    Principal ann = new Principal("ann", Set.of());
    TableRequest request =
        new TableRequest(ann, "", new TableName("lake2", "s", "t"), List.of("a"));
    assertThat(folder.engine().decide(request)).isEqualTo(TableDecision.denied("none"));
    assertThat(folder.engine().maySee(ann, "lake2", "s")).isFalse();
  }

  @Test
  void visibilityNeedsAnyPrivilegeOnAnythingBelow() {
    open(
        access(
            1,
            "s.t.*",
            "\"policyItems\":[{\"users\":[\"ann\"],\"accesses\":[{\"type\":\"update\"}]}]"),
        allow(2, "u.*.*", "bob"),
        deny(3, "u.*.*", "bob"),
        allow(4, "v.*.*", "bob"),
        deny(5, "v.t.*", "bob"));
    Principal ann = new Principal("ann", Set.of());
    Principal bob = new Principal("bob", Set.of());
    assertThat(folder.engine().maySee(ann, "lake", "s")).isTrue();
    assertThat(folder.engine().maySee(ann, "lake", "u")).isFalse();
    assertThat(folder.engine().maySee(ann, "lake", "*")).isTrue();
    assertThat(folder.engine().maySee(bob, "lake", "s")).isFalse();
    assertThat(folder.engine().maySee(bob, "lake", "v")).isTrue();
    assertThat(folder.engine().maySee(new Principal("eve", Set.of()), "lake", "*")).isFalse();
  }

  @Test
  void policiesThatAreDisabledOrOutOfTimeDoNotCount() {
    String schedule =
        "\"validitySchedules\":[{\"startTime\":\"2026/01/01 00:00:00\","
            + "\"endTime\":\"2026/02/01 00:00:00\",\"timeZone\":\"UTC\"}],";
    folder.policies(
        access(1, "s.t.*", "\"isEnabled\":false,\"policyItems\":[" + item("ann") + "]"),
        access(2, "s.u.*", schedule + "\"policyItems\":[" + item("ann") + "]"));
    List<Instant> now = new ArrayList<>(List.of(Instant.parse("2026-01-15T00:00:00Z")));
    InstantSource clock = () -> now.get(0);
    folder.open(clock);
    assertThat(folder.decide("ann", "s.t", "a").granted()).isFalse();
    TableDecision inTime = folder.decide("ann", "s.u", "a");
    assertThat(inTime.granted()).isTrue();
    now.set(0, Instant.parse("2026-03-15T00:00:00Z"));
    TableDecision outOfTime = folder.decide("ann", "s.u", "a");
    assertThat(outOfTime.granted()).isFalse();
    assertThat(folder.engine().version("lake")).as("no answer may be kept").isEmpty();
  }

  @Test
  void denyAllElseAndOverridingPrioritiesHold() {
    open(
        allow(1, "s.*.*", "ann", "bob"),
        access(2, "s.t.*", "\"isDenyAllElse\":true,\"policyItems\":[" + item("bob") + "]"),
        deny(3, "s.u.*", "ann"),
        access(4, "s.u.*", "\"policyPriority\":1,\"policyItems\":[" + item("ann") + "]"));
    assertThat(folder.decide("ann", "s.t", "a").granted()).isFalse();
    assertThat(folder.decide("bob", "s.t", "a").granted()).isTrue();
    assertThat(folder.decide("ann", "s.u", "a").granted()).isTrue();
  }

  @Test
  void userTokenInResourcesExpandsForPlainNamesOnly() {
    open(allow(1, "home_{USER}.*.*", "{USER}"));
    assertThat(folder.decide("ann", "home_ann.t", "a").granted()).isTrue();
    assertThat(folder.decide("ann", "home_bob.t", "a").granted()).isFalse();
    assertThatThrownBy(() -> folder.decide("*", "home_bob.t", "a"))
        .hasMessageContaining("without quotes, wildcards");
  }

  @Test
  void anEmptySetDeniesAll() {
    open();
    assertThat(folder.engine().health().ready()).isTrue();
    assertThat(folder.decide("ann", "s.t", "a").granted()).isFalse();
    assertThat(folder.engine().maySee(new Principal("ann", Set.of()), "lake", "*")).isFalse();
  }

  private static String group(String name) {
    return "\"policyItems\":[{\"groups\":[\"" + name + "\"],\"accesses\":[{\"type\":\"select\"}]}]";
  }
}
