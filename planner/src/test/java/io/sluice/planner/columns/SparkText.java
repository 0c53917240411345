package io.sluice.planner.columns;

import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.parse.Trees;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CtesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;

/** Parses texts with Spark's grammar, as far as tests need it. */
final class SparkText {

  private static final SparkParser PARSER = new SparkParser(InstantSource.system());

  private SparkText() {}

  /** Returns the write that a text is, or the statement around its query. */
  static ParserRuleContext parse(String sql) {
    ParserRuleContext statement = PARSER.statement(sql).tree();
    return Trees.all(statement, DmlStatementContext.class).stream().findFirst().orElse(statement);
  }

  /** Returns what the contexts that name tables stand for, in text order. */
  static <T> Map<ParserRuleContext, T> relations(
      ParserRuleContext statement, Function<List<String>, Optional<T>> tables) {
    Map<ParserRuleContext, T> found = new LinkedHashMap<>();
    for (IdentifierReferenceContext reference : references(statement)) {
      List<String> parts =
          reference.multipartIdentifier().parts.stream()
              .map(part -> part.getText().replace("`", ""))
              .toList();
      if (parts.size() > 1 || !isCte(reference, parts.get(0))) {
        found.put(
            reference,
            tables
                .apply(parts)
                .orElseThrow(() -> new IllegalArgumentException("no table " + parts)));
      }
    }
    return found;
  }

  /** Returns all contexts that name relations, in text order. */
  static List<IdentifierReferenceContext> references(ParserRuleContext statement) {
    List<IdentifierReferenceContext> found = new ArrayList<>();
    collect(statement, found);
    return found;
  }

  private static void collect(ParseTree tree, List<IdentifierReferenceContext> found) {
    if (tree instanceof IdentifierReferenceContext reference) {
      found.add(reference);
    }
    for (int i = 0; i < tree.getChildCount(); i++) {
      collect(tree.getChild(i), found);
    }
  }

  /** Returns whether a WITH around a place, or before it in the same WITH, defines a name. */
  private static boolean isCte(ParserRuleContext place, String name) {
    ParserRuleContext child = place;
    for (ParserRuleContext each = place.getParent(); each != null; each = each.getParent()) {
      if (each instanceof CtesContext ctes) {
        for (NamedQueryContext named : ctes.namedQuery()) {
          if (named == child && ctes.RECURSIVE() == null) {
            break;
          }
          if (named.name.getText().equalsIgnoreCase(name)) {
            return true;
          }
          if (named == child) {
            break;
          }
        }
      } else if (each instanceof QueryContext || each instanceof DmlStatementContext) {
        CtesContext ctes = each.getRuleContext(CtesContext.class, 0);
        if (ctes != null && child != ctes) {
          for (NamedQueryContext named : ctes.namedQuery()) {
            if (named.name.getText().equalsIgnoreCase(name)) {
              return true;
            }
          }
        }
      }
      child = each;
    }
    return false;
  }
}
