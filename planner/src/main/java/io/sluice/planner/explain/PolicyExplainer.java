package io.sluice.planner.explain;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Principals;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.RelationResolver;
import io.sluice.planner.rewrite.UnusablePolicy;
import io.sluice.planner.view.ViewText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExplainContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;
import org.jspecify.annotations.Nullable;

/**
 * Answers EXPLAIN POLICIES: analyses the statement behind it as it would be analysed for the user
 * in question, and tells what the policies said and what came of it. Nothing is run.
 */
public final class PolicyExplainer {

  private final SparkParser parser;
  private final CatalogReader catalog;
  private final PolicyEngine policies;
  private final Principals principals;
  private final Function<PolicyEngine, Function<AnalysisRequest, Analysis>> analyzers;

  /**
   * @param analyzers makes an analyser over a policy engine; it fails with {@link SluiceException}
   *     alone
   */
  public PolicyExplainer(
      SparkParser parser,
      CatalogReader catalog,
      PolicyEngine policies,
      Principals principals,
      Function<PolicyEngine, Function<AnalysisRequest, Analysis>> analyzers) {
    this.parser = parser;
    this.catalog = catalog;
    this.policies = policies;
    this.principals = principals;
    this.analyzers = analyzers;
  }

  /**
   * Explains a statement.
   *
   * @return empty when the text is no EXPLAIN POLICIES
   * @throws SluiceException {@code PERMISSION_DENIED} for all but administrators, whatever else the
   *     text holds; {@code PARSE_SYNTAX_ERROR}; {@code INVALID_PARAMETER} for a user who is unknown
   */
  public Optional<Analysis> explain(AnalysisRequest request) {
    return ExplainPolicies.of(request.sql(), parser).map(text -> explain(text, request));
  }

  private Analysis explain(ExplainPolicies text, AnalysisRequest request) {
    if (!principals.isAdministrator(request.principal())) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + request.principal().name()
              + "] is not an administrator, and EXPLAIN POLICIES is for administrators only");
    }
    Optional<String> user = text.user();
    AnalysisRequest explained =
        new AnalysisRequest(
            text.statement(),
            user.map(name -> find(name, text)).orElse(request.principal()),
            user.isPresent() ? "" : request.clientAddress(),
            request.namespace(),
            request.configuration(),
            request.temporaryViews(),
            request.temporaryFunctions(),
            request.variables());
    RecordedDecisions decisions = new RecordedDecisions(policies, catalog);
    List<@Nullable Object> outcome;
    Optional<UnusablePolicy> unusable = Optional.empty();
    try {
      outcome = Explanation.served(analyzers.apply(decisions).apply(explained));
    } catch (SluiceException refusal) {
      outcome = Explanation.refused(refusal);
      unusable = unusable(refusal);
      askAboutTheRest(explained, decisions);
    }
    List<List<@Nullable Object>> rows = new ArrayList<>(decisions.rows());
    unusable.ifPresent(policy -> rows.add(Explanation.unusable(policy)));
    rows.add(outcome);
    return Explanation.table(rows);
  }

  private static Optional<UnusablePolicy> unusable(Throwable refusal) {
    for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnusablePolicy policy) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  private Principal find(String user, ExplainPolicies text) {
    return principals
        .find(user)
        .orElseThrow(
            () ->
                new SluiceException(
                    ErrorCode.INVALID_PARAMETER,
                    "There is no user [" + user + "]; names are matched exactly",
                    Identifiers.position(text.userToken())));
  }

  /** The first refusal ends an analysis; of a query the relations behind it are told too. */
  private void askAboutTheRest(AnalysisRequest request, RecordedDecisions decisions) {
    RelationResolver resolver = new RelationResolver(catalog, decisions);
    for (RelationOccurrence occurrence : relations(request.sql())) {
      if (!occurrence.cte() && !isTemporary(occurrence, request)) {
        try {
          resolver.resolve(occurrence, request, PolicyExplainer::notRead);
        } catch (RuntimeException refusal) {
          // What the policies said is recorded; the first refusal is the one that is told.
        }
      }
    }
  }

  private static boolean isTemporary(RelationOccurrence occurrence, AnalysisRequest request) {
    return occurrence.parts().size() == 1
        && request.temporaryViews().find(occurrence.parts().get(0)).isPresent();
  }

  /** Of a view the policies have spoken by then; what lies behind it was asked for before. */
  private static ReadRelation notRead(RelationOccurrence occurrence, ViewText view) {
    throw new SluiceException(ErrorCode.NOT_SUPPORTED, "Views are not read here");
  }

  private List<RelationOccurrence> relations(String sql) {
    try {
      SingleStatementContext single = parser.statement(sql).tree().singleStatement();
      StatementContext statement = single == null ? null : single.statement();
      if (statement instanceof ExplainContext explain) {
        statement = explain.statement();
      }
      return statement instanceof StatementDefaultContext query
          ? QueryInspector.inspect(query.query()).relations()
          : List.of();
    } catch (SluiceException refusal) {
      return List.of();
    }
  }
}
