package io.sluice.planner.relation;

import java.util.Optional;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.misc.Interval;

/**
 * A place where a value is to be bound.
 *
 * @param context the marker
 * @param name of {@code :name}, as it is written; empty for {@code ?}
 */
public record ParameterMarker(ParserRuleContext context, Optional<String> name) {

  /**
   * What Spark gets. It writes the value's text in the marker's place before it parses, with
   * nothing around it: {@code 1 -?} and minus five would be a comment, and what follows on the next
   * line a text that nobody has authorised. Between spaces a value is tokens of its own: a literal,
   * a minus and a literal, a CAST of one; none of them names anything.
   */
  public static final String APART = " ? ";

  /** Returns whether white space or an end of the text is on both sides. */
  public boolean isApart() {
    CharStream text = context.getStart().getInputStream();
    return isApart(text, context.getStart().getStartIndex() - 1)
        && isApart(text, context.getStop().getStopIndex() + 1);
  }

  private static boolean isApart(CharStream text, int index) {
    return index < 0 || index >= text.size() || text.getText(Interval.of(index, index)).isBlank();
  }
}
