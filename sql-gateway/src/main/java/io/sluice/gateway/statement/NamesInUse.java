package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names that statements on their way to Spark, or there, mean tables by. A view may not take
 * one of them meanwhile: Spark would read the view's own text, past every policy. Safe for use by
 * many threads.
 */
final class NamesInUse {

  private final Map<TableName, Integer> uses = new HashMap<>();
  private final Set<TableName> claims = new HashSet<>();

  /**
   * Uses names until {@link #release}.
   *
   * @throws SluiceException {@code STATEMENT_OUTDATED} if a view is taking one of them
   */
  synchronized void use(Collection<TableName> names) {
    if (names.stream().anyMatch(claims::contains)) {
      throw RunAuthorization.outdated();
    }
    names.forEach(name -> uses.merge(name, 1, Integer::sum));
  }

  /** Ends one use of each of the names. */
  synchronized void release(Collection<TableName> names) {
    names.forEach(name -> uses.computeIfPresent(name, (key, use) -> use == 1 ? null : use - 1));
  }

  /**
   * Gives a name to a view.
   *
   * @param giving does it
   * @throws SluiceException {@code STATEMENT_OUTDATED} if a statement uses the name
   */
  void claim(TableName name, Runnable giving) {
    synchronized (this) {
      if (uses.containsKey(name) || !claims.add(name)) {
        throw new SluiceException(
            ErrorCode.STATEMENT_OUTDATED,
            "A running statement uses the name "
                + name
                + ", which a view may take when that has ended. Send the statement again then.");
      }
    }
    try {
      giving.run();
    } finally {
      synchronized (this) {
        claims.remove(name);
      }
    }
  }
}
