package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.PolicyEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Asks policy for accesses other than reading. A refusal never tells whether the object exists. */
public final class Privileges {

  private final CatalogReader catalog;
  private final PolicyEngine policies;

  public Privileges(CatalogReader catalog, PolicyEngine policies) {
    this.catalog = catalog;
    this.policies = policies;
  }

  /**
   * Requires an access to a schema.
   *
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code POLICY_UNAVAILABLE}
   */
  public void require(Access access, Namespace schema, AnalysisRequest request) {
    require(
        new AccessRequest(
            request.principal(),
            request.clientAddress(),
            access,
            schema.catalog(),
            schema.schema(),
            Optional.empty(),
            List.of()));
  }

  /**
   * Requires an access to a table or view and, where there is one, to its columns.
   *
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code POLICY_UNAVAILABLE}, and to those
   *     whom policy grants it {@code CATALOG_UNAVAILABLE}, {@code NOT_SUPPORTED}
   */
  public void require(Access access, TableName table, AnalysisRequest request) {
    require(question(access, table, List.of(), request));
    List<String> columns =
        catalog
            .table(table)
            .map(Privileges::everyName)
            .or(() -> catalog.view(table).map(ViewMetadata::columnNames))
            .orElse(List.of());
    if (!columns.isEmpty()) {
      require(question(access, table, columns, request));
    }
  }

  private static List<String> everyName(TableMetadata table) {
    return table.columns().stream().flatMap(column -> column.names().stream()).distinct().toList();
  }

  /**
   * Returns whether any policy filters, masks or denies anything of a table of this name, or would
   * of one that has the columns for it.
   *
   * @throws SluiceException {@code POLICY_UNAVAILABLE}
   */
  public boolean mayBeRestricted(TableName table) {
    return decided(() -> policies.restrictsAnybody(table, List.of()));
  }

  /**
   * Refuses a change of names of which policies speak.
   *
   * @param forced whether it is to be allowed all the same
   * @return whether it had to be forced
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code POLICY_UNAVAILABLE}
   */
  public boolean requireUnrestricted(TableName table, boolean forced, AnalysisRequest request) {
    List<String> columns = new ArrayList<>();
    catalog
        .table(table)
        .ifPresent(
            known -> {
              columns.addAll(known.columnNames());
              columns.addAll(known.formerColumns());
            });
    catalog.view(table).ifPresent(view -> columns.addAll(view.columnNames()));
    boolean restricted = decided(() -> policies.restrictsAnybody(table, columns));
    if (restricted && !forced) {
      throw mayNot(
          request,
          "replace ["
              + table.policyPath()
              + "], rename it, or rename or drop its columns, because a policy hides a part of it;"
              + " an administrator changes the policy first");
    }
    return restricted;
  }

  /**
   * Refuses that a table is replaced, or is given columns, where policies speak of it or would
   * speak of what it becomes.
   *
   * @param newColumns the names that the table is to have, empty where that is not known
   * @param forced whether it is to be allowed all the same
   * @return whether it had to be forced
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code POLICY_UNAVAILABLE}
   */
  public boolean requireReplaceable(
      TableName table, Optional<List<String>> newColumns, boolean forced, AnalysisRequest request) {
    if (!mayBeRestricted(table)) {
      return false;
    }
    if (catalog.table(table).isPresent() && requireUnrestricted(table, forced, request)) {
      return true;
    }
    if (newColumns.isPresent()) {
      return requireNewNames(table, added(table, newColumns.get()), forced, request);
    }
    if (!forced) {
      throw mayNot(
          request,
          "give ["
              + table.policyPath()
              + "] columns whose names are not known before Spark runs the statement, because"
              + " policies speak of columns of that table; give each column a name with AS, or an"
              + " administrator changes the policies first");
    }
    return true;
  }

  /**
   * Refuses columns that would take the names of those that a policy hides, too late from who reads
   * the table now, or that stand in policies' expressions.
   *
   * @param newColumns names that the table does not have yet
   * @param forced whether it is to be allowed all the same
   * @return whether it had to be forced
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code POLICY_UNAVAILABLE}
   */
  public boolean requireNewNames(
      TableName table, List<String> newColumns, boolean forced, AnalysisRequest request) {
    if (newColumns.isEmpty() || !decided(() -> policies.restrictsAnybody(table, newColumns))) {
      return requireUnspoken(table, newColumns, forced, request);
    }
    if (forced) {
      return true;
    }
    String hidden =
        newColumns.stream()
            .filter(column -> decided(() -> policies.restrictsAnybody(table, List.of(column))))
            .findFirst()
            .orElse(newColumns.get(0));
    throw mayNot(
        request,
        "give ["
            + table.policyPath()
            + "] a column "
            + Identifiers.quote(hidden)
            + ", because a policy hides columns of that name there; choose another name, or an"
            + " administrator changes the policy first");
  }

  /** Returns the names that the table has not yet. */
  private List<String> added(TableName table, List<String> newColumns) {
    Set<String> before = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    catalog.table(table).ifPresent(replaced -> before.addAll(replaced.columnNames()));
    return newColumns.stream().filter(name -> !before.contains(name)).toList();
  }

  /**
   * Refuses new columns whose names stand in policies' expressions, which would speak of them then.
   *
   * @param newColumns names that the table is to have
   * @param forced whether it is to be allowed all the same
   * @return whether it had to be forced
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code POLICY_UNAVAILABLE}
   */
  public boolean requireUnspoken(
      TableName table, List<String> newColumns, boolean forced, AnalysisRequest request) {
    boolean spoken = decided(() -> policies.expressionsHold(table, newColumns));
    if (spoken && !forced) {
      throw mayNot(
          request,
          "add a column of this name to ["
              + table.policyPath()
              + "], because it would change what a policy's expression says; choose another name, or"
              + " an administrator changes the policy first");
    }
    return spoken;
  }

  private static SluiceException mayNot(AnalysisRequest request, String sentence) {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "Permission denied: user [" + request.principal().name() + "] may not " + sentence);
  }

  private void require(AccessRequest question) {
    if (!decided(() -> policies.permits(question))) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + question.principal().name()
              + "] does not have ["
              + question.access().type()
              + "] privilege on ["
              + question.path()
              + "]");
    }
  }

  private static AccessRequest question(
      Access access, TableName table, List<String> columns, AnalysisRequest request) {
    return new AccessRequest(
        request.principal(),
        request.clientAddress(),
        access,
        table.catalog(),
        table.schema(),
        Optional.of(table.table()),
        columns);
  }

  private static boolean decided(Supplier<Boolean> question) {
    try {
      return question.get();
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SluiceException(ErrorCode.POLICY_UNAVAILABLE, RelationResolver.UNDECIDED, e);
    }
  }
}
