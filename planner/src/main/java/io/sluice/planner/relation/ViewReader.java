package io.sluice.planner.relation;

import io.sluice.planner.view.ViewText;

/** Reads views on behalf of whoever sent the statement. */
public interface ViewReader {

  /**
   * Reads a view that may be read itself.
   *
   * @throws io.sluice.model.SluiceException whatever refuses its text; the position is that of the
   *     occurrence
   */
  ReadRelation read(RelationOccurrence occurrence, ViewText view);
}
