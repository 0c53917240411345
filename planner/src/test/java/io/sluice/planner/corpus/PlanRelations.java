package io.sluice.planner.corpus;

import io.sluice.planner.corpus.SparkReading.Accepted;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The relations that a plan of Spark's names, wherever they hide: a node, an expression, a list, a
 * pair. Every one of these is a Scala Product or Iterable, so nothing needs to be known of them.
 */
final class PlanRelations {

  private static final String PACKAGE = "org.apache.spark.sql.catalyst.";

  private static final Set<String> NAMING =
      Set.of(
          PACKAGE + "analysis.UnresolvedRelation",
          PACKAGE + "analysis.UnresolvedTable",
          PACKAGE + "analysis.UnresolvedTableOrView",
          PACKAGE + "analysis.UnresolvedView",
          PACKAGE + "analysis.UnresolvedIdentifier");

  /** Its first part names variables, which are no relations. */
  private static final String DECLARATION = PACKAGE + "plans.logical.CreateVariable";

  private static final String COMMON = PACKAGE + "plans.logical.CTERelationRef";

  /** Commands into whose plans rules do not look, and which of their parts it is. */
  private static final Map<String, Integer> HOLDING =
      Map.of(
          "org.apache.spark.sql.execution.command.ExplainCommand", 0,
          "org.apache.spark.sql.execution.command.DescribeQueryCommand", 1);

  private final Class<?> product;
  private final Class<?> iterable;
  private final Method arity;
  private final Method element;
  private final Method iterator;
  private final Method hasNext;
  private final Method next;

  PlanRelations(ClassLoader loader) throws ReflectiveOperationException {
    product = loader.loadClass("scala.Product");
    iterable = loader.loadClass("scala.collection.Iterable");
    arity = product.getMethod("productArity");
    element = product.getMethod("productElement", int.class);
    iterator = iterable.getMethod("iterator");
    Class<?> iteratorClass = loader.loadClass("scala.collection.Iterator");
    hasNext = iteratorClass.getMethod("hasNext");
    next = iteratorClass.getMethod("next");
  }

  /** Returns the plan that an EXPLAIN or DESCRIBE QUERY holds; else the plan itself. */
  Object held(Object plan) {
    Integer part = HOLDING.get(plan.getClass().getName());
    return part == null ? plan : held(call(element, plan, part));
  }

  /**
   * Returns what a plan names.
   *
   * @param written as the parser made it
   * @param substituted with its references to common table expressions told from others
   */
  Accepted of(Object written, Object substituted) {
    int[] commonReferences = new int[1];
    List<List<String>> names = names(substituted, commonReferences);
    return new Accepted(names, commonReferences[0], names(written, new int[1]));
  }

  private List<List<String>> names(Object plan, int[] commonReferences) {
    List<List<String>> names = new ArrayList<>();
    collect(plan, names, commonReferences);
    names.sort(Comparator.comparing(Object::toString));
    return names;
  }

  private void collect(Object node, List<List<String>> names, int[] commonReferences) {
    if (iterable.isInstance(node)) {
      elements(node).forEach(child -> collect(child, names, commonReferences));
      return;
    }
    if (!product.isInstance(node)) {
      return;
    }
    String type = node.getClass().getName();
    if (NAMING.contains(type)) {
      names.add(elements(call(element, node, 0)).stream().map(Object::toString).toList());
    } else if (type.equals(COMMON)) {
      commonReferences[0]++;
    }
    int count = (int) call(arity, node);
    for (int index = type.equals(DECLARATION) ? 1 : 0; index < count; index++) {
      collect(call(element, node, index), names, commonReferences);
    }
  }

  private List<Object> elements(Object collection) {
    List<Object> elements = new ArrayList<>();
    Object from = call(iterator, collection);
    while ((boolean) call(hasNext, from)) {
      elements.add(call(next, from));
    }
    return elements;
  }

  private static Object call(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
