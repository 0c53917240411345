package io.sluice.planner.view;

import java.util.Optional;

/** A name, and perhaps a comment, that CREATE VIEW gives to a column. */
public record NamedColumn(String name, Optional<String> comment) {}
