package io.sluice.planner.cache;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes questions on; an analysis's evidence holds the version of the policies that it asked. */
final class RecordedPolicies implements PolicyEngine {

  private final PolicyEngine engine;
  private final ThreadLocal<@Nullable Evidence> analysis;

  /**
   * @param analysis the evidence of what the thread analyses; null while it analyses nothing
   */
  RecordedPolicies(PolicyEngine engine, ThreadLocal<@Nullable Evidence> analysis) {
    this.engine = engine;
    this.analysis = analysis;
  }

  @Override
  public TableDecision decide(TableRequest request) {
    note(request.table().catalog());
    return engine.decide(request);
  }

  @Override
  public Map<String, String> decidingPolicies(TableRequest request) {
    note(request.table().catalog());
    return engine.decidingPolicies(request);
  }

  @Override
  public Optional<String> decidingPolicy(AccessRequest request) {
    note(request.catalog());
    return engine.decidingPolicy(request);
  }

  @Override
  public Optional<String> decidingPolicy(LocationRequest request) {
    note(request.catalog());
    return engine.decidingPolicy(request);
  }

  @Override
  public List<String> restrictingPolicies(TableName table, List<String> columns) {
    note(table.catalog());
    return engine.restrictingPolicies(table, columns);
  }

  @Override
  public List<String> holdingPolicies(TableName table, List<String> words) {
    note(table.catalog());
    return engine.holdingPolicies(table, words);
  }

  @Override
  public boolean permits(AccessRequest request) {
    note(request.catalog());
    return engine.permits(request);
  }

  @Override
  public boolean permits(LocationRequest request) {
    note(request.catalog());
    return engine.permits(request);
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    note(table.catalog());
    return engine.restrictsAnybody(table, columns);
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    note(table.catalog());
    return engine.expressionsHold(table, words);
  }

  @Override
  public boolean maySee(Principal principal, String catalog, String schema) {
    note(catalog);
    return engine.maySee(principal, catalog, schema);
  }

  @Override
  public Optional<String> version(String catalog) {
    note(catalog);
    return engine.version(catalog);
  }

  @Override
  public PolicyHealth health() {
    return engine.health();
  }

  /** Leaves the engine open: it is not this one's. */
  @Override
  public void close() {}

  private void note(String catalog) {
    Evidence evidence = analysis.get();
    if (evidence != null) {
      evidence.policiesOf(catalog);
    }
  }
}
