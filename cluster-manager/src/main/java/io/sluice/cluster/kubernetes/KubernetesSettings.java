package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a cluster's applications are kept.
 *
 * @param cluster the cluster's name, which its objects are labelled with; at most 40 characters
 * @param namespace theirs
 * @param owner with which they go when it is deleted
 * @param tokenSecret the Secret in that namespace that holds the key of Spark Connect
 * @param tokenKey under which it holds it
 * @param tokenFile where the gateway reads the same key, from a mounted Secret
 * @param startLimit how long a server may take from its creation until it listens, with the time
 *     for a node to be added
 * @param grace that Spark has from being told to end; whole seconds
 */
public record KubernetesSettings(
    String cluster,
    String namespace,
    Optional<OwnerReference> owner,
    String tokenSecret,
    String tokenKey,
    Path tokenFile,
    Duration startLimit,
    Duration grace) {

  /** Under which name the key stands in the Secret. */
  public static final String TOKEN_KEY = "token";

  /** Returns the same for another cluster. */
  KubernetesSettings ofCluster(String other) {
    return new KubernetesSettings(
        other, namespace, owner, tokenSecret, tokenKey, tokenFile, startLimit, grace);
  }

  /** Returns the same but for how long a start may take. */
  KubernetesSettings withStartLimit(Duration limit) {
    return new KubernetesSettings(
        cluster, namespace, owner, tokenSecret, tokenKey, tokenFile, limit, grace);
  }

  /** Settings with three minutes for a start and one for an end. */
  public static KubernetesSettings of(
      String cluster,
      String namespace,
      Optional<OwnerReference> owner,
      String tokenSecret,
      Path tokenFile) {
    return new KubernetesSettings(
        cluster,
        namespace,
        owner,
        tokenSecret,
        TOKEN_KEY,
        tokenFile,
        Duration.ofMinutes(3),
        Duration.ofMinutes(1));
  }
}
