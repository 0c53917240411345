package io.sluice.planner.relation;

import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.misc.Interval;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExistsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.JoinRelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PredicateContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SubqueryExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TemporalClauseContext;

/**
 * A place where a query names a relation.
 *
 * @param naming the name itself
 * @param holder what it stands in: a table in FROM, {@code TABLE t}, a function's table argument,
 *     or the write that names it
 * @param parts the name's parts, unquoted
 * @param cte whether it means a common table expression
 */
public record RelationOccurrence(
    IdentifierReferenceContext naming, ParserRuleContext holder, List<String> parts, boolean cte) {

  /** Returns which state of the table is asked for; empty for the one that it is in. */
  public Optional<TemporalClauseContext> timeTravel() {
    return holder instanceof TableNameContext table
        ? Optional.ofNullable(table.temporalClause())
        : Optional.empty();
  }

  /** Returns what is equal for names of the same relation in the same state, in such a place. */
  public List<?> key() {
    return List.of(
        parts,
        timeTravel().map(RelationOccurrence::text).orElse(""),
        holder.getClass(),
        holder instanceof TableNameContext table && table.optionsClause() != null);
  }

  private static String text(ParserRuleContext part) {
    return part.getStart()
        .getInputStream()
        .getText(Interval.of(part.getStart().getStartIndex(), part.getStop().getStopIndex()));
  }

  /** Returns whether it stands where a name may mean a column of a query around it. */
  public boolean seesOutside() {
    for (ParserRuleContext part = holder; part != null; part = part.getParent()) {
      if (part instanceof SubqueryExpressionContext
          || part instanceof ExistsContext
          || part instanceof PredicateContext
          || (part instanceof RelationContext relation && relation.LATERAL() != null)
          || (part instanceof JoinRelationContext join && join.LATERAL() != null)) {
        return true;
      }
    }
    return false;
  }

  /** Returns where the name begins. */
  public TextPosition position() {
    return Identifiers.position(naming);
  }
}
