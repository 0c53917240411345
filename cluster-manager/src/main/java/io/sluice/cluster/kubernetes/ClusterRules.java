package io.sluice.cluster.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of LakehouseClusters and ClusterPools, which their CustomResourceDefinitions hold as
 * well: an API server that does not check them, or has another version of them, is not relied on.
 */
public final class ClusterRules {

  /** Of {@code metadata.name}. */
  public static final String NAME =
      "metadata.name must be at most 40 lower-case letters, digits and dashes, and begin with a"
          + " letter";

  /** Of {@code spec.replicas}. */
  public static final String REPLICAS =
      "spec.replicas must not be above spec.autoscaling.maxReplicas";

  /** Of {@code spec.sparkConf}. */
  public static final String SPARK_CONF =
      "spec.sparkConf must not set spark.master, spark.submit.*, spark.kubernetes.*,"
          + " spark.connect.*, spark.authenticate*, spark.sql.catalog.*, spark.sql.extensions or"
          + " spark.sql.defaultCatalog, which Sluice sets";

  /** Of a change of {@code spec.catalogRef}. */
  public static final String CATALOG = "spec.catalogRef cannot be changed";

  /** Of {@code spec.autoscaling}. */
  public static final String LEAST =
      "spec.autoscaling.minReplicas must not be above spec.autoscaling.maxReplicas";

  /** Of {@code spec.autoscaling}. */
  public static final String POLICY =
      "spec.autoscaling.targetUtilization and queueWaitTargetSeconds hold for the policies Standard"
          + " and Economy only";

  /** Of {@code spec.executors}. */
  public static final String EXECUTORS = "spec.executors.min must not be above spec.executors.max";

  /** Of {@code spec.warmPoolRef}. */
  public static final String WARM_POOL =
      "spec.warmPoolRef must be the name of a ClusterPool: at most 40 lower-case letters, digits and"
          + " dashes, and begin with a letter";

  private static final Pattern NAMES = Pattern.compile("[a-z]([-a-z0-9]{0,38}[a-z0-9])?");
  private static final Pattern OURS =
      Pattern.compile(
          "spark\\.master|spark\\.(submit|kubernetes|connect)\\..*|spark\\.authenticate.*"
              + "|spark\\.sql\\.(catalog\\..*|extensions|defaultCatalog)",
          Pattern.DOTALL);

  private ClusterRules() {}

  /** Returns what is wrong; nothing for a cluster that keeps the rules. */
  public static List<String> problems(String name, ResourceFields spec) {
    List<String> problems = new ArrayList<>();
    check(problems, NAMES.matcher(name).matches(), NAME);
    ResourceFields autoscaling = spec.object("autoscaling");
    int most = autoscaling.integer("maxReplicas", LakehouseCluster.MAX_REPLICAS);
    int least = autoscaling.integer("minReplicas", LakehouseCluster.MIN_REPLICAS);
    check(problems, !spec.has("replicas") || spec.integer("replicas", 0) <= most, REPLICAS);
    check(problems, least <= most, LEAST);
    check(
        problems,
        List.of("Standard", "Economy").contains(autoscaling.text("policy", LakehouseCluster.POLICY))
            || !(autoscaling.has("targetUtilization") || autoscaling.has("queueWaitTargetSeconds")),
        POLICY);
    check(
        problems,
        spec.optionalText("warmPoolRef").map(NAMES::matcher).map(Matcher::matches).orElse(true),
        WARM_POOL);
    ofReplicas(problems, spec);
    return problems;
  }

  /** Returns what is wrong with a ClusterPool. */
  public static List<String> problemsOfPool(String name, ResourceFields spec) {
    List<String> problems = new ArrayList<>();
    check(problems, NAMES.matcher(name).matches(), NAME);
    ofReplicas(problems, spec);
    return problems;
  }

  private static void ofReplicas(List<String> problems, ResourceFields spec) {
    check(
        problems,
        spec.texts("sparkConf").keySet().stream().noneMatch(key -> OURS.matcher(key).matches()),
        SPARK_CONF);
    ResourceFields executors = spec.object("executors");
    check(
        problems,
        !executors.has("max")
            || executors.integer("min", ReplicaFields.MIN_EXECUTORS) <= executors.integer("max", 0),
        EXECUTORS);
    problems.addAll(TemplateRules.problems(spec));
  }

  static void within(List<String> problems, String field, int value, int least, int most) {
    check(
        problems,
        value >= least && value <= most,
        field + " must be between " + least + " and " + most);
  }

  /** Returns what is wrong with a change from one specification to another. */
  public static List<String> problemsOfChange(
      Map<String, Object> before, Map<String, Object> after) {
    @Nullable Object old = before.get("catalogRef");
    List<String> problems = new ArrayList<>();
    check(problems, Objects.equals(old, after.get("catalogRef")), CATALOG);
    return problems;
  }

  private static void check(List<String> problems, boolean kept, String rule) {
    if (!kept) {
      problems.add(rule);
    }
  }
}
