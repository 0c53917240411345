package io.sluice.cluster.kubernetes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a cluster's owner may say of its pods: a list of what is allowed, as a pod can be told to
 * take its node over. Nothing there reaches the node (its files, network, processes or ports),
 * chooses the service account or says how containers are confined. The CustomResourceDefinitions
 * know the same fields, and no others.
 */
public final class TemplateRules {

  /** Of a template. */
  public static final Set<String> TEMPLATE = Set.of("metadata", "spec");

  /** Of its metadata. */
  public static final Set<String> METADATA = Set.of("annotations", "labels");

  /** Of its specification. */
  public static final Set<String> POD =
      Set.of(
          "affinity",
          "containers",
          "imagePullSecrets",
          "nodeSelector",
          "priorityClassName",
          "schedulerName",
          "tolerations",
          "topologySpreadConstraints",
          "volumes");

  /** Of a container. */
  public static final Set<String> CONTAINER =
      Set.of(
          "args",
          "command",
          "env",
          "envFrom",
          "image",
          "imagePullPolicy",
          "name",
          "resources",
          "volumeMounts");

  /** Of a volume: those that Kubernetes' Pod Security Standard "restricted" lets pods have. */
  public static final Set<String> VOLUME =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "name",
          "persistentVolumeClaim",
          "projected",
          "secret");

  /** By labels like these others tell the gateways' and the clusters' pods from the rest. */
  private static final List<String> RESERVED =
      List.of("app.kubernetes.io/", "sluice.io/", "spark-", "spark.operator/");

  private final List<String> problems = new ArrayList<>();

  private TemplateRules() {}

  /** Returns what is wrong with the templates of a specification. */
  static List<String> problems(ResourceFields spec) {
    TemplateRules rules = new TemplateRules();
    rules.template(spec.object("driverTemplate"));
    rules.template(spec.object("executorTemplate"));
    return rules.problems;
  }

  private void template(ResourceFields template) {
    only(template, TEMPLATE);
    ResourceFields metadata = template.object("metadata");
    only(metadata, METADATA);
    metadata.texts("annotations");
    for (String label : metadata.texts("labels").keySet()) {
      if (RESERVED.stream().anyMatch(label::startsWith)) {
        problems.add(
            metadata.path("labels")
                + " must not set "
                + label
                + ": Sluice tells pods by such labels");
      }
    }
    ResourceFields pod = template.object("spec");
    only(pod, POD);
    onlyEach(pod.objects("containers"), CONTAINER);
    onlyEach(pod.objects("volumes"), VOLUME);
  }

  private void onlyEach(Collection<ResourceFields> items, Set<String> allowed) {
    items.forEach(item -> only(item, allowed));
  }

  private void only(ResourceFields fields, Set<String> allowed) {
    for (String field : fields.names()) {
      if (!allowed.contains(field)) {
        problems.add(
            fields.path(field)
                + " cannot be set: only "
                + String.join(", ", new TreeSet<>(allowed))
                + " can be there");
      }
    }
  }
}
