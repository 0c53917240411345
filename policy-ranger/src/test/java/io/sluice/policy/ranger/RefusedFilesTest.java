package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.access;
import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.deny;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static io.sluice.policy.ranger.PolicyFolder.item;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that cannot be meant are named, and nothing is allowed by them. */
class RefusedFilesTest extends PolicyFolderTest {

  private void assertRefused(String problem) {
    folder.open();
    assertThat(folder.engine().health().ready()).isFalse();
    assertThat(folder.problem()).contains(problem);
    assertThatThrownBy(() -> folder.decide("ann", "s.t", "a")).satisfies(this::isUnavailable);
    assertThatThrownBy(() -> folder.engine().maySee(new Principal("ann", Set.of()), "lake", "s"))
        .satisfies(this::isUnavailable);
  }

  private void isUnavailable(Throwable error) {
    assertThat(error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE));
  }

  static Stream<Arguments> policies() {
    String any = item("ann");
    return Stream.of(
        arguments(
            access(1, "s.t.*", "\"denyPolicyitems\":[" + any + "],\"policyItems\":[" + any + "]"),
            "unknown field policies[1].denyPolicyitems"),
        arguments(
            access(1, "s.t.*", "\"isEnabled\":\"no\",\"policyItems\":[" + any + "]"), "wrong kind"),
        arguments(
            access(1, "s.t.*", "\"policyItems\":[" + any.replace("select", "SELECT") + "]"),
            "unknown access type SELECT"),
        arguments(
            access(
                1,
                "s.t.*",
                "\"policyItems\":[{\"users\":[\"a\"],\"accesses\":[{\"type\":\"select\",\"isAllowed\":false}]}]"),
            "write a deny item"),
        arguments(access(1, "s.t.*", "\"policyItems\":[]"), "no items"),
        arguments(access(1, "s.t.*", "\"name\":\"x\""), "no items"),
        arguments(
            access(1, "s.t.*", "\"policyItems\":[{\"accesses\":[{\"type\":\"select\"}]}]"),
            "without users"),
        arguments(
            access(1, "s.t.*", "\"policyItems\":[{\"users\":[\"ann\"]}]"), "without accesses"),
        arguments(
            access(
                1,
                "s.t.*",
                "\"policyItems\":[{\"roles\":[\"r\"],\"accesses\":[{\"type\":\"select\"}]}]"),
            "role r, which does not exist"),
        arguments(
            access(1, "s.t.*", "\"denyPolicyItems\":[" + item("{OWNER}") + "]"),
            "restricts {OWNER}"),
        arguments(
            "{\"id\":1,\"resources\":{\"schema\":{\"values\":[\"s\"]}},\"policyItems\":["
                + any
                + "]}",
            "resources [schema]"),
        arguments(
            "{\"id\":1,\"resources\":{\"table\":{\"values\":[\"s\"]}},\"policyItems\":["
                + any
                + "]}",
            "resources [table]"),
        arguments("{\"id\":1,\"policyItems\":[" + any + "]}", "no resources"),
        arguments(deny(1, "s", "ann"), "policy 1 denies select on [database], which"),
        arguments(deny(1, "s.t", "ann"), "applies to no column; add the resource column"),
        arguments(deny(1, "s.t", "ann").replace("select", "all"), "denies select"),
        arguments(
            access(1, "s.t", "\"isDenyAllElse\":true,\"policyItems\":[" + any + "]"),
            "denies select"),
        arguments(
            access(
                1,
                "s.t.*",
                "\"additionalResources\":[{%s}],\"denyPolicyItems\":[%s]"
                    .formatted(
                        PolicyFolder.resources("s.u").replaceAll("^\"resources\":\\{|}$", ""),
                        any)),
            "denies select"),
        arguments(allow(1, "s.{OWNER}.*", "ann"), "only {USER}"),
        arguments(allow(1, "s.${{USER}}.*", "ann"), "only {USER}"),
        arguments(allow(1, "s.t.*", "ann").replace("\"id\":1,", ""), "without id"),
        arguments(allow(1, "s.t.*", "ann") + "," + allow(1, "s.u.*", "ann"), "policy 1 is there"),
        arguments(
            access(1, "s.t.*", "\"service\":\"other\",\"policyItems\":[" + any + "]"),
            "another service"),
        arguments(
            access(1, "s.t.*", "\"zoneName\":\"z\",\"policyItems\":[" + any + "]"),
            "security zone"),
        arguments(
            access(1, "s.t.*", "\"policyPriority\":2,\"policyItems\":[" + any + "]"),
            "policyPriority"),
        arguments(
            access(1, "s.t.*", "\"policyType\":3,\"policyItems\":[" + any + "]"), "policyType"),
        arguments(
            access(
                1,
                "s.t.*",
                "\"validitySchedules\":[{\"startTime\":\"soon\"}],\"policyItems\":[" + any + "]"),
            "validity schedule"),
        arguments(condition("unheard-of", "x"), "unknown condition unheard-of"),
        arguments(condition("_expression", " "), "without a value"),
        arguments(condition("_expression", "true )"), "not JavaScript"),
        arguments(condition("ip-range", "10.0.0.0/8"), "10.0.0.0/8"),
        arguments(condition("_expression", "USER.dept == 'x'"), "lake_userstore.json is missing"),
        arguments(filter(1, "s.t", "ann", " "), "without filterExpr"),
        arguments(filter(1, "s.t", "ann", "u = '{USER}'"), "{USER}"),
        arguments(filter(1, "s.t", "ann", "u = '${{USER._name'"), "without }}"),
        arguments(filter(1, "s.t", "ann", "`${{USER._name}}` = 1"), "inside an identifier"),
        arguments(filter(1, "s.t.a", "ann", "true"), "do not go with its type"),
        arguments(
            filter(1, "s.t", "ann", "true").replace("\"policyType\":2", "\"policyType\":0"),
            "no items of its type"),
        arguments(filter(1, "s.t", "ann", "true").replace("select", "update"), "other than select"),
        arguments(mask(1, "s.t.a", "ann", "MASK_ALL"), "unknown mask type MASK_ALL"),
        arguments(mask(1, "s.t.a", "ann", "mask"), "unknown mask type mask"),
        arguments(mask(1, "s.t", "ann", "MASK"), "do not go with its type"),
        arguments(mask(1, "s.t.a", "ann", "CUSTOM"), "without valueExpr"),
        arguments(
            mask(1, "s.t.a", "ann", "\"dataMaskType\":\"MASK\",\"valueExpr\":\"1\"", ""),
            "only CUSTOM"),
        arguments(
            mask(1, "s.t.a", "ann", "\"dataMaskType\":\"MASK\",\"conditionExpr\":\"1\"", ""),
            "conditionExpr"));
  }

  private static String condition(String type, String value) {
    return access(
        1,
        "s.t.*",
        "\"policyItems\":[{\"users\":[\"ann\"],\"accesses\":[{\"type\":\"select\"}],\"conditions\":[{\"type\":\"%s\",\"values\":[\"%s\"]}]}]"
            .formatted(type, value));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void policiesThatTheEngineWouldSkipOrMisread(String policy, String problem) {
    folder.policies(allow(99, "s.*.*", "ann"), policy);
    assertRefused(problem);
  }

  static Stream<Arguments> files() {
    String good = "{\"policies\":[" + allow(1, "s.*.*", "ann") + "]}";
    return Stream.of(
        arguments("lake.json", "", "lake.json"),
        arguments("lake.json", "{\"policies\":[", "lake.json is not JSON"),
        arguments("lake.json", good + "}", "lake.json is not JSON"),
        arguments("lake.json", "[]", "does not hold a JSON object"),
        arguments("lake.json", "{\"serviceName\":\"lake\"}", "no policies"),
        arguments("lake.json", "{\"policies\":[],\"policies\":[]}", "Duplicate"),
        arguments("lake.json", "{\"policies\":[],\"polices\":[]}", "unknown field polices"),
        arguments("lake.json", "{\"policies\":[null]}", "null policy"),
        arguments("lake.json", "{\"serviceName\":\"sea\",\"policies\":[]}", "service sea"),
        arguments(
            "lake.json", "{\"policies\":[],\"serviceDef\":{\"name\":\"hdfs\"}}", "definition"),
        arguments("lake.json", "{\"policies\":[],\"policyDeltas\":[]}", "policy deltas"),
        arguments(
            "lake.json",
            "{\"policies\":[],\"securityZones\":{\"z\":{\"zoneName\":\"z\"}}}",
            "security zones"),
        arguments(
            "lake.json",
            "{\"policies\":[],\"serviceConfig\":{\"ranger.plugin.super.users\":\"ann\"}}",
            "super users"),
        arguments("lake_roles.json", "{\"rangerRoles\":[{\"users\":[]}]}", "without a name"),
        arguments(
            "lake_roles.json",
            "{\"rangerRoles\":[{\"name\":\"r\",\"roles\":[{\"name\":\"q\"}]}]}",
            "role q, which does not exist"),
        arguments("lake_roles.json", "{\"serviceName\":\"sea\"}", "service sea"),
        arguments(
            "lake_userstore.json",
            "{\"userAttrMapping\":{\"ann\":{\"d\":\"x' or '1'='1\"}}}",
            "attribute d of user ann"),
        arguments(
            "lake_userstore.json",
            "{\"userAttrMapping\":{\"ann\":{\"d\":\"a$1b\"}}}",
            "attribute d of user ann"),
        arguments(
            "lake_userstore.json",
            "{\"groupAttrMapping\":{\"eu\":{\"d\":\"a\\\\b\"}}}",
            "attribute d of group eu"),
        arguments(
            "lake_userstore.json",
            "{\"userAttrMapping\":{\"ann\":{\"d\":\"a\\nb\"}}}",
            "attribute d of user ann"),
        arguments("lake_userstore.json", "{\"userGroupMapping\":{\"ann\":[\"a'b\"]}}", "user ann"),
        arguments("lake_tag.json", "{\"isDelta\":true}", "delta"),
        arguments("lake_tag.json", "{\"resourceToTagIds\":{\"1\":[1]}}", "does not exist"),
        arguments(
            "lake_tag.json",
            "{\"serviceResources\":[{\"id\":1,\"resourceElements\":{\"path\":{\"values\":[\"x\"]}}}]}",
            "no database, table or column"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void filesThatAreBrokenOrForAnother(String name, String json, String problem) {
    folder.policies(allow(1, "s.*.*", "ann"));
    folder.file(name, json);
    assertRefused(problem);
  }

  @Test
  void aDenialAboveColumnsThatIsNotAboutReadingIsNone() {
    folder
        .policies(
            allow(1, "s.*.*", "ann"),
            deny(2, "s.t", "ann").replace("select", "drop"),
            deny(3, "s.t", "ann").replace("\"id\":3,", "\"id\":3,\"isEnabled\":false,"),
            allow(4, "s.t", "bob"))
        .open();
    assertThat(folder.engine().health().problems()).isEmpty();
    assertThat(folder.decide("ann", "s.t", "a").deniedColumns()).isEmpty();
    assertThat(folder.decide("bob", "s.t", "a").granted()).isFalse();
  }

  @Test
  void aMissingFileAllowsNothing() {
    assertRefused("lake.json is missing");
  }

  @Test
  void anExportOfRangerAdminIsRead() {
    folder
        .file(
            "lake.json",
            """
            {"metaDataInfo":{"Ranger apache version":"2.9.0"},
             "policies":[{"id":7,"guid":"g","isEnabled":true,"version":3,"service":"lake",
              "name":"n","policyType":0,"policyPriority":0,"description":"","isAuditEnabled":true,
              "resources":{"database":{"values":["s"],"isExcludes":false,"isRecursive":false},
                           "table":{"values":["*"],"isExcludes":false,"isRecursive":false},
                           "column":{"values":["*"],"isExcludes":false,"isRecursive":false}},
              "additionalResources":[],"conditions":[],"denyPolicyItems":[],"allowExceptions":[],
              "denyExceptions":[],"dataMaskPolicyItems":[],"rowFilterPolicyItems":[],
              "policyItems":[{"accesses":[{"type":"select","isAllowed":true}],"users":["ann"],
                "groups":[],"roles":[],"conditions":[],"delegateAdmin":false}],
              "serviceType":"hive","options":{},"validitySchedules":[],"policyLabels":[],
              "zoneName":"","isDenyAllElse":false}]}
            """)
        .open();
    assertThat(folder.engine().health().problems()).isEmpty();
    assertThat(folder.decide("ann", "s.t", "a").granted()).isTrue();
  }
}
