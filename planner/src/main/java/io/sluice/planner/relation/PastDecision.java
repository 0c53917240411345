package io.sluice.planner.relation;

import io.sluice.planner.catalog.TableVersion;
import io.sluice.planner.catalog.TableVersion.NamedInTime;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What policy leaves of a table as it was. A column had one name then and may have another now:
 * what denies either denies it, what masks either masks it, and where two masks differ nothing is
 * left of the value.
 */
final class PastDecision {

  private PastDecision() {}

  /** Returns every name by which policies may speak of a column. */
  static List<String> names(TableVersion version) {
    return version.columns().stream()
        .flatMap(column -> column.names().stream())
        .distinct()
        .toList();
  }

  /**
   * Returns the decision by the names that the columns had then.
   *
   * @param decision by all of {@link #names}
   */
  static TableDecision of(TableVersion version, TableDecision decision) {
    List<String> denied = new ArrayList<>();
    Map<String, ColumnMask> masks = new HashMap<>();
    for (NamedInTime column : version.columns()) {
      String name = column.column().name();
      if (column.names().stream().anyMatch(decision.deniedColumns()::contains)) {
        denied.add(name);
      } else {
        mask(column, decision.masks()).ifPresent(mask -> masks.put(name, mask));
      }
    }
    return denied.size() == version.columns().size()
        ? TableDecision.denied(decision.policyVersion())
        : new TableDecision(true, denied, decision.rowFilter(), masks, decision.policyVersion());
  }

  private static Optional<ColumnMask> mask(NamedInTime column, Map<String, ColumnMask> masks) {
    List<ColumnMask> all =
        column.names().stream()
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
