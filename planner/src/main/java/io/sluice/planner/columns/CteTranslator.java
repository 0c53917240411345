package io.sluice.planner.columns;

import io.sluice.planner.columns.QueryTranslator.Translated;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CtesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetOperationContext;
import org.jspecify.annotations.Nullable;

/** Translates WITH. Each item gets a name of its own, so that Calcite cannot mistake one. */
final class CteTranslator {

  private final QueryTranslator queries;
  private final Occurrences occurrences;

  CteTranslator(QueryTranslator queries, Occurrences occurrences) {
    this.queries = queries;
    this.occurrences = occurrences;
  }

  /** Returns a body under its WITH, if it has one. */
  SqlNode with(@Nullable CtesContext context, Ctes outer, Function<Ctes, SqlNode> body) {
    if (context == null) {
      return body.apply(outer);
    }
    Ctes ctes = outer;
    List<SqlNode> items = new ArrayList<>();
    for (NamedQueryContext named : context.namedQuery()) {
      String name = Identifiers.name(named.name);
      boolean recursive = context.RECURSIVE() != null && names(named.query(), name);
      SqlNode query =
          recursive
              ? recursion(named, name, ctes, items)
              : renamed(queries.query(named.query(), ctes), named);
      String item = queries.newName();
      items.add(item(item, query));
      ctes = ctes.with(name, item);
    }
    return new SqlWith(
        SqlParserPos.ZERO, new SqlNodeList(items, SqlParserPos.ZERO), body.apply(ctes));
  }

  /**
   * {@code r AS (start UNION ALL step)} becomes {@code a AS (start), r AS (TABLE a UNION ALL
   * step)}, in whose step r means a: the columns are the same.
   */
  private SqlNode recursion(NamedQueryContext named, String name, Ctes ctes, List<SqlNode> items) {
    QueryContext query = named.query();
    if (query.ctes() != null
        || !(query.queryTerm() instanceof SetOperationContext union)
        || union.UNION() == null) {
      throw Refusals.notUnderstood("a recursive query that is no UNION of two queries", named);
    }
    SqlNode start = renamed(queries.counted(queries.term(union.left, ctes)), named);
    String anchor = queries.newName();
    items.add(item(anchor, start));
    Ctes inner = ctes.with(name, anchor);
    SqlNode first =
        new SparkSelect(
            List.of(queries.star(List.of(), true)),
            queries.relation(
                new SqlIdentifier(anchor, SqlParserPos.ZERO), new Relation(List.of(name))),
            List.of());
    SqlNode step = queries.counted(queries.term(union.right, inner));
    Translated whole = new Translated(Operators.setOperation(first, step), false, false);
    return queries.organized(whole, query.queryOrganization(), inner).node();
  }

  private SqlNode renamed(SqlNode query, NamedQueryContext named) {
    if (named.columnAliases == null) {
      return query;
    }
    List<String> names = Identifiers.parts(named.columnAliases.identifierSeq());
    return new SparkSelect(
        List.of(queries.star(names, true)),
        queries.relation(query, new Relation(List.of())),
        List.of());
  }

  /** Returns an item of a WITH. */
  static SqlNode item(String name, SqlNode query) {
    return new SqlWithItem(
        SqlParserPos.ZERO,
        new SqlIdentifier(name, SqlParserPos.ZERO),
        null,
        query,
        SqlLiteral.createBoolean(false, SqlParserPos.ZERO));
  }

  /** Returns whether a relation of this name, and no table, is named somewhere in a tree. */
  private boolean names(ParseTree tree, String name) {
    if (tree instanceof IdentifierReferenceContext reference
        && reference.multipartIdentifier() != null
        && !occurrences.has(reference)) {
      List<String> parts = Identifiers.parts(reference.multipartIdentifier());
      return parts.size() == 1 && parts.get(0).equalsIgnoreCase(name);
    }
    for (int i = 0; i < tree.getChildCount(); i++) {
      if (names(tree.getChild(i), name)) {
        return true;
      }
    }
    return false;
  }
}
