package io.sluice.planner.explain;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableRequest;
import io.sluice.planner.relation.WholeTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of one table: what was said of reading it, by every question that was put. */
final class TableRows {

  private final PolicyEngine engine;
  private final CatalogReader catalog;
  private final Map<TableRequest, TableDecision> answers;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  /**
   * @param answers to at least one question, all about one table
   */
  TableRows(PolicyEngine engine, CatalogReader catalog, Map<TableRequest, TableDecision> answers) {
    this.engine = engine;
    this.catalog = catalog;
    this.answers = answers;
  }

  List<List<@Nullable Object>> rows() {
    Map.Entry<TableRequest, TableDecision> first =
        answers.entrySet().stream()
            .filter(answer -> !answer.getKey().columns().isEmpty())
            .findFirst()
            .orElseGet(() -> answers.entrySet().iterator().next());
    TableName name = first.getKey().table();
    List<String> columns = first.getKey().columns();
    TableDecision decision = first.getValue();
    boolean nothingLeft =
        !columns.isEmpty() && new HashSet<>(decision.deniedColumns()).containsAll(columns);
    Map<String, String> deciding = engine.decidingPolicies(first.getKey());
    if (!decision.granted() || nothingLeft) {
      rows.add(Explanation.row(name.toString(), null, "denied", policies(deciding, columns), null));
      return rows;
    }
    List<String> readable =
        columns.stream().filter(column -> !decision.deniedColumns().contains(column)).toList();
    rows.add(Explanation.row(name.toString(), null, "granted", policies(deciding, readable), null));
    decision
        .rowFilter()
        .ifPresent(
            filter ->
                rows.add(
                    Explanation.row(
                        name.toString(), null, "filter", filter.policyId(), filter.expression())));
    Optional<TableMetadata> table = table(name);
    hidden()
        .forEach(
            (column, effect) -> {
              if (table.isEmpty() || !isFormerOnly(column, table.get())) {
                addRow(name, shown(column), "", effect);
              }
              table.ifPresent(now -> addFormer(now, column, effect));
            });
    return rows;
  }

  /**
   * What is hidden of a name.
   *
   * @param mask empty where it is denied
   */
  private record Effect(Optional<ColumnMask> mask, @Nullable String policy) {}

  private Map<String, Effect> hidden() {
    Map<String, Effect> hidden = new LinkedHashMap<>();
    answers.forEach(
        (request, decision) -> {
          Map<String, String> deciding = engine.decidingPolicies(request);
          for (String column : request.columns()) {
            ColumnMask mask = decision.masks().get(column);
            if (decision.deniedColumns().contains(column)) {
              hidden.putIfAbsent(column, new Effect(Optional.empty(), deciding.get(column)));
            } else if (mask != null) {
              hidden.putIfAbsent(column, new Effect(Optional.of(mask), mask.policyId()));
            }
          }
        });
    return hidden;
  }

  /** Adds a row for each column that once had the name. */
  private void addFormer(TableMetadata table, String name, Effect effect) {
    for (Column column : table.columns()) {
      if (column.otherNames().contains(name)) {
        addRow(table.name(), column.name(), " as " + name, effect);
      }
    }
  }

  private void addRow(TableName table, String column, String as, Effect effect) {
    rows.add(
        Explanation.row(
            table.toString(),
            column,
            (effect.mask().isPresent() ? "mask" : "denied") + as,
            effect.policy(),
            effect.mask().map(mask -> mask.expression().orElse(mask.type())).orElse(null)));
  }

  /** Returns whether the name is no column's now, but was one's that is still there. */
  private static boolean isFormerOnly(String name, TableMetadata table) {
    return !table.columnNames().contains(name)
        && table.columns().stream().anyMatch(column -> column.otherNames().contains(name));
  }

  private static String shown(String column) {
    return column.equals(WholeTable.OTHER_COLUMN) ? "any other" : column;
  }

  private Optional<TableMetadata> table(TableName name) {
    try {
      return catalog.table(name);
    } catch (RuntimeException unreadable) {
      return Optional.empty();
    }
  }

  /** Returns the policies that speak of any of the columns; null when none does. */
  private static @Nullable String policies(Map<String, String> deciding, List<String> columns) {
    return joined(columns.stream().map(deciding::get).filter(Objects::nonNull).distinct().toList());
  }

  /** Returns ids in one text; null when there are none. */
  static @Nullable String joined(List<String> ids) {
    return ids.isEmpty() ? null : String.join(", ", ids);
  }
}
