package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row filters and masks, and how they do not get lost. */
class RestrictionTest extends PolicyFolderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MASK",
        "MASK_SHOW_LAST_4",
        "MASK_SHOW_FIRST_4",
        "MASK_HASH",
        "MASK_NULL",
        "MASK_DATE_SHOW_YEAR",
      })
  void everyMaskTypeComesOutUnderItsName(String type) {
    open(allow(1, "s.*.*", "ann"), mask(2, "s.t.a", "ann", type));
    assertThat(folder.decide("ann", "s.t", "a", "b").masks())
        .containsOnlyKeys("a")
        .containsEntry("a", new ColumnMask(type, Optional.empty(), "2"));
  }

  @Test
  void customMasksKeepTheirExpressionAndNoneIsNoMask() {
    open(
        allow(1, "s.*.*", "ann"),
        mask(2, "s.t.a", "ann", "\"dataMaskType\":\"CUSTOM\",\"valueExpr\":\"left({col}, 1)\"", ""),
        mask(3, "s.t.b", "ann", "MASK_NONE"));
    assertThat(folder.decide("ann", "s.t", "a", "b").masks())
        .containsOnlyKeys("a")
        .containsEntry("a", new ColumnMask("CUSTOM", Optional.of("left({col}, 1)"), "2"));
  }

  /** Ranger's own definition would not match these, and the mask would be gone. */
  @Test
  void wildcardsInMasksAndFiltersMatch() {
    open(
        allow(1, "s.*.*", "ann"),
        mask(2, "s.t_*.pho?e", "ann", "MASK"),
        filter(3, "s.t_*", "ann", "a > 1"));
    assertThat(folder.decide("ann", "s.t_1", "phone", "id").masks()).containsOnlyKeys("phone");
    assertThat(folder.decide("ann", "s.t_1", "id").rowFilter()).isPresent();
    assertThat(folder.decide("ann", "s.u", "phone").isRestricted()).isFalse();
  }

  /** Ranger loses filters and masks after some 300 calls for any other spelling of select. */
  @Test
  void restrictionsLastWhenTheEngineIsWarm() {
    open(
        allow(1, "s.*.*", "ann"),
        mask(2, "s.t.a", "ann", "MASK"),
        filter(3, "s.t", "ann", "a > 1"));
    for (int i = 0; i < 2_000; i++) {
      assertThat(folder.decide("ann", "s.t", "a", "b").masks()).hasSize(1);
      assertThat(folder.decide("ann", "s.t", "a").rowFilter()).isPresent();
    }
  }

  @Test
  void twoFiltersOfOnePriorityAreRefusedAndPriorityDecides() {
    open(
        allow(1, "s.*.*", "ann", "bob"),
        filter(2, "s.*", "ann", "true"),
        filter(3, "s.t", "ann", "a = 1"),
        filter(4, "s.u", "\"users\":[\"ann\"]", "a = 2", "\"policyPriority\":1,"));
    assertInvalid(() -> folder.decide("ann", "s.t", "a"));
    assertThat(folder.decide("ann", "s.u", "a").rowFilter().orElseThrow().expression())
        .isEqualTo("a = 2");
    assertThat(folder.decide("ann", "s.v", "a").rowFilter().orElseThrow().expression())
        .isEqualTo("true");
    assertThat(folder.decide("bob", "s.t", "a").rowFilter()).isEmpty();
  }

  @Test
  void twoPoliciesThatSayTheSameAreOne() {
    open(
        allow(1, "s.*.*", "ann"),
        filter(2, "s.*", "ann", "a = 1"),
        filter(3, "s.t", "ann", "a = 1"),
        mask(4, "s.*.a", "ann", "MASK"),
        mask(5, "s.t.a", "ann", "MASK"));
    assertThat(folder.decide("ann", "s.t", "a").rowFilter()).isPresent();
    assertThat(folder.decide("ann", "s.t", "a").masks()).hasSize(1);
  }

  @Test
  void aMaskIsNotUncoveredByMaskNoneElsewhere() {
    open(
        allow(1, "s.*.*", "ann"),
        mask(2, "s.*.a", "ann", "MASK_NONE"),
        mask(3, "s.t.a", "ann", "MASK_HASH"));
    assertInvalid(() -> folder.decide("ann", "s.t", "a"));
  }

  @Test
  void theFirstItemOfAPolicyDecidesWithinIt() {
    open(
        allow(1, "s.*.*", "ann", "bob"),
        """
        {"id":2,"policyType":2,"resources":{"database":{"values":["s"]},"table":{"values":["t"]}},
         "rowFilterPolicyItems":[
          {"users":["ann"],"accesses":[{"type":"select"}],"rowFilterInfo":{"filterExpr":"true"}},
          {"groups":["public"],"accesses":[{"type":"select"}],"rowFilterInfo":{"filterExpr":"a = 1"}}]}
        """);
    assertThat(folder.decide("ann", "s.t", "a").rowFilter().orElseThrow().expression())
        .isEqualTo("true");
    assertThat(folder.decide("bob", "s.t", "a").rowFilter().orElseThrow().expression())
        .isEqualTo("a = 1");
  }

  @Test
  void groupsWithoutGroupsInTheRequestAreThoseOfTheUserStore() {
    folder.file("lake_userstore.json", "{\"userGroupMapping\":{\"ann\":[\"eu\"]}}");
    open(allow(1, "s.*.*", "ann"), filter(2, "s.t", "\"groups\":[\"eu\"]", "region = 'EU'", ""));
    assertThat(folder.decide("ann", "s.t", "a").rowFilter()).isPresent();
  }

  @Test
  void addressConditionsHoldAndAnUnknownAddressIsRefused() {
    open(
        PolicyFolder.access(
            1,
            "s.*.*",
            "\"policyItems\":[{\"users\":[\"ann\"],\"accesses\":[{\"type\":\"select\"}],"
                + "\"conditions\":[{\"type\":\"ip-range\",\"values\":[\"10.1.*\"]}]}]"));
    Principal ann = new Principal("ann", Set.of());
    assertThat(folder.decide(ann, "10.1.2.3", "s.t", "a").granted()).isTrue();
    assertThat(folder.decide(ann, "10.2.2.3", "s.t", "a").granted()).isFalse();
    assertThatThrownBy(() -> folder.decide(ann, "", "s.t", "a"))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE));
    assertThat(folder.decide(new Principal("eve", Set.of()), "", "s.t", "a").granted()).isFalse();
    assertThat(folder.engine().maySee(ann, "lake", "s")).isFalse();
    assertThat(folder.engine().version("lake")).as("no answer may be kept").isEmpty();
  }

  @Test
  void versionsStayWhileNothingChanges() {
    open(allow(1, "s.*.*", "ann"), filter(2, "s.t", "ann", "a = 1"));
    assertThat(folder.decide("ann", "s.t", "a").policyVersion())
        .isEqualTo(folder.decide("bob", "s.u", "a").policyVersion());
    assertThat(folder.engine().version("lake"))
        .isPresent()
        .isEqualTo(folder.engine().version("LAKE"));
    assertThat(folder.engine().version("ocean")).as("a catalog without a service").isEmpty();
  }

  private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID))
        .hasMessageContaining("higher priority");
  }
}
