package io.sluice.planner.view;

import io.sluice.model.TableName;
import java.util.Map;
import java.util.Set;

/** A change of a catalog's view that leaves its text as it is. */
public sealed interface ViewChange {

  /** Returns the view that is changed. */
  TableName view();

  /** Takes the view away. */
  record Drop(TableName view) implements ViewChange {}

  /** Gives the view another name in its catalog. */
  record Rename(TableName view, TableName renamed) implements ViewChange {}

  /** Sets and takes away properties. */
  record Properties(TableName view, Map<String, String> set, Set<String> removed)
      implements ViewChange {

    public Properties {
      set = Map.copyOf(set);
      removed = Set.copyOf(removed);
    }
  }
}
