package io.sluice.policy.ranger;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.script.Compilable;
import javax.script.ScriptException;
import org.apache.ranger.plugin.policyengine.RangerAccessRequestImpl;
import org.apache.ranger.plugin.policyengine.RangerAccessResourceImpl;
import org.apache.ranger.plugin.policyengine.RangerRequestScriptEvaluator;

/**
 * Proves that scripts are evaluated before a policy with one is accepted: without an engine Ranger
 * takes every script condition for true.
 */
final class ScriptCheck {

  private static final AtomicBoolean PROVEN = new AtomicBoolean();

  private ScriptCheck() {}

  /** Runs a condition that is true and one that is false, until they once came out so. */
  static void requireWorking(String file) throws InvalidPolicies {
    if (PROVEN.get()) {
      return;
    }
    try {
      RangerAccessRequestImpl request =
          new RangerAccessRequestImpl(
              new RangerAccessResourceImpl(Map.of("database", "d")),
              "select",
              "somebody",
              Set.of(),
              Set.of());
      if (!ScriptRun.condition(request, "USER._name == 'somebody'")
          || ScriptRun.condition(request, "ctx.getUser() == 'nobody'")) {
        throw new IllegalStateException("a script condition came out wrong");
      }
      PROVEN.set(true);
    } catch (RuntimeException | LinkageError e) {
      throw new InvalidPolicies(file + " has scripts, and there is no working script engine", e);
    }
  }

  /**
   * Compiles a script without running it.
   *
   * @param where it stands, to begin a sentence with
   */
  static void requireSyntax(String where, String script) throws InvalidPolicies {
    if (script.contains("[[")) {
      return; // A list that Ranger rewrites before it runs the script.
    }
    if (!(ScriptRun.engine() instanceof Compilable compilable)) {
      throw new InvalidPolicies(where + " has a script, and there is no working script engine");
    }
    try {
      compilable.compile(RangerRequestScriptEvaluator.expandMacros(script));
    } catch (ScriptException e) {
      throw new InvalidPolicies(where + " has a script that is not JavaScript", e);
    }
  }
}
