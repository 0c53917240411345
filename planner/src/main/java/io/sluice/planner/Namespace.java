package io.sluice.planner;

/** A session's current catalog and schema, by which shorter names resolve. */
public record Namespace(String catalog, String schema) {}
