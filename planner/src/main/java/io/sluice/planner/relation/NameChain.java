package io.sluice.planner.relation;

import java.util.List;
import org.antlr.v4.runtime.Token;

/**
 * A name of two or more parts that may mean a column, a field of one, or a relation in a hint.
 *
 * @param names the parts, unquoted
 * @param tokens one for each part
 */
public record NameChain(List<String> names, List<Token> tokens) {}
