package io.sluice.planner.routine;

import java.util.Optional;

/**
 * A parameter of a function, or a column of the rows that a table function returns.
 *
 * @param name compared without regard to case
 * @param type as Spark's parser reads it
 * @param defaultValue the expression that stands for an argument that is left out
 * @param comment its documentation
 */
public record FunctionParameter(
    String name, String type, Optional<String> defaultValue, Optional<String> comment) {}
