package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.access;
import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.deny;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.AccessRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may change what: update, create, drop and alter, on schemas and tables. */
class PrivilegeTest extends PolicyFolderTest {

  private static String items(String kind, String type, String user) {
    return "\"%s\":[{\"users\":[\"%s\"],\"accesses\":[{\"type\":\"%s\"}]}]"
        .formatted(kind, user, type);
  }

  private static String may(int id, String path, String type) {
    return access(id, path, items("policyItems", type, "ann"));
  }

  private static String mayNot(int id, String path, String type) {
    return access(id, path, items("denyPolicyItems", type, "ann"));
  }

  private boolean permits(Access access, String object, String... columns) {
    return permits("ann", "lake", access, object, columns);
  }

  private boolean permits(
      String user, String catalog, Access access, String object, String... columns) {
    int dot = object.indexOf('.');
    return folder
        .engine()
        .permits(
            new AccessRequest(
                new Principal(user, Set.of()),
                "10.1.2.3",
                access,
                catalog,
                dot < 0 ? object : object.substring(0, dot),
                dot < 0 ? Optional.empty() : Optional.of(object.substring(dot + 1)),
                List.of(columns)));
  }

  @Test
  void theWordsOfExpressionsAreKnown() {
    folder
        .policies(
            filter(1, "s.filtered", "bob", "Region = 'eu' and user is not null"),
            PolicyFolder.mask(
                2,
                "s.masked.Phone",
                "bob",
                "\"dataMaskType\":\"CUSTOM\",\"valueExpr\":\"if(country = 'de', {col}, 'x')\"",
                ""),
            mask(3, "s.plain.Phone", "bob", "MASK"))
        .open();
    assertThat(holds("filtered", "region")).isTrue();
    assertThat(holds("Filtered", "USER")).isTrue();
    assertThat(holds("filtered", "eu")).isTrue();
    assertThat(holds("filtered", "use")).isFalse();
    assertThat(holds("masked", "Country")).isTrue();
    assertThat(holds("masked", "region")).isFalse();
    assertThat(holds("plain", "phone")).isFalse();
    assertThat(
            folder
                .engine()
                .holdingPolicies(new TableName("lake", "s", "filtered"), List.of("x", "region")))
        .containsExactly("1");
    assertThat(
            folder
                .engine()
                .expressionsHold(new TableName("unknown", "s", "plain"), List.of("anything")))
        .isTrue();
  }

  private boolean holds(String table, String word) {
    return folder
        .engine()
        .expressionsHold(new TableName("lake", "s", table), List.of("other", word));
  }

  private boolean restricts(String table, String... columns) {
    return folder.engine().restrictsAnybody(new TableName("lake", "s", table), List.of(columns));
  }

  @Test
  void everyAccessIsOneOfTheServiceDefinition() {
    for (Access access : Access.values()) {
      assertThat(ServiceDefinitions.hiveNames().accessTypes()).contains(access.type());
      assertThat(access.type()).isLowerCase();
    }
  }

  @Test
  void anAccessIsGrantedByItsOwnNameAndByAll() {
    open(may(1, "s.t.*", "update"), may(2, "s.u", "alter"), may(3, "v.*.*", "all"));
    assertThat(permits(Access.UPDATE, "s.t", "a", "b")).isTrue();
    assertThat(permits(Access.UPDATE, "S.T", "A")).isTrue();
    assertThat(permits(Access.ALTER, "s.t", "a")).isFalse();
    assertThat(permits(Access.DROP, "s.t")).isFalse();
    assertThat(permits(Access.CREATE, "s.t")).isFalse();
    assertThat(permits(Access.ALTER, "s.u", "a")).isTrue();
    assertThat(permits(Access.UPDATE, "s.u", "a")).isFalse();
    for (Access access : Access.values()) {
      assertThat(permits(access, "v.t", "a")).isTrue();
      assertThat(permits(access, "v")).isTrue();
      assertThat(permits("bob", "lake", access, "v.t")).isFalse();
      assertThat(permits("ANN", "lake", access, "v.t")).isFalse();
      assertThat(permits("ann", "lake2", access, "v.t")).isFalse();
    }
  }

  @Test
  void readingGrantsNothingElse() {
    open(allow(1, "s.*.*", "ann"), may(2, "s.*.*", "read"), may(3, "s.*.*", "write"));
    for (Access access : Access.values()) {
      assertThat(permits(access, "s.t", "a")).isFalse();
      assertThat(permits(access, "s")).isFalse();
    }
  }

  @Test
  void aNamedColumnGrantsNothingOnTheTable() {
    open(may(1, "s.t.a", "update"));
    assertThat(permits(Access.UPDATE, "s.t", "a", "b")).isFalse();
    assertThat(permits(Access.UPDATE, "s.t")).isFalse();
  }

  @Test
  void aTableMayBeMadeByWhoMayCreateInTheSchemaAndNothingElseComesFromThere() {
    open(may(1, "s", "create"), may(2, "s", "drop"), may(3, "s", "alter"), may(4, "s", "update"));
    assertThat(permits(Access.CREATE, "s")).isTrue();
    assertThat(permits(Access.CREATE, "s.t")).isTrue();
    assertThat(permits(Access.CREATE, "u.t")).isFalse();
    assertThat(permits(Access.DROP, "s")).isTrue();
    assertThat(permits(Access.DROP, "s.t")).isFalse();
    assertThat(permits(Access.ALTER, "s.t")).isFalse();
    assertThat(permits(Access.UPDATE, "s.t")).isFalse();
  }

  @Test
  void aDenialHoldsOnEveryLevel() {
    open(
        may(1, "*.*.*", "all"),
        mayNot(2, "s.t.secret", "update"),
        mayNot(3, "s.u", "drop"),
        mayNot(4, "closed", "update"),
        mayNot(5, "closed", "create"),
        mayNot(6, "s.v.*", "alter"));
    assertThat(permits(Access.UPDATE, "s.t", "a", "Secret")).isFalse();
    assertThat(permits(Access.UPDATE, "s.t", "a")).isTrue();
    assertThat(permits(Access.DROP, "s.u", "a")).isFalse();
    assertThat(permits(Access.ALTER, "s.u", "a")).isTrue();
    assertThat(permits(Access.UPDATE, "closed.t", "a")).isFalse();
    assertThat(permits(Access.CREATE, "closed.t")).isFalse();
    assertThat(permits(Access.CREATE, "closed")).isFalse();
    assertThat(permits(Access.DROP, "closed.t")).isTrue();
    assertThat(permits(Access.ALTER, "s.v", "a")).isFalse();
  }

  @Test
  void namesThatMeanAllToTheEngineMeanNothing() {
    open(may(1, "s.t.*", "all"));
    assertThat(permits(Access.UPDATE, "s.*")).isFalse();
    assertThat(permits(Access.UPDATE, "*.t")).isFalse();
    assertThat(permits(Access.CREATE, "*")).isFalse();
    assertThat(permits(Access.CREATE, " ")).isFalse();
    assertThat(permits(Access.UPDATE, "s.t", "*")).isFalse();
  }

  @Test
  void theAnswerStaysWhenTheEngineIsWarm() {
    open(may(1, "s.t.*", "update"), mayNot(2, "s.u.*", "update"), may(3, "s.u.*", "update"));
    for (int round = 0; round < 500; round++) {
      assertThat(permits(Access.UPDATE, "s.t", "a")).isTrue();
      assertThat(permits(Access.UPDATE, "s.u", "a")).isFalse();
      assertThat(permits(Access.DROP, "s.t", "a")).isFalse();
    }
  }

  @Test
  void withoutPoliciesNothingIsAllowed() {
    folder.open();
    assertThatThrownBy(() -> permits(Access.CREATE, "s"))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE));
    assertThatThrownBy(() -> restricts("t")).isInstanceOf(SluiceException.class);
  }

  @Test
  void aGrantOfSomeColumnsHidesTheOthers() {
    open(
        allow(1, "s.open.*", "ann"),
        allow(2, "s.listed.a", "bob"),
        access(
            3,
            "s.but.*",
            "\"policyItems\":["
                + PolicyFolder.item("ann")
                + "],\"allowExceptions\":["
                + PolicyFolder.item("bob")
                + "]"));
    assertThat(restricts("open", "a")).isFalse();
    assertThat(restricts("listed", "a", "b")).isTrue();
    assertThat(restricts("but", "a")).isTrue();
  }

  @Test
  void restrictionsOfAnybodyAreKnown() {
    open(
        allow(1, "*.*.*", "ann"),
        filter(2, "s.filtered", "bob", "a = 1"),
        mask(3, "s.masked.Phone", "bob", "MASK"),
        deny(4, "s.denied_*.x?", "bob"),
        access(
            5,
            "s.off.*",
            "\"isEnabled\":false,\"denyPolicyItems\":[" + PolicyFolder.item("bob") + "]"),
        access(
            6,
            "s.else.*",
            "\"isDenyAllElse\":true,\"policyItems\":[" + PolicyFolder.item("ann") + "]"),
        deny(7, "home.{USER}.*", "bob"),
        mayNot(8, "closed", "drop"));
    assertThat(restricts("plain", "a")).isFalse();
    assertThat(restricts("Filtered", "a")).isTrue();
    assertThat(restricts("masked", "a", "phone")).isTrue();
    assertThat(restricts("masked", "a", "phone2")).isFalse();
    assertThat(restricts("masked", "a", "b", "PHONE", "c")).isTrue();
    TableName masked = new TableName("lake", "s", "masked");
    assertThat(folder.engine().restrictingPolicies(masked, List.of("a", "phone")))
        .containsExactly("3");
    assertThat(folder.engine().restrictingPolicies(masked, List.of("a"))).isEmpty();
    assertThat(restricts("masked")).isTrue();
    assertThat(restricts("denied_1", "a", "x1")).isTrue();
    assertThat(restricts("denied_1", "a", "x")).isFalse();
    assertThat(restricts("off", "a")).isFalse();
    assertThat(restricts("else", "a")).isTrue();
    List<String> columns = List.of("a");
    assertThat(folder.engine().restrictsAnybody(new TableName("lake", "home", "x"), columns))
        .isTrue();
    assertThat(folder.engine().restrictsAnybody(new TableName("lake", "closed", "x"), columns))
        .isTrue();
    assertThat(folder.engine().restrictsAnybody(new TableName("other", "s", "plain"), columns))
        .isTrue();
  }
}
