package io.sluice.planner;

import io.sluice.model.Principal;
import java.util.Map;

/**
 * A statement to analyse.
 *
 * @param sql the user's own text
 * @param principal who sends it
 * @param clientAddress the client's IP address; empty when unknown
 * @param namespace the session's current catalog and schema
 * @param configuration what the session has SET, by key
 */
public record AnalysisRequest(
    String sql,
    Principal principal,
    String clientAddress,
    Namespace namespace,
    Map<String, String> configuration) {

  public AnalysisRequest {
    configuration = Map.copyOf(configuration);
  }
}
