package io.sluice.planner.relation;

import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExistsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.JoinRelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PredicateContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SubqueryExpressionContext;

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
