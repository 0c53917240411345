package io.sluice.planner.rewrite;

import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.ReadRelation;
import java.util.List;

/**
 * A query, write or expression within a statement, which Spark analyses by itself.
 *
 * @param facts what its text holds
 * @param relations what it reads and writes, authorised, in text order
 */
public record StatementPart(QueryFacts facts, List<ReadRelation> relations) {

  public StatementPart {
    relations = List.copyOf(relations);
  }
}
