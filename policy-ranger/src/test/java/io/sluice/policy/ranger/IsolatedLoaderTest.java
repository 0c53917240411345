package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.access;
import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyEngineFactory;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import io.sluice.planner.policy.loader.PolicyEngineLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as the gateway opens it: from the class path file, in a class loader of its own. */
class IsolatedLoaderTest {

  private static final String SCRIPTED =
      access(
          2,
          "s.t.*",
          "\"policyItems\":[{\"users\":[\"ann\"],\"accesses\":[{\"type\":\"select\"}],"
              + "\"conditions\":[{\"type\":\"_expression\",\"values\":[\"USER._name == 'bob'\"]}]}]");

  private static PolicyEngineFactory load(Predicate<Path> wanted) {
    Path target = Path.of(System.getProperty("sluice.root"), "policy-ranger", "target");
    List<Path> jars = new ArrayList<>(List.of(target.resolve("classes")));
    PolicyEngineLoader.readClassPath(target.resolve("classpath")).stream()
        .filter(wanted)
        .forEach(jars::add);
    return PolicyEngineLoader.load(jars);
  }

  private static TableDecision decide(PolicyEngine engine, String user, String column) {
    return engine.decide(
        new TableRequest(
            new Principal(user, Set.of()),
            "10.1.2.3",
            new TableName("lake", "s", "t"),
            List.of(column)));
  }

  @Test
  void theEngineWorksWithItsOwnClassesAlone(@TempDir Path path) {
    PolicyFolder.in(path)
        .policies(
            allow(1, "s.t.*", "eve"),
            SCRIPTED,
            filter(3, "s.t", "eve", "u = '${{USER._name}}' and p like 'pho?e'"),
            allow(4, "s.t.pho?e", "zoe"));
    PolicyEngineFactory factory = load(jar -> true);
    assertThat(factory.getClass()).isNotEqualTo(RangerPolicyEngineFactory.class);
    ClassLoader own = factory.getClass().getClassLoader();
    assertThatThrownBy(() -> own.loadClass("ch.qos.logback.classic.Logger"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThatThrownBy(() -> own.loadClass(PolicyEngineLoader.class.getName()))
        .isInstanceOf(ClassNotFoundException.class);
    assertThat(own.getResource("logback-test.xml")).isNull();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try (PolicyEngine engine =
        factory.open(path, Map.of("lake", "lake"), PolicyFolder.ANY_EXPRESSION)) {
      assertThat(engine.health().problems()).isEmpty();
      assertThat(decide(engine, "ann", "a").granted()).isFalse();
      assertThat(decide(engine, "zoe", "phone").granted()).isTrue();
      assertThat(decide(engine, "eve", "a").rowFilter().orElseThrow().expression())
          .isEqualTo("u = 'eve' and p like 'pho?e'");
    }
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(context);
  }

  /** Ranger would take the condition for true and let ann read. */
  @Test
  void withoutAScriptEnginePoliciesWithScriptsAreRefusedAndOthersWork(@TempDir Path path) {
    PolicyFolder folder = PolicyFolder.in(path).policies(allow(1, "s.t.*", "eve"), SCRIPTED);
    PolicyEngineFactory factory = load(jar -> !jar.toString().contains("graalvm"));
    try (PolicyEngine engine =
        factory.open(path, Map.of("lake", "lake"), PolicyFolder.ANY_EXPRESSION)) {
      assertThat(engine.health().ready()).isFalse();
      assertThat(engine.health().problems())
          .extracting(PolicyHealth.Problem::file, PolicyHealth.Problem::reason)
          .containsExactly(
              tuple("lake.json", "lake.json has scripts, and there is no working script engine"));
      assertThatThrownBy(() -> decide(engine, "ann", "a")).isInstanceOf(SluiceException.class);
    }
    folder.policies(allow(1, "s.t.*", "eve"));
    try (PolicyEngine engine =
        factory.open(path, Map.of("lake", "lake"), PolicyFolder.ANY_EXPRESSION)) {
      assertThat(engine.health().ready()).isTrue();
      assertThat(decide(engine, "eve", "a").granted()).isTrue();
    }
  }

  @Test
  void aBrokenClassPathIsAnErrorAtTheStart(@TempDir Path path) {
    assertThatThrownBy(() -> PolicyEngineLoader.load(List.of(path.resolve("no.jar"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no.jar");
    assertThatThrownBy(() -> PolicyEngineLoader.load(List.of(path)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no policy engine");
  }
}
