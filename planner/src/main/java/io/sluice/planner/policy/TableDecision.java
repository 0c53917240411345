package io.sluice.planner.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a principal may read of one table.
 *
 * @param granted whether select is granted on at least one column (for a table that does not exist:
 *     whether it would be); when false all else is empty
 * @param deniedColumns the columns that may not be read, in table order
 * @param rowFilter the rows that may be read
 * @param masks by column name as the request spelt it; only columns that are not denied
 * @param policyVersion names the set of policies that decided
 */
public record TableDecision(
    boolean granted,
    List<String> deniedColumns,
    Optional<RowFilter> rowFilter,
    Map<String, ColumnMask> masks,
    String policyVersion) {

  public TableDecision {
    deniedColumns = List.copyOf(deniedColumns);
    masks = Map.copyOf(masks);
  }

  /** Returns a decision that grants nothing. */
  public static TableDecision denied(String policyVersion) {
    return new TableDecision(false, List.of(), Optional.empty(), Map.of(), policyVersion);
  }

  /** Returns whether anything of the table is hidden or changed for this principal. */
  public boolean isRestricted() {
    return !deniedColumns.isEmpty() || rowFilter.isPresent() || !masks.isEmpty();
  }

  /** Returns the ids of the policies whose filter and masks apply. */
  public List<String> policyIds() {
    return Stream.concat(
            rowFilter.map(RowFilter::policyId).stream(),
            masks.values().stream().map(ColumnMask::policyId).sorted())
        .distinct()
        .toList();
  }

  /**
   * A row filter.
   *
   * @param expression a boolean Spark SQL expression over the table's columns, as the policy has it
   * @param policyId for texts to administrators
   */
  public record RowFilter(String expression, String policyId) {}

  /**
   * A column mask.
   *
   * @param type Ranger's mask type without its prefix's case changed, for example {@code
   *     MASK_SHOW_LAST_4}; the planner renders it and refuses a type that it does not know
   * @param expression for {@code CUSTOM} the expression, in which {@code {col}} stands for the
   *     column; empty otherwise
   * @param policyId for texts to administrators
   */
  public record ColumnMask(String type, Optional<String> expression, String policyId) {}
}
