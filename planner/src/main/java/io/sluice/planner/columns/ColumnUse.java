package io.sluice.planner.columns;

import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * Finds the columns that a query or write uses. Safe for use by many threads.
 *
 * <p>A query is given as a context of Spark's grammar ({@code SqlBaseParser}): a query, a write, or
 * another whole statement that holds one query. A write uses what it reads, of its target too, and
 * not what it only puts something into. Its base tables are given by the contexts that name them,
 * in text order; every other relation that it names is a common table expression.
 */
public final class ColumnUse {

  /**
   * A table that a query reads.
   *
   * @param table its metadata
   * @param denied names of the columns that may not be read, as the table spells them
   */
  public record ReadTable(TableMetadata table, Set<String> denied) {

    public ReadTable {
      denied = Set.copyOf(denied);
    }
  }

  /** A column that is used and may not be read, both names as the catalog spells them. */
  public record DeniedColumn(TableName table, String column) {}

  /** Creates one. */
  public ColumnUse() {}

  /**
   * Returns the first denied column that the query uses: of the first table in text order, the
   * first in table order. All columns are used by a star, by {@code TABLE t}, by a natural join, by
   * PIVOT and UNPIVOT, by an alias that renames the columns and by a FROM without a projection; a
   * column is also used where it is merely named, as in {@code * EXCEPT (column)}.
   *
   * @throws SluiceException {@code CANNOT_AUTHORIZE}, {@code UNRESOLVED_COLUMN}, {@code
   *     AMBIGUOUS_REFERENCE} or {@code STATEMENT_TOO_COMPLEX} where it cannot be told
   */
  public Optional<DeniedColumn> firstDenied(
      ParserRuleContext query, Map<ParserRuleContext, ReadTable> relations) {
    return firstDenied(query, relations, name -> false);
  }

  /**
   * As {@link #firstDenied(ParserRuleContext, Map)}, where a name may mean a variable too. It does
   * so only where it means no column, and a column that may not be read is one.
   *
   * @param variables whether a variable may go by a name, given in its parts
   */
  public Optional<DeniedColumn> firstDenied(
      ParserRuleContext query,
      Map<ParserRuleContext, ReadTable> relations,
      Predicate<List<String>> variables) {
    if (relations.values().stream().allMatch(table -> table.denied().isEmpty())) {
      return Optional.empty();
    }
    Occurrences occurrences = new Occurrences(relations);
    try {
      new Resolution(occurrences, new ExpressionTypes(false), variables).run(query);
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      throw Refusals.notResolvable(e);
    } catch (StackOverflowError e) {
      throw Refusals.tooDeep();
    }
    return occurrences.firstDenied();
  }

  /**
   * Returns the names of the columns that a query gives, of which it uses none that may not be
   * read.
   *
   * @return empty where one of them cannot be told, as of an expression without an alias, which
   *     Spark names after its text
   */
  public Optional<List<String>> columnNames(
      ParserRuleContext query, Map<ParserRuleContext, ReadTable> relations) {
    try {
      return new Resolution(new Occurrences(relations), new ExpressionTypes(false), name -> true)
          .run(query);
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      return Optional.empty();
    }
  }

  /**
   * Returns for each {@code ?}, in text order, the name of the Spark type that its place suggests,
   * for example {@code decimal(15,2)}. It is a hint: empty where there is none, and never an error.
   */
  public List<Optional<String>> parameterTypes(
      ParserRuleContext query, Map<ParserRuleContext, ReadTable> relations) {
    ExpressionTypes types = new ExpressionTypes(true);
    if (!ParameterTypes.hasParameters(query)) {
      return List.of();
    }
    try {
      new Resolution(new Occurrences(relations), types, name -> true).run(query);
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      // What has been resolved so far still helps; Spark will say what is wrong with the query.
    }
    return ParameterTypes.of(query, types);
  }
}
