package io.sluice.planner.parse;

import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * A text and what the grammar makes of it.
 *
 * @param text as it was given
 * @param tokens all of them, comments and white space on the hidden channel
 * @param tree the whole text
 */
public record ParsedSql<T extends ParserRuleContext>(
    String text, CommonTokenStream tokens, T tree) {}
