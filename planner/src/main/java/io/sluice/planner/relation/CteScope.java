package io.sluice.planner.relation;

import org.jspecify.annotations.Nullable;

/**
 * The common table expressions that a one-part name may mean at one place, innermost first.
 *
 * @param outer what else is visible
 * @param name compared as Spark compares it, without regard to case
 * @param recursive whether this is the expression's own name inside its own body
 * @param depth how many subquery expressions enclose the definition
 */
record CteScope(@Nullable CteScope outer, String name, boolean recursive, int depth) {

  static @Nullable CteScope find(@Nullable CteScope scope, String name) {
    for (CteScope entry = scope; entry != null; entry = entry.outer) {
      if (entry.name.equalsIgnoreCase(name)) {
        return entry;
      }
    }
    return null;
  }
}
