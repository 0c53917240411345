package io.sluice.planner.variable;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.TableDecision;
import java.util.List;

/**
 * A table or view that a variable's value was read from, with what policy left of it then. The
 * value may be used as long as policy decides the same of the same columns: by other names there
 * could be less of them, which policy, asked by the names of then, would not tell.
 *
 * @param uuid its identity
 * @param columns all columns that it had
 * @param decision without the version of the policies, which other changes move too
 */
public record ValueSource(
    TableName relation, String uuid, List<Column> columns, TableDecision decision) {

  public ValueSource {
    columns = List.copyOf(columns);
    decision = withoutVersion(decision);
  }

  /** What was read, under what policy left of it. */
  public ValueSource(TableMetadata read, TableDecision decision) {
    this(read.name(), read.uuid(), read.columns(), decision);
  }

  /** Returns whether this is what policy leaves of it now. */
  public boolean isStill(TableDecision now) {
    return decision.equals(withoutVersion(now));
  }

  /**
   * Returns whether this is the same, with all these columns, by the names that they have and had.
   */
  public boolean isStill(TableMetadata now) {
    return uuid.equals(now.uuid())
        && columns.stream()
            .allMatch(
                column ->
                    now.columns().stream()
                        .anyMatch(
                            other ->
                                other.fieldId() == column.fieldId()
                                    && other.names().equals(column.names())));
  }

  private static TableDecision withoutVersion(TableDecision decision) {
    return new TableDecision(
        decision.granted(), decision.deniedColumns(), decision.rowFilter(), decision.masks(), "");
  }
}
