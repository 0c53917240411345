package io.sluice.planner.relation;

import io.sluice.planner.function.FunctionKind;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/**
 * A place where a query asks for what only the gateway knows: the user, the catalog, the schema.
 *
 * @param context what is replaced
 * @param kind which of them
 * @param name as Spark names the function
 * @param level set for a bare name such as {@code user}, which means a column where there is one
 */
public record SessionValue(
    ParserRuleContext context, FunctionKind kind, String name, @Nullable QueryLevel level) {}
