package io.sluice.planner.explain;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes every question on and keeps the first answer to each, so that what is shown is what the
 * analysis was told. For one thread.
 */
final class RecordedDecisions implements PolicyEngine {

  private final PolicyEngine engine;
  private final CatalogReader catalog;
  private final Map<TableName, Map<TableRequest, TableDecision>> tables = new LinkedHashMap<>();
  private final Map<AccessRequest, Boolean> accesses = new LinkedHashMap<>();
  private final Map<LocationRequest, Boolean> locations = new LinkedHashMap<>();
  private final Set<Spoken> spoken = new LinkedHashSet<>();

  /** What policies say of a table's columns for anybody, where the statement may not change it. */
  private record Spoken(TableName table, String effect, List<String> policies) {}

  /**
   * @param catalog tells which names columns had
   */
  RecordedDecisions(PolicyEngine engine, CatalogReader catalog) {
    this.engine = engine;
    this.catalog = catalog;
  }

  @Override
  public TableDecision decide(TableRequest request) {
    TableDecision decision = engine.decide(request);
    if (decision != null) {
      tables
          .computeIfAbsent(request.table(), table -> new LinkedHashMap<>())
          .putIfAbsent(request, decision);
    }
    return decision;
  }

  @Override
  public boolean permits(AccessRequest request) {
    boolean permitted = engine.permits(request);
    accesses.putIfAbsent(request, permitted);
    return permitted;
  }

  @Override
  public boolean permits(LocationRequest request) {
    boolean permitted = engine.permits(request);
    locations.putIfAbsent(request, permitted);
    return permitted;
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    boolean restricts = engine.restrictsAnybody(table, columns);
    if (restricts) {
      note(table, "hidden from somebody", engine.restrictingPolicies(table, columns));
    }
    return restricts;
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    boolean hold = engine.expressionsHold(table, words);
    if (hold) {
      note(table, "named by an expression", engine.holdingPolicies(table, words));
    }
    return hold;
  }

  /** Of questions about all columns and then about one, the second tells more. */
  private void note(TableName table, String effect, List<String> policies) {
    spoken.removeIf(
        other ->
            other.table().equals(table)
                && other.effect().equals(effect)
                && other.policies().containsAll(policies));
    spoken.add(new Spoken(table, effect, policies));
  }

  @Override
  public boolean maySee(Principal principal, String catalogName, String schema) {
    return engine.maySee(principal, catalogName, schema);
  }

  @Override
  public Optional<String> version(String catalogName) {
    return engine.version(catalogName);
  }

  @Override
  public PolicyHealth health() {
    return engine.health();
  }

  /** Leaves the engine open: it is not this one's. */
  @Override
  public void close() {}

  /** Returns the rows of all tables, then of all else, as they were asked about. */
  List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    tables.values().forEach(answers -> rows.addAll(new TableRows(engine, catalog, answers).rows()));
    accesses.forEach((request, permitted) -> rows.add(row(request, permitted)));
    locations.forEach((request, permitted) -> rows.add(row(request, permitted)));
    for (Spoken of : spoken) {
      rows.add(
          Explanation.row(
              of.table().toString(), null, of.effect(), TableRows.joined(of.policies()), null));
    }
    return rows;
  }

  private List<@Nullable Object> row(AccessRequest request, boolean permitted) {
    return Explanation.row(
        request.catalog()
            + "."
            + request.schema()
            + request.table().map(table -> "." + table).orElse(""),
        null,
        request.access().type() + (permitted ? " granted" : " denied"),
        engine.decidingPolicy(request).orElse(null),
        null);
  }

  private List<@Nullable Object> row(LocationRequest request, boolean permitted) {
    return Explanation.row(
        request.spellings().get(0),
        null,
        "location" + (permitted ? " granted" : " denied"),
        engine.decidingPolicy(request).orElse(null),
        null);
  }
}
