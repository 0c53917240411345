package io.sluice.planner.script;

import io.sluice.planner.relation.QueryFacts;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * A statement that Spark analyses part by part.
 *
 * @param parts in text order
 * @param outline everything else that decides what it does, in text order: what stands between the
 *     parts, and the names that it gives and sets
 */
public record PartedText(List<Part> parts, List<String> outline) {

  public PartedText {
    parts = List.copyOf(parts);
    outline = List.copyOf(outline);
  }

  /** What Spark analyses by itself. */
  public enum Kind {
    QUERY,
    WRITE,
    /** A condition or value; it sees no relation but those of the queries in it. */
    EXPRESSION
  }

  /**
   * One part.
   *
   * @param context a query, a write's statement, or an expression or type
   */
  public record Part(Kind kind, ParserRuleContext context, QueryFacts facts) {}
}
