package io.sluice.policy.ranger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import javax.script.Bindings;
import javax.script.ScriptEngine;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest;
import org.apache.ranger.plugin.policyengine.RangerRequestScriptEvaluator;
import org.apache.ranger.plugin.util.ScriptEngineUtil;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script of a policy, in Ranger's sandbox and with Ranger's variables and macros. Ranger
 * logs a script's error and goes on as if it had said false, which makes a deny, a filter or a mask
 * disappear; here the error is kept and thrown.
 */
final class ScriptRun {

  private final ScriptEngine engine;
  private final List<Bindings> bindings = new ArrayList<>();
  private @Nullable Throwable failure;

  private ScriptRun(ScriptEngine engine) {
    this.engine = engine;
  }

  /**
   * Returns the value of a condition.
   *
   * @throws IllegalStateException if it fails or has no truth value
   */
  static boolean condition(RangerAccessRequest request, String script) {
    Object value = run(request, script, true);
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw new IllegalStateException("a script condition gave no boolean");
  }

  /**
   * Returns the value of an expression, null when it has none.
   *
   * @throws IllegalStateException if it fails
   */
  static @Nullable Object value(RangerAccessRequest request, String script) {
    return run(request, script, false);
  }

  /**
   * Returns the engine that all scripts share; each runs in a context of its own.
   *
   * @throws IllegalStateException if there is none
   */
  static ScriptEngine engine() {
    return Shared.ENGINE;
  }

  private static @Nullable Object run(
      RangerAccessRequest request, String script, boolean condition) {
    ScriptRun run = new ScriptRun(engine());
    try {
      RangerRequestScriptEvaluator evaluator =
          new RangerRequestScriptEvaluator(
              request, run.watched(), RangerRequestScriptEvaluator.needsJsonCtxEnabled(script));
      Object value =
          condition ? evaluator.evaluateConditionScript(script) : evaluator.evaluateScript(script);
      if (run.failure != null) {
        throw new IllegalStateException("a script failed", run.failure);
      }
      return value;
    } finally {
      run.release();
    }
  }

  private ScriptEngine watched() {
    return (ScriptEngine)
        Proxy.newProxyInstance(
            ScriptRun.class.getClassLoader(),
            new Class<?>[] {ScriptEngine.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(engine, arguments);
                if (result instanceof Bindings created) {
                  bindings.add(created);
                }
                return result;
              } catch (InvocationTargetException e) {
                failure = e.getCause();
                throw e.getCause();
              }
            });
  }

  /** Each binding holds a JavaScript context, which is memory until it is closed. */
  private void release() {
    for (Bindings held : bindings) {
      if (held instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Exception e) {
          throw new IllegalStateException("a script's context could not be closed", e);
        }
      }
    }
  }

  /** Made when it is first needed: it takes a second and some memory. */
  private static final class Shared {

    static final ScriptEngine ENGINE = create();

    private static ScriptEngine create() {
      // Otherwise it says on standard error that it interprets, which is all it is needed for.
      System.setProperty("polyglot.engine.WarnInterpreterOnly", "false");
      ScriptEngine engine = ScriptEngineUtil.createScriptEngine(ServiceDefinitions.HIVE);
      if (engine == null) {
        throw new IllegalStateException("there is no script engine");
      }
      return engine;
    }
  }
}
