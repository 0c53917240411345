package io.sluice.planner.procedure;

import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.policy.Access;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A procedure of Iceberg's that is served. Its first parameter is the table that it works on, of
 * which the caller must be able to read everything.
 *
 * @param name in lower case
 * @param access what the caller needs on the table, beside reading it
 * @param administrators whether it is for administrators alone
 * @param options the keys that its options may have
 * @param columns what it answers with
 */
public record Procedure(
    String name,
    Optional<Access> access,
    boolean administrators,
    List<Parameter> parameters,
    Set<String> options,
    List<AnswerColumn> columns) {

  public Procedure {
    parameters = List.copyOf(parameters);
    options = Set.copyOf(options);
    columns = List.copyOf(columns);
  }

  /** Returns what the caller needs, as the documentation says it. */
  public String needs() {
    String privilege = access.map(needed -> "`" + needed.type() + "`").orElse("");
    if (!administrators) {
      return privilege;
    }
    return privilege.isEmpty() ? "an administrator" : privilege + " and an administrator";
  }
}
