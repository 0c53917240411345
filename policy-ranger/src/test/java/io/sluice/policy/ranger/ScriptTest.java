package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.access;
import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts in conditions and expressions, in real GraalJS. */
class ScriptTest extends PolicyFolderTest {

  @BeforeEach
  void nameUsers() {
    folder.file(
        "lake_userstore.json",
        """
        {"userAttrMapping":{"ann":{"dept":"toys","level":"3","list":"1 or true"}},
         "userGroupMapping":{"ann":["eu","us"]}}
        """);
  }

  @Test
  void conditionsAreEvaluated() {
    open(
        access(1, "s.t.*", conditional("policyItems", "ann", "USER.dept == 'toys'")),
        access(2, "s.u.*", conditional("policyItems", "ann", "USER.dept == 'food'")),
        access(3, "s.v.*", conditional("policyItems", "ann", "IS_IN_GROUP('eu')")),
        access(4, "s.w.*", conditional("policyItems", "ann", "ctx.result = false;")));
    assertThat(folder.decide("ann", "s.t", "a").granted()).isTrue();
    assertThat(folder.decide("ann", "s.u", "a").granted()).isFalse();
    assertThat(folder.decide("ann", "s.v", "a").granted()).isTrue();
    assertThat(folder.decide("ann", "s.w", "a").granted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing.there", "'yes'", "1", "throw new Error('x')"})
  void aDenyWhoseConditionFailsRefusesInsteadOfVanishing(String script) {
    open(
        allow(1, "s.*.*", "ann"),
        access(2, "s.t.*", conditional("denyPolicyItems", "ann", script)));
    assertThatThrownBy(() -> folder.decide("ann", "s.t", "a"))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE));
    assertThat(folder.decide("ann", "s.u", "a").granted()).isTrue();
  }

  @Test
  void scriptsCannotReachTheMachine() {
    open(
        allow(1, "s.*.*", "ann"),
        access(
            2,
            "s.t.*",
            conditional("denyPolicyItems", "ann", "Java.type('java.lang.System').exit(1) == 1")));
    assertThatThrownBy(() -> folder.decide("ann", "s.t", "a")).isInstanceOf(SluiceException.class);
  }

  @Test
  void attributesStandInFiltersAndMasks() {
    open(
        allow(1, "s.*.*", "ann"),
        filter(2, "s.t", "ann", "dept = '${{USER.dept}}' and level <= ${{USER.level}}"),
        filter(3, "s.u", "ann", "grp in (${{GET_UG_NAMES_Q()}}) and u = '${{USER._name}}'"),
        mask(
            4,
            "s.t.a",
            "ann",
            "\"dataMaskType\":\"CUSTOM\",\"valueExpr\":\"concat('${{USER.dept}}', {col})\"",
            ""));
    assertThat(folder.decide("ann", "s.t", "a").rowFilter().orElseThrow().expression())
        .isEqualTo("dept = 'toys' and level <= 3");
    assertThat(folder.decide("ann", "s.t", "a").masks())
        .containsEntry("a", new ColumnMask("CUSTOM", Optional.of("concat('toys', {col})"), "4"));
    assertThat(folder.decide("ann", "s.u", "a").rowFilter().orElseThrow().expression())
        .isEqualTo("grp in ('eu','us') and u = 'ann'");
  }

  @Test
  void valuesThatAreMissingOrCouldBeSqlAreRefused() {
    open(
        allow(1, "s.*.*", "ann", "bob", "x' or '1'='1"),
        filter(2, "s.t", "\"groups\":[\"public\"]", "dept <> '${{USER.dept}}'", ""),
        filter(3, "s.u", "ann", "level <= ${{USER.list}}"),
        filter(4, "s.v", "bob", "grp in (${{GET_UG_NAMES_Q()}})"),
        filter(5, "s.w", "ann", "a = '${{nothing.there}}'"),
        filter(6, "s.x", "\"groups\":[\"public\"]", "u = '${{USER._name}}'", ""));
    for (String[] request :
        List.of(
            new String[] {"bob", "s.t"},
            new String[] {"ann", "s.u"},
            new String[] {"bob", "s.v"},
            new String[] {"ann", "s.w"},
            new String[] {"x' or '1'='1", "s.x"})) {
      assertThatThrownBy(() -> folder.decide(request[0], request[1], "a"))
          .as("%s %s", request[0], request[1])
          .isInstanceOf(SluiceException.class);
    }
  }

  @Test
  void groupNamesThatCouldBeSqlAreRefused() {
    open(allow(1, "s.*.*", "ann"), filter(2, "s.t", "ann", "grp in (${{GET_UG_NAMES_Q()}})"));
    assertThatThrownBy(() -> folder.decide(new Principal("ann", Set.of("a','b")), "", "s.t", "a"))
        .isInstanceOf(SluiceException.class);
  }

  @Test
  void threadsDoNotMeetInTheScriptEngine() throws Exception {
    open(
        access(1, "s.t.*", conditional("policyItems", "ann", "USER.dept == 'toys'")),
        filter(2, "s.t", "ann", "dept = '${{USER.dept}}'"));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        calls.add(() -> folder.decide("ann", "s.t", "a").rowFilter().orElseThrow().expression());
      }
      for (Future<String> answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).isEqualTo("dept = 'toys'");
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void answersThatAScriptHasASayInAreNotCached() {
    open(allow(1, "s.*.*", "ann"), filter(2, "s.t", "ann", "dept = '${{USER.dept}}'"));
    assertThat(folder.engine().version("lake")).isEmpty();
  }

  private static String conditional(String items, String user, String script) {
    return "\"%s\":[{\"users\":[\"%s\"],\"accesses\":[{\"type\":\"select\"}],\"conditions\":[{\"type\":\"_expression\",\"values\":[\"%s\"]}]}]"
        .formatted(items, user, script);
  }
}
