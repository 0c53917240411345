package io.sluice.bench.analysis;

import io.sluice.bench.query.TpchQueries;
import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.policy.TableRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The {@link Restrictions}, decided beforehand: an engine that costs next to nothing. */
final class PoliciesInMemory implements PolicyEngine {

  private static final String VERSION = "1";

  private record Key(String user, TableName table) {}

  private final Map<Key, TableDecision> decisions = new HashMap<>();

  PoliciesInMemory(List<TableMetadata> tables) {
    for (TableMetadata table : tables) {
      decisions.put(new Key(Restrictions.MASKED, table.name()), decision(table, Optional.empty()));
      for (int query = 1; query <= TpchQueries.COUNT; query++) {
        decisions.put(
            new Key(Restrictions.denied(query), table.name()),
            decision(table, Restrictions.unused(table, query)));
      }
    }
  }

  private static TableDecision decision(TableMetadata table, Optional<String> denied) {
    return new TableDecision(
        true,
        denied.stream().toList(),
        Optional.of(new RowFilter(Restrictions.filter(table), "1")),
        Map.of(
            Restrictions.masked(table), new ColumnMask("MASK_SHOW_LAST_4", Optional.empty(), "2")),
        VERSION);
  }

  @Override
  public TableDecision decide(TableRequest request) {
    return Objects.requireNonNull(
        decisions.get(new Key(request.principal().name(), request.table())));
  }

  @Override
  public boolean permits(AccessRequest request) {
    return false;
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    return true;
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    return true;
  }

  @Override
  public boolean maySee(Principal principal, String catalog, String schema) {
    return true;
  }

  @Override
  public PolicyHealth health() {
    return new PolicyHealth(true, VERSION, List.of());
  }

  @Override
  public void close() {}
}
