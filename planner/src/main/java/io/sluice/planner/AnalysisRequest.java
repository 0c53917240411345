package io.sluice.planner;

import io.sluice.model.Principal;
import io.sluice.planner.routine.TemporaryFunctions;
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
 * @param temporaryFunctions the session's own functions
 * @param variables the session's variables
 */
public record AnalysisRequest(
    String sql,
    Principal principal,
    String clientAddress,
    Namespace namespace,
    Map<String, String> configuration,
    TemporaryViews temporaryViews,
    TemporaryFunctions temporaryFunctions,
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

  /** A statement of a session without functions of its own and variables. */
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
        TemporaryFunctions.none(),
        SessionVariables.none());
  }

  /** Returns the session's time zone, as Spark writes it. */
  public String timeZone() {
    return configuration.getOrDefault("spark.sql.session.timeZone", "UTC");
  }

  /** Returns the same request with other functions. */
  AnalysisRequest with(TemporaryFunctions functions) {
    return new AnalysisRequest(
        sql,
        principal,
        clientAddress,
        namespace,
        configuration,
        temporaryViews,
        functions,
        variables);
  }

  /** Returns the same request with another text. */
  AnalysisRequest written(String text) {
    return new AnalysisRequest(
        text,
        principal,
        clientAddress,
        namespace,
        configuration,
        temporaryViews,
        temporaryFunctions,
        variables);
  }

  /** Returns the request for a view's text, read on behalf of this one's principal. */
  public AnalysisRequest inside(String viewSql, Namespace names, TemporaryViews views) {
    return new AnalysisRequest(viewSql, principal, clientAddress, names, configuration, views);
  }

  /** Returns the same request of a session that has these variables alone. */
  public AnalysisRequest with(SessionVariables known) {
    return new AnalysisRequest(
        sql,
        principal,
        clientAddress,
        namespace,
        configuration,
        temporaryViews,
        temporaryFunctions,
        known);
  }
}
