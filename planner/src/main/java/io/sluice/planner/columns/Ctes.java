package io.sluice.planner.columns;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The common table expressions in scope, innermost first. Immutable: a definition gives a new one.
 */
final class Ctes {

  static final Ctes NONE = new Ctes(null, "", "");

  private final @Nullable Ctes outer;
  private final String foldedName;
  private final String node;

  private Ctes(@Nullable Ctes outer, String foldedName, String node) {
    this.outer = outer;
    this.foldedName = foldedName;
    this.node = node;
  }

  /** Returns a scope in which a name also stands for a WITH item of Calcite's. */
  Ctes with(String name, String item) {
    return new Ctes(this, ColumnNames.folded(name), item);
  }

  /** Returns the WITH item that a name stands for. */
  Optional<String> find(String name) {
    String folded = ColumnNames.folded(name);
    for (Ctes each = this; each != null; each = each.outer) {
      if (each.outer != null && each.foldedName.equals(folded)) {
        return Optional.of(each.node);
      }
    }
    return Optional.empty();
  }
}
