package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.SluiceException;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Policies on tags, with the tags in {@code lake_tag.json}. */
class TagTest extends PolicyFolderTest {

  private static final String DENY_SECRET =
      """
      {"id":100,"resources":{"tag":{"values":["SECRET"]}},
       "denyPolicyItems":[{"groups":["public"],"accesses":[{"type":"hive:select"}]}]}
      """;

  private static final String DENY_EXPIRED =
      """
      {"id":101,"resources":{"tag":{"values":["EXPIRES"]}},
       "denyPolicyItems":[{"groups":["public"],"accesses":[{"type":"hive:select"}],
        "conditions":[{"type":"accessed-after-expiry","values":["yes"]}]}]}
      """;

  private static final String TAGS =
      """
      {"serviceName":"lake","tagVersion":1,
       "tagDefinitions":{"1":{"id":1,"name":"SECRET"},"2":{"id":2,"name":"PII"},
                         "3":{"id":3,"name":"EXPIRES"}},
       "tags":{"1":{"id":1,"type":"SECRET"},"2":{"id":2,"type":"PII"},
               "3":{"id":3,"type":"EXPIRES","attributes":{"expiry_date":"2020/01/01"}},
               "4":{"id":4,"type":"EXPIRES","attributes":{"expiry_date":"2999/01/01"}},
               "5":{"id":5,"type":"PHONE"}},
       "serviceResources":[
        {"id":1,"resourceElements":{"database":{"values":["S"]},"table":{"values":["T"]},
          "column":{"values":["A"]}}},
        {"id":2,"resourceElements":{"database":{"values":["s"]},"table":{"values":["t"]},
          "column":{"values":["b"]}}},
        {"id":3,"resourceElements":{"database":{"values":["s"]},"table":{"values":["old"]}}},
        {"id":4,"resourceElements":{"database":{"values":["s"]},"table":{"values":["new"]}}},
        {"id":5,"resourceElements":{"database":{"values":["s"]},"table":{"values":["u"]},
          "column":{"values":["p"]}}}],
       "resourceToTagIds":{"1":[1],"2":[2],"3":[3],"4":[4],"5":[2,5]}}
      """;

  private static String tagMask(int id, String tag, String type) {
    return "{\"id\":%d,\"policyType\":1,\"resources\":{\"tag\":{\"values\":[\"%s\"]}},\"dataMaskPolicyItems\":[{\"groups\":[\"public\"],\"accesses\":[{\"type\":\"hive:select\"}],\"dataMaskInfo\":{\"dataMaskType\":\"%s\"}}]}"
        .formatted(id, tag, type);
  }

  private void service(String tagPolicies, String... policies) {
    folder.file(
        "lake.json",
        "{\"serviceName\":\"lake\",\"policies\":[%s],\"tagPolicies\":{\"serviceName\":\"tags\",\"policies\":[%s]}}"
            .formatted(String.join(",", policies), tagPolicies));
  }

  @Test
  void tagsDenyAndMaskColumnsWithoutRegardToCase() {
    service(DENY_SECRET + "," + tagMask(102, "PII", "hive:MASK_HASH"), allow(1, "s.*.*", "ann"));
    folder.file("lake_tag.json", TAGS).open();
    assertThat(folder.engine().health().problems()).isEmpty();
    TableDecision decision = folder.decide("ann", "s.t", "A", "b", "c");
    assertThat(decision.deniedColumns()).containsExactly("A");
    assertThat(decision.masks())
        .containsOnlyKeys("b")
        .containsEntry("b", new ColumnMask("MASK_HASH", Optional.empty(), "102"));
  }

  @Test
  void expiredTagsDeny() {
    service(DENY_EXPIRED, allow(1, "s.*.*", "ann"));
    folder.file("lake_tag.json", TAGS).open();
    assertThat(folder.engine().health().problems()).isEmpty();
    assertThat(folder.decide("ann", "s.old", "a").granted()).isFalse();
    assertThat(folder.decide("ann", "s.new", "a").granted()).isTrue();
  }

  @Test
  void differingMasksOfTwoTagsAreRefused() {
    service(
        tagMask(102, "PII", "hive:MASK_HASH") + "," + tagMask(103, "PHONE", "MASK_NONE"),
        allow(1, "s.*.*", "ann"));
    folder.file("lake_tag.json", TAGS).open();
    assertThatThrownBy(() -> folder.decide("ann", "s.u", "p"))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("same priority");
    assertThat(folder.decide("ann", "s.t", "b").masks()).hasSize(1);
  }

  @Test
  void aTagsMaskComesBeforeAResources() {
    service(
        tagMask(102, "PII", "hive:MASK_HASH"),
        allow(1, "s.*.*", "ann"),
        mask(2, "s.t.b", "ann", "MASK_NONE"));
    folder.file("lake_tag.json", TAGS).open();
    assertThat(folder.decide("ann", "s.t", "b").masks())
        .containsEntry("b", new ColumnMask("MASK_HASH", Optional.empty(), "102"));
  }

  /** Ranger evaluates on without tags, and denies and masks are silently absent. */
  @Test
  void tagPoliciesWithoutTagsAreNotLoaded() {
    service(DENY_SECRET, allow(1, "s.*.*", "ann"));
    folder.open();
    assertThat(folder.engine().health().ready()).isFalse();
    assertThat(folder.problem()).contains("lake_tag.json is missing");
    assertThatThrownBy(() -> folder.decide("ann", "s.t", "a")).isInstanceOf(SluiceException.class);
  }

  @Test
  void tagPoliciesMayStandWithTheTags() {
    folder.policies(allow(1, "s.*.*", "ann"));
    String tags =
        TAGS.strip().substring(1, TAGS.strip().length() - 1)
            + ",\"tagPolicies\":{\"policies\":["
            + DENY_SECRET
            + "]}";
    folder.file("lake_tag.json", "{" + tags + "}").open();
    assertThat(folder.engine().health().problems()).isEmpty();
    assertThat(folder.decide("ann", "s.t", "a", "b").deniedColumns()).containsExactly("a");
  }
}
