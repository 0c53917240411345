package io.sluice.planner.explain;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Passes every question on and keeps the first answer about each object, so that what is shown is
 * what the analysis was told. For one thread.
 */
final class RecordedDecisions implements PolicyEngine {

  private final PolicyEngine engine;
  private final Map<TableName, Answered> answers = new LinkedHashMap<>();

  private final Map<AccessRequest, Boolean> accesses = new LinkedHashMap<>();

  private record Answered(TableRequest request, TableDecision decision) {}

  RecordedDecisions(PolicyEngine engine) {
    this.engine = engine;
  }

  @Override
  public TableDecision decide(TableRequest request) {
    TableDecision decision = engine.decide(request);
    if (decision != null) {
      answers.putIfAbsent(request.table(), new Answered(request, decision));
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
    return engine.permits(request);
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    return engine.restrictsAnybody(table, columns);
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    return engine.expressionsHold(table, words);
  }

  @Override
  public boolean maySee(Principal principal, String catalog, String schema) {
    return engine.maySee(principal, catalog, schema);
  }

  @Override
  public Optional<String> version(String catalog) {
    return engine.version(catalog);
  }

  @Override
  public PolicyHealth health() {
    return engine.health();
  }

  /** Leaves the engine open: it is not this one's. */
  @Override
  public void close() {}

  /** Returns the rows of all tables, then of other accesses, as they were asked about. */
  List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    answers.values().forEach(answer -> addRows(answer, rows));
    accesses.forEach((request, permitted) -> rows.add(row(request, permitted)));
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

  /** Returns the policies that speak of any of the columns; null when none does. */
  private static @Nullable String policies(Map<String, String> deciding, List<String> columns) {
    List<String> ids =
        columns.stream().map(deciding::get).filter(Objects::nonNull).distinct().toList();
    return ids.isEmpty() ? null : String.join(", ", ids);
  }

  private void addRows(Answered answer, List<List<@Nullable Object>> rows) {
    String table = answer.request().table().toString();
    List<String> columns = answer.request().columns();
    TableDecision decision = answer.decision();
    boolean nothingLeft =
        !columns.isEmpty() && new HashSet<>(decision.deniedColumns()).containsAll(columns);
    Map<String, String> deciding = engine.decidingPolicies(answer.request());
    if (!decision.granted() || nothingLeft) {
      rows.add(Explanation.row(table, null, "denied", policies(deciding, columns), null));
      return;
    }
    List<String> readable =
        columns.stream().filter(column -> !decision.deniedColumns().contains(column)).toList();
    rows.add(Explanation.row(table, null, "granted", policies(deciding, readable), null));
    decision
        .rowFilter()
        .ifPresent(
            filter ->
                rows.add(
                    Explanation.row(
                        table, null, "filter", filter.policyId(), filter.expression())));
    for (String column : columns) {
      TableDecision.ColumnMask mask = decision.masks().get(column);
      if (decision.deniedColumns().contains(column)) {
        rows.add(Explanation.row(table, column, "denied", deciding.get(column), null));
      } else if (mask != null) {
        rows.add(
            Explanation.row(
                table, column, "mask", mask.policyId(), mask.expression().orElse(mask.type())));
      }
    }
  }
}
