package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart as Helm renders it, on a real API server; .ci/kubernetes runs it. */
class ChartOnApiServer {

  @RegisterExtension private static final ApiServerExtension API = new ApiServerExtension();

  /** A field that the API server does not know fails. */
  @Test
  void allOfItIsTaken() {
    for (String name : List.of("gateways", "sales", "research")) {
      API.server()
          .client()
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    }
    Set<String> kinds = new TreeSet<>();
    API.server()
        .chart()
        .forEach(
            item -> {
              kinds.add(item.getKind());
              if (item.getKind().equals("CustomResourceDefinition")) {
                return;
              }
              if (item.getMetadata().getNamespace() == null) {
                item.getMetadata().setNamespace("gateways");
              }
              HasMetadata taken =
                  API.server()
                      .client()
                      .resource(item)
                      .fieldValidation(FieldValidateable.Validation.STRICT)
                      .create();
              assertThat(taken.getMetadata().getUid()).as(item.toString()).isNotEmpty();
            });
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "ConfigMap",
            "CustomResourceDefinition",
            "Deployment",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount");
  }

  private static boolean may(KubernetesClient who, String verb, String group, String resource) {
    String[] parts = resource.split("/");
    SelfSubjectAccessReview review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(API.namespace())
            .withVerb(verb)
            .withGroup(group)
            .withResource(parts[0])
            .withSubresource(parts.length > 1 ? parts[1] : null)
            .endResourceAttributes()
            .endSpec()
            .build();
    return who.resource(review).create().getStatus().getAllowed();
  }

  @Test
  void aGatewayMayDoWhatItNeedsAndNoOtherVerb() {
    Set<String> granted = new TreeSet<>();
    API.server()
        .chart()
        .filter(Role.class::isInstance)
        .map(Role.class::cast)
        .filter(role -> !role.getMetadata().getName().endsWith("-driver"))
        .flatMap(role -> role.getRules().stream())
        .forEach(rule -> add(rule, granted));
    Set<String> allowed = new TreeSet<>();
    try (KubernetesClient gateway = API.server().client("gateway")) {
      for (String resource :
          List.of(
              "sluice.io lakehouseclusters",
              "sluice.io lakehouseclusters/status",
              "sluice.io lakehouseclusters/scale",
              "sluice.io lakehouseclusters/finalizers",
              "sluice.io clusterpools",
              "sluice.io clusterpools/status",
              "sluice.io clusterpools/scale",
              "sluice.io clusterpools/finalizers",
              "spark.apache.org sparkapplications",
              "spark.apache.org sparkapplications/status",
              "coordination.k8s.io leases",
              " pods",
              " pods/exec",
              " pods/log",
              " secrets",
              " configmaps",
              " services",
              " events",
              " serviceaccounts/token",
              "rbac.authorization.k8s.io roles",
              "apps deployments")) {
        String[] parts = resource.split(" ");
        for (String verb :
            List.of(
                "get",
                "list",
                "watch",
                "create",
                "update",
                "patch",
                "delete",
                "deletecollection")) {
          if (may(gateway, verb, parts[0], parts[1])) {
            allowed.add(verb + " " + resource);
          }
        }
      }
    }
    assertThat(granted).isEqualTo(GatewayRightsTest.NEEDED);
    assertThat(allowed).isEqualTo(GatewayRightsTest.NEEDED);
  }

  private static void add(PolicyRule rule, Set<String> granted) {
    for (String resource : rule.getResources()) {
      for (String verb : rule.getVerbs()) {
        granted.add(verb + " " + rule.getApiGroups().get(0) + " " + resource);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"secrets", "configmaps", "serviceaccounts"})
  void othersSecretsAreRefused(String resource) {
    try (KubernetesClient gateway = API.server().client("gateway")) {
      assertThatThrownBy(
              () ->
                  gateway
                      .genericKubernetesResources(
                          "v1",
                          switch (resource) {
                            case "secrets" -> "Secret";
                            case "configmaps" -> "ConfigMap";
                            default -> "ServiceAccount";
                          })
                      .inNamespace(API.namespace())
                      .list())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("forbidden");
    }
  }

  @Test
  void aGatewayMakesNoPodsOfItsOwn() {
    try (KubernetesClient gateway = API.server().client("gateway")) {
      assertThatThrownBy(
              () ->
                  gateway
                      .resource(
                          new PodBuilder()
                              .withNewMetadata()
                              .withName("own")
                              .withNamespace(API.namespace())
                              .endMetadata()
                              .withNewSpec()
                              .addNewContainer()
                              .withName("own")
                              .withImage("own")
                              .endContainer()
                              .endSpec()
                              .build())
                      .create())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("forbidden");
    }
  }
}
