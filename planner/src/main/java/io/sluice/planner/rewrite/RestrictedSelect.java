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
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.ReadRelation.Past;
import io.sluice.planner.relation.VisibleRows;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
  private record Key(
      TableMetadata table, Optional<Past> past, TableDecision decision, String principal) {

    /** Returns the table of which the policies speak. */
    TableMetadata now() {
      return past.map(Past::now).orElse(table);
    }
  }

  private record Parts(String columns, String where) {}

  RestrictedSelect(SparkParser parser, String alias) {
    this.expressions = new PolicyExpressions(parser, alias);
    this.alias = alias;
  }

  /**
   * Returns the SELECT without brackets.
   *
   * @param options the text of the table's WITH clause; empty when there is none
   * @throws SluiceException {@code POLICY_INVALID}; {@code NOT_SUPPORTED} for a state of the table
   *     to which its row filter does not apply
   */
  String render(ReadRelation relation, String options, String principal) {
    Parts parts =
        cache.get(
            new Key(relation.table(), relation.past(), relation.decision(), principal),
            key -> new Parts(columns(key), where(key)));
    String select =
        parts.columns()
            + " FROM "
            + source(relation)
            + (options.isEmpty() ? "" : " " + options)
            + " AS "
            + Identifiers.quote(alias)
            + parts.where();
    return parts.where().isEmpty() ? select : "SELECT * FROM (" + select + ")" + ALL_ROWS;
  }

  /**
   * Returns what stands behind DELETE FROM in place of the table's name, up to a bracket that is
   * still open: it is closed behind the condition, which is on the visible rows alone.
   */
  String renderDelete(ReadRelation relation, String principal) {
    Key key = new Key(relation.table(), relation.past(), relation.decision(), principal);
    String row = rowId(Identifiers.quote(alias) + ".");
    return source(relation)
        + " AS "
        + Identifiers.quote(alias)
        + " WHERE ("
        + row
        + ") IN (SELECT "
        + rowId("")
        + " FROM (SELECT * FROM ("
        + columns(key)
        + ", "
        + row
        + " FROM "
        + source(relation)
        + " AS "
        + Identifiers.quote(alias)
        + where(key)
        + ")"
        + ALL_ROWS
        + ")";
  }

  private static String rowId(String qualifier) {
    return VisibleRows.ROW_ID.stream()
        .map(name -> qualifier + Identifiers.quote(name))
        .collect(Collectors.joining(", "));
  }

  /** Returns the table's full name and the state of it that is read, or a view's query. */
  static String source(ReadRelation relation) {
    if (relation.view().isPresent()) {
      return "(" + relation.view().get().select(relation.occurrence().seesOutside()) + ")";
    }
    return Identifiers.quote(relation.qualifiedName())
        + relation
            .past()
            .map(past -> " VERSION AS OF " + Identifiers.literal(past.version()))
            .orElse("");
  }

  private String where(Key key) {
    return key.decision()
        .rowFilter()
        .map(filter -> " WHERE (" + condition(filter, key) + ")")
        .orElse("");
  }

  private String condition(RowFilter filter, Key key) {
    String condition =
        guarded(
            key,
            filter.policyId(),
            () -> expressions.filter(filter.expression(), key.now(), key.now(), key.principal()));
    if (key.past().isEmpty()) {
      return condition;
    }
    try {
      return expressions.filter(filter.expression(), key.now(), key.table(), key.principal());
    } catch (IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The table's row filter speaks of a column that the table did not have then, or had as"
              + " another one; read the table as it is now.",
          e);
    }
  }

  private String columns(Key key) {
    Set<String> denied = new HashSet<>(key.decision().deniedColumns());
    StringBuilder text = new StringBuilder("SELECT ");
    String separator = "";
    for (Column column : key.table().columns()) {
      if (denied.contains(column.name())) {
        continue;
      }
      text.append(separator).append(column(column, key));
      separator = ", ";
    }
    return text.toString();
  }

  private String column(Column column, Key key) {
    String value = Identifiers.quote(alias) + "." + Identifiers.quote(column.name());
    ColumnMask mask = key.decision().masks().get(column.name());
    if (mask == null) {
      return value;
    }
    return guarded(
        key,
        mask.policyId(),
        () ->
            ColumnMasks.render(column, value, mask, expression -> custom(expression, key))
                .map(masked -> masked + " AS " + Identifiers.quote(column.name()))
                .orElse(value));
  }

  /** An expression that does not fit the table as it was leaves nothing of the value. */
  private String custom(String expression, Key key) {
    try {
      return expressions.mask(expression, key.now(), key.table(), key.principal());
    } catch (IllegalArgumentException e) {
      if (key.past().isPresent()) {
        return "NULL";
      }
      throw e;
    }
  }

  private static String guarded(Key key, String policyId, Supplier<String> rendering) {
    try {
      return rendering.get();
    } catch (IllegalArgumentException | SluiceException e) {
      throw new SluiceException(
          ErrorCode.POLICY_INVALID,
          "Policy " + policyId + " cannot be applied; ask an administrator to correct it.",
          new UnusablePolicy(key.now().name(), policyId, e));
    }
  }
}
