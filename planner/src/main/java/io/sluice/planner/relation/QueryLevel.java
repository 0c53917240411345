package io.sluice.planner.relation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One SELECT and what its FROM names; the enclosing levels are those that it may correlate to. */
public final class QueryLevel {

  private final @Nullable QueryLevel outer;
  private final List<RelationOccurrence> relations = new ArrayList<>();

  QueryLevel(@Nullable QueryLevel outer) {
    this.outer = outer;
  }

  /** Returns the level around this one. */
  public @Nullable QueryLevel outer() {
    return outer;
  }

  /** Returns the relations that are named here, in text order. */
  public List<RelationOccurrence> relations() {
    return relations;
  }
}
