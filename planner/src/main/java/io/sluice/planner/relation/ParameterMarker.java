package io.sluice.planner.relation;

import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * A place where a value is to be bound.
 *
 * @param context the marker
 * @param name of {@code :name}, as it is written; empty for {@code ?}
 */
public record ParameterMarker(ParserRuleContext context, Optional<String> name) {}
