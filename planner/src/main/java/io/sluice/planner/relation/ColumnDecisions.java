package io.sluice.planner.relation;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What policy leaves of columns, each asked about by every name that it has or ever had, so that no
 * renaming takes a column from under its policy: what denies one of the names denies the column,
 * what masks one masks it, and where two masks differ nothing is left of the value.
 */
public final class ColumnDecisions {

  private ColumnDecisions() {}

  /**
   * Asks about columns.
   *
   * @param more names to ask about as they are
   * @param question makes the question of names
   * @return by the columns' own names; none granted where every column is denied
   * @throws IllegalStateException if the engine gives no answer, or one about anything else
   */
  public static TableDecision of(
      List<Column> columns,
      List<String> more,
      Function<List<String>, TableRequest> question,
      PolicyEngine policies) {
    Set<String> names = new LinkedHashSet<>();
    columns.forEach(column -> names.addAll(column.names()));
    names.addAll(more);
    TableDecision decision = policies.decide(question.apply(List.copyOf(names)));
    if (decision == null
        || !names.containsAll(decision.deniedColumns())
        || !names.containsAll(decision.masks().keySet())) {
      throw new IllegalStateException("the policy engine did not answer what it was asked");
    }
    if (!decision.granted() || names.isEmpty()) {
      return decision;
    }
    TableDecision ofColumns =
        columns.stream().allMatch(column -> column.otherNames().isEmpty())
            ? decision
            : byColumn(columns, more, decision);
    Set<String> own = columns.stream().map(Column::name).collect(Collectors.toSet());
    own.addAll(more);
    return new HashSet<>(ofColumns.deniedColumns()).containsAll(own)
        ? TableDecision.denied(decision.policyVersion())
        : ofColumns;
  }

  private static TableDecision byColumn(
      List<Column> columns, List<String> more, TableDecision decision) {
    Set<String> hidden = new HashSet<>(decision.deniedColumns());
    Set<String> denied = new LinkedHashSet<>();
    Map<String, ColumnMask> masks = new HashMap<>();
    for (Column column : columns) {
      if (column.names().stream().anyMatch(hidden::contains)) {
        denied.add(column.name());
      } else {
        mask(column.names(), decision.masks()).ifPresent(mask -> masks.put(column.name(), mask));
      }
    }
    for (String name : more) {
      if (hidden.contains(name)) {
        denied.add(name);
      } else if (decision.masks().containsKey(name)) {
        masks.putIfAbsent(name, decision.masks().get(name));
      }
    }
    return new TableDecision(
        true, new ArrayList<>(denied), decision.rowFilter(), masks, decision.policyVersion());
  }

  private static Optional<ColumnMask> mask(List<String> names, Map<String, ColumnMask> masks) {
    List<ColumnMask> all =
        names.stream()
            .filter(masks::containsKey)
            .map(masks::get)
            .filter(mask -> !mask.type().equalsIgnoreCase("MASK_NONE"))
            .toList();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    ColumnMask first = all.get(0);
    boolean equal =
        all.stream()
            .allMatch(
                mask ->
                    mask.type().equals(first.type())
                        && mask.expression().equals(first.expression()));
    if (equal) {
      return Optional.of(first);
    }
    Set<String> policies =
        all.stream().map(ColumnMask::policyId).collect(Collectors.toCollection(LinkedHashSet::new));
    return Optional.of(
        new ColumnMask("MASK_NULL", Optional.empty(), String.join(" and ", policies)));
  }
}
