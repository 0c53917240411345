package io.sluice.planner;

import io.sluice.model.Principal;
import io.sluice.planner.variable.SessionVariables;
import io.sluice.planner.view.TemporaryViews;
import java.util.Map;

/**
 * A statement to analyse, with all of its session that may change what it means: equal requests,
 * under the same policies and over the same catalogs, have the same analysis.
 *
 * @param sql the user's own text
 * @param principal who sends it
 * @param clientAddress the client's IP address; empty when unknown
 * @param namespace the session's current catalog and schema
 * @param configuration what the session has SET, by key
 * @param temporaryViews the session's own views
 * @param variables the session's variables
 */
public record AnalysisRequest(
    String sql,
    Principal principal,
    String clientAddress,
    Namespace namespace,
    Map<String, String> configuration,
    TemporaryViews temporaryViews,
    SessionVariables variables) {

  public AnalysisRequest {
    configuration = Map.copyOf(configuration);
  }

  /** A statement of a session without temporary views. */
  public AnalysisRequest(
      String sql,
      Principal principal,
      String clientAddress,
      Namespace namespace,
      Map<String, String> configuration) {
    this(sql, principal, clientAddress, namespace, configuration, TemporaryViews.none());
  }

  /** A statement of a session without variables. */
  public AnalysisRequest(
      String sql,
      Principal principal,
      String clientAddress,
      Namespace namespace,
      Map<String, String> configuration,
      TemporaryViews temporaryViews) {
    this(
        sql,
        principal,
        clientAddress,
        namespace,
        configuration,
        temporaryViews,
        SessionVariables.none());
  }

  /** Returns the session's time zone, as Spark writes it. */
  public String timeZone() {
    return configuration.getOrDefault("spark.sql.session.timeZone", "UTC");
  }

  /** Returns the request for a view's text, read on behalf of this one's principal. */
  public AnalysisRequest inside(String viewSql, Namespace names, TemporaryViews views) {
    return new AnalysisRequest(viewSql, principal, clientAddress, names, configuration, views);
  }

  /** Returns the same request of a session that has these variables alone. */
  public AnalysisRequest with(SessionVariables known) {
    return new AnalysisRequest(
        sql, principal, clientAddress, namespace, configuration, temporaryViews, known);
  }
}
