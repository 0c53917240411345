package io.sluice.cluster.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.EditReplacePatchable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the objects of one kind, each for the version of the object that it was made for. All
 * throw what the API server answers, and block.
 */
final class Patches {

  private final KubernetesClient client;
  private final ResourceDefinitionContext kind;

  Patches(KubernetesClient client, ResourceDefinitionContext kind) {
    this.client = client;
    this.kind = kind;
  }

  /** Sends one whose {@code metadata.resourceVersion} says which version it is for. */
  static void merge(
      KubernetesClient client,
      EditReplacePatchable<GenericKubernetesResource> target,
      Map<String, Object> change) {
    target.patch(
        PatchContext.of(PatchType.JSON_MERGE), client.getKubernetesSerialization().asJson(change));
  }

  /** Writes a status, unless it is there already. */
  void status(GenericKubernetesResource resource, Map<String, Object> status) {
    if (!same(resource.getAdditionalProperties().get("status"), status)) {
      change(resource, Map.of("status", status), true);
    }
  }

  /** Numbers may come back as others of the same value. */
  private boolean same(@Nullable Object before, Object after) {
    return before != null
        && client
            .getKubernetesSerialization()
            .convertValue(before, JsonNode.class)
            .equals(
                client
                    .getKubernetesSerialization()
                    .unmarshal(client.getKubernetesSerialization().asJson(after), JsonNode.class));
  }

  /** Changes an object, unless somebody has changed what it is to be meanwhile. */
  void change(GenericKubernetesResource resource, Map<String, Object> change, boolean status) {
    Resource<GenericKubernetesResource> target =
        client
            .genericKubernetesResources(kind)
            .inNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName());
    try {
      change(target, resource, change, status);
    } catch (KubernetesClientException answer) {
      if (answer.getCode() != Refusals.CONFLICT) {
        throw answer;
      }
      // The copy here may be a moment behind.
      GenericKubernetesResource now = target.get();
      if (now != null
          && Objects.equals(
              now.getMetadata().getGeneration(), resource.getMetadata().getGeneration())
          && Objects.equals(
              now.getMetadata().getFinalizers(), resource.getMetadata().getFinalizers())) {
        change(target, now, change, status);
      }
    }
  }

  private void change(
      Resource<GenericKubernetesResource> target,
      GenericKubernetesResource version,
      Map<String, Object> change,
      boolean status) {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    if (change.get("metadata") instanceof Map<?, ?> given) {
      given.forEach((key, value) -> metadata.put(String.valueOf(key), value));
    }
    metadata.put("resourceVersion", version.getMetadata().getResourceVersion());
    Map<String, Object> patch = new LinkedHashMap<>(change);
    patch.put("metadata", metadata);
    merge(client, status ? target.subresource("status") : target, patch);
  }
}
