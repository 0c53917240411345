package io.sluice.planner.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;

/** Looks for parts of a parse tree, however deep it is. */
public final class Trees {

  private Trees() {}

  /** Returns all parts of these kinds, in text order, each before what stands inside of it. */
  @SafeVarargs
  public static List<ParserRuleContext> all(
      ParserRuleContext tree, Class<? extends ParserRuleContext>... kinds) {
    List<ParserRuleContext> found = new ArrayList<>();
    Deque<ParseTree> open = new ArrayDeque<>();
    open.push(tree);
    while (!open.isEmpty()) {
      ParseTree node = open.pop();
      if (!(node instanceof ParserRuleContext context)) {
        continue;
      }
      for (Class<? extends ParserRuleContext> kind : kinds) {
        if (kind.isInstance(context)) {
          found.add(context);
        }
      }
      for (int index = context.getChildCount() - 1; index >= 0; index--) {
        open.push(context.getChild(index));
      }
    }
    return found;
  }

  /** Returns the parts that a part consists of. */
  public static List<ParserRuleContext> children(ParserRuleContext tree) {
    return tree.getRuleContexts(ParserRuleContext.class);
  }
}
