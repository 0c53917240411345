package io.sluice.planner.rewrite;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.relation.ReadRelation;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The SELECT that stands in place of a restricted table: the filter on raw values inside, masks in
 * the list, denied columns absent. Its alias cannot be guessed, so nothing outside can name it.
 *
 * <p>Around a row filter stands a barrier. Spark's optimizer merges a query's own predicates with
 * those of a subquery, infers more from both and puts these first; a predicate that raises an error
 * would then tell of a hidden row. It moves nothing past a sample, which is taken of all rows here.
 * A condition that is not deterministic would be no barrier, as its conjuncts are split, and is not
 * allowed in every subquery; LIMIT would send all rows through one task.
 */
final class RestrictedSelect {

  private static final int MOST_CACHED = 10_000;

  /** With a fixed seed, so that Spark still sees that two reads of a table are the same. */
  private static final String ALL_ROWS = " TABLESAMPLE (100 PERCENT) REPEATABLE (0)";

  private final PolicyExpressions expressions;
  private final String alias;
  private final Cache<Key, Parts> cache = Caffeine.newBuilder().maximumSize(MOST_CACHED).build();

  /** What a SELECT is made from. */
  private record Key(TableMetadata table, TableDecision decision, String principal) {}

  private record Parts(String columns, String where) {}

  RestrictedSelect(SparkParser parser, String alias) {
    this.expressions = new PolicyExpressions(parser, alias);
    this.alias = alias;
  }

  /**
   * Returns the SELECT without brackets.
   *
   * @param options the text of the table's WITH clause; empty when there is none
   * @throws SluiceException {@code POLICY_INVALID}
   */
  String render(ReadRelation relation, String options, String principal) {
    Parts parts =
        cache.get(
            new Key(relation.table(), relation.decision(), principal),
            key ->
                new Parts(
                    columns(key.table(), key.decision(), principal),
                    where(key.table(), key.decision(), principal)));
    String select =
        parts.columns()
            + " FROM "
            + Identifiers.quote(relation.qualifiedName())
            + (options.isEmpty() ? "" : " " + options)
            + " AS "
            + Identifiers.quote(alias)
            + parts.where();
    return parts.where().isEmpty() ? select : "SELECT * FROM (" + select + ")" + ALL_ROWS;
  }

  private String where(TableMetadata table, TableDecision decision, String principal) {
    return decision
        .rowFilter()
        .map(
            filter ->
                guarded(
                    filter.policyId(),
                    () -> expressions.filter(filter.expression(), table, principal)))
        .map(condition -> " WHERE (" + condition + ")")
        .orElse("");
  }

  private String columns(TableMetadata table, TableDecision decision, String principal) {
    Set<String> denied = new HashSet<>(decision.deniedColumns());
    StringBuilder text = new StringBuilder("SELECT ");
    String separator = "";
    for (Column column : table.columns()) {
      if (denied.contains(column.name())) {
        continue;
      }
      text.append(separator).append(column(table, column, decision, principal));
      separator = ", ";
    }
    return text.toString();
  }

  private String column(
      TableMetadata table, Column column, TableDecision decision, String principal) {
    String value = Identifiers.quote(alias) + "." + Identifiers.quote(column.name());
    ColumnMask mask = decision.masks().get(column.name());
    if (mask == null) {
      return value;
    }
    return guarded(
        mask.policyId(),
        () ->
            ColumnMasks.render(
                    column,
                    value,
                    mask,
                    expression -> expressions.mask(expression, table, principal))
                .map(masked -> masked + " AS " + Identifiers.quote(column.name()))
                .orElse(value));
  }

  private static String guarded(String policyId, Supplier<String> rendering) {
    try {
      return rendering.get();
    } catch (IllegalArgumentException | SluiceException e) {
      throw new SluiceException(
          ErrorCode.POLICY_INVALID,
          "Policy " + policyId + " cannot be applied; ask an administrator to correct it.",
          e);
    }
  }
}
