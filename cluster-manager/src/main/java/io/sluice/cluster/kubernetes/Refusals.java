package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** What the API server's answers mean to people. */
final class Refusals {

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  static final int CONFLICT = 409;
  private static final int INVALID = 422;

  private Refusals() {}

  /** Returns why a question was refused for good; empty if it may succeed when it is put again. */
  static Optional<String> why(KubernetesClientException answer, String verb, String what) {
    return switch (answer.getCode()) {
      case FORBIDDEN ->
          Optional.of(
              message(answer).contains("exceeded quota")
                  ? "the namespace's quota is used up (" + message(answer) + ")"
                  : "the gateway may not "
                      + verb
                      + " "
                      + what
                      + ": its service account lacks the Role");
      case NOT_FOUND ->
          Optional.of(
              "Kubernetes knows no "
                  + what
                  + ": the namespace or the CustomResourceDefinition is not there");
      case UNAUTHORIZED -> Optional.of("Kubernetes does not know the gateway's service account");
      case BAD_REQUEST, INVALID, CONFLICT ->
          Optional.of("Kubernetes refused to " + verb + " " + what + " (" + message(answer) + ")");
      default -> Optional.empty();
    };
  }

  /** Returns what the API server itself said, in one line. */
  static String message(KubernetesClientException answer) {
    String said =
        answer.getStatus() != null && answer.getStatus().getMessage() != null
            ? answer.getStatus().getMessage()
            : String.valueOf(answer.getMessage());
    return said.strip().lines().findFirst().orElse("");
  }
}
