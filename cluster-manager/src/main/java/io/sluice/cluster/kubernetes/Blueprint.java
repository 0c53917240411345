package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cluster.ReplicaSpec;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a cluster's start would tell the operator of a driver, but for whose it is and how long
 * its start may take. What runs keeps it, so that a driver of a pool is what a start would make if
 * it was made by the same blueprint.
 *
 * @param revision of what the replica is like
 * @param digest of the specification
 * @param specification the {@code spec} of a SparkApplication
 */
record Blueprint(String revision, String digest, Map<String, Object> specification) {

  private static final String TOLERATIONS = "applicationTolerations";
  private static final String CONFIGURATION = "sparkConf";

  static Blueprint of(KubernetesSettings settings, ReplicaSpec spec) {
    Map<String, Object> body =
        SparkApplications.body(settings.ofCluster(SparkApplications.UNCLAIMED), spec);
    Map<String, Object> tolerations =
        new LinkedHashMap<>(new ResourceFields("spec", body).map(TOLERATIONS));
    tolerations.remove("applicationTimeoutConfig");
    body.put(TOLERATIONS, tolerations);
    return new Blueprint(
        SparkApplications.revision(spec),
        SparkApplications.digest(Serialization.asJson(SparkApplications.sorted(body))),
        body);
  }

  /** Returns whether an application was made by it, whatever it says by now. */
  boolean madeOnce(GenericKubernetesResource application) {
    Map<String, String> labels = application.getMetadata().getLabels();
    Map<String, String> annotations = application.getMetadata().getAnnotations();
    return labels != null
        && annotations != null
        && revision.equals(labels.get(SparkApplications.REVISION_LABEL))
        && digest.equals(annotations.get(SparkApplications.BLUEPRINT_ANNOTATION));
  }

  /**
   * Returns whether an application was made by it and says so still. The digest tells what was
   * written; the API server may have added defaults, but none to Spark's settings.
   */
  boolean isThatOf(GenericKubernetesResource application) {
    return madeOnce(application)
        && Objects.equals(
            specification.get(CONFIGURATION), application.<Object>get("spec", CONFIGURATION))
        && holds(specification, application.get("spec"));
  }

  /** Returns whether all of one value is in another, in lists as many items in the same order. */
  private static boolean holds(@Nullable Object part, @Nullable Object whole) {
    if (part instanceof Map<?, ?> fields) {
      return whole instanceof Map<?, ?> there
          && fields.entrySet().stream()
              .allMatch(field -> holds(field.getValue(), there.get(field.getKey())));
    }
    if (part instanceof List<?> items) {
      if (!(whole instanceof List<?> there) || there.size() != items.size()) {
        return false;
      }
      for (int index = 0; index < items.size(); index++) {
        if (!holds(items.get(index), there.get(index))) {
          return false;
        }
      }
      return true;
    }
    if (part instanceof Number number) {
      return whole instanceof Number there
          && new BigDecimal(number.toString()).compareTo(new BigDecimal(there.toString())) == 0;
    }
    return Objects.equals(part, whole);
  }
}
