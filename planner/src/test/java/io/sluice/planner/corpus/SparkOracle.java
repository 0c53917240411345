package io.sluice.planner.corpus;

import io.sluice.planner.corpus.SparkReading.BadWith;
import io.sluice.planner.corpus.SparkReading.Rejected;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Spark's own parser and its own rule for WITH, loaded apart from the planner's class path with all
 * that a Spark server is made of. For use on {@link SparkThread} only.
 */
final class SparkOracle {

  /** As the gateway sets them on every server, and so that the parser's memory stays bounded. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.sql.variable.substitute", "false",
          "spark.sql.parser.manageParserCaches", "true",
          "spark.sql.parser.parserDfaCacheFlushThreshold", "20000");

  private static final SparkOracle INSTANCE = new SparkOracle();

  private final Object parser;
  private final Method parsePlan;
  private final Method parse;
  private final Object wholeText;
  private final Object substitution;
  private final Method substitute;
  private final PlanRelations relations;
  private final Class<?> sparkThrowable;

  private SparkOracle() {
    URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Class<?> parserClass = loader.loadClass("org.apache.spark.sql.execution.SparkSqlParser");
      Class<?> function = loader.loadClass("scala.Function1");
      Class<?> plan = loader.loadClass("org.apache.spark.sql.catalyst.plans.logical.LogicalPlan");
      Class<?> rule = loader.loadClass("org.apache.spark.sql.catalyst.analysis.CTESubstitution$");
      Class<?> settings = loader.loadClass("org.apache.spark.sql.internal.SQLConf");
      parser = parserClass.getConstructor().newInstance();
      parsePlan = parserClass.getMethod("parsePlan", String.class);
      parse = parserClass.getMethod("parse", String.class, function);
      wholeText = grammarOnly(loader, function);
      substitution = rule.getField("MODULE$").get(null);
      substitute = rule.getMethod("apply", plan);
      relations = new PlanRelations(loader);
      sparkThrowable = loader.loadClass("org.apache.spark.SparkThrowable");
      Object current = settings.getMethod("get").invoke(null);
      for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
        settings
            .getMethod("setConfString", String.class, String.class)
            .invoke(current, setting.getKey(), setting.getValue());
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Spark's parser has another shape than expected", e);
    }
  }

  /** Returns what Spark makes of a text. */
  static SparkReading read(String text) {
    return INSTANCE.reading(text);
  }

  private SparkReading reading(String text) {
    Object plan;
    try {
      plan = invoke(parsePlan, parser, text);
    } catch (SparkRefusal refusal) {
      return new Rejected(refusal.getMessage(), isRejectedByGrammar(text));
    }
    Object explained = relations.held(plan);
    Object substituted;
    try {
      substituted = invoke(substitute, substitution, explained);
    } catch (SparkRefusal refusal) {
      return new BadWith(refusal.getMessage());
    }
    return relations.of(explained, substituted);
  }

  /** Parses with the parser's own settings and checks of names, and builds nothing. */
  private boolean isRejectedByGrammar(String text) {
    try {
      invoke(parse, parser, text, wholeText);
      return false;
    } catch (SparkRefusal refusal) {
      return true;
    }
  }

  private static Object grammarOnly(ClassLoader loader, Class<?> function)
      throws ReflectiveOperationException {
    Method rule =
        loader
            .loadClass("org.apache.spark.sql.catalyst.parser.SqlBaseParser")
            .getMethod("compoundOrSingleStatement");
    return Proxy.newProxyInstance(
        loader,
        new Class<?>[] {function},
        (proxy, method, arguments) -> {
          if (!method.getName().equals("apply")) {
            throw new IllegalStateException("Spark calls apply alone, not " + method.getName());
          }
          try {
            return rule.invoke(arguments[0]);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private Object invoke(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      throw new SparkRefusal(errorClass(e.getCause()));
    }
  }

  private String errorClass(Throwable error) {
    if (sparkThrowable.isInstance(error)) {
      try {
        return (String) sparkThrowable.getMethod("getCondition").invoke(error);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return error.getClass().getName();
  }

  private static URL[] classPath() {
    String root = System.getProperty("sluice.root");
    if (root == null) {
      throw new IllegalStateException("the system property sluice.root names the repository");
    }
    Path file = Path.of(root, "spark-runtime", "target", "classpath");
    try {
      return Arrays.stream(Files.readString(file).strip().split(File.pathSeparator))
          .map(SparkOracle::url)
          .toArray(URL[]::new);
    } catch (IOException e) {
      throw new UncheckedIOException("run: mvn -pl spark-runtime generate-resources", e);
    }
  }

  private static URL url(String jar) {
    try {
      return Path.of(jar).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What Spark threw; the message is the error's class. */
  private static final class SparkRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    SparkRefusal(String errorClass) {
      super(errorClass, null, false, false);
    }
  }
}
