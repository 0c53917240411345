package io.sluice.planner.routine;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The temporary functions of a session at one moment; immutable. */
public final class TemporaryFunctions {

  private static final int MOST_FUNCTIONS = 500;

  /** Characters of all texts together; a principal may have many sessions. */
  private static final int LARGEST_TEXT = 512 * 1024;

  private static final TemporaryFunctions NONE = new TemporaryFunctions(new TreeMap<>());

  private final TreeMap<String, TemporaryFunction> byName;
  private final int hash;

  private TemporaryFunctions(TreeMap<String, TemporaryFunction> byName) {
    this.byName = byName;
    this.hash = byName.hashCode();
  }

  /** Returns no functions. */
  public static TemporaryFunctions none() {
    return NONE;
  }

  /** Returns whether there is none. */
  public boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Returns the function of a name. */
  public Optional<TemporaryFunction> find(String name) {
    return Optional.ofNullable(byName.get(key(name)));
  }

  /** Returns how many characters the texts have together. */
  public int characters() {
    return byName.values().stream().mapToInt(TemporaryFunction::characters).sum();
  }

  /** Returns all, sorted by name. */
  public List<TemporaryFunction> all() {
    return List.copyOf(byName.values());
  }

  /**
   * Returns these and one more, or with one replaced.
   *
   * @throws SluiceException {@code ROUTINE_ALREADY_EXISTS} where the name is taken and is not to be
   *     replaced; {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public TemporaryFunctions with(TemporaryFunction function, boolean replace) {
    if (!replace && byName.containsKey(key(function.name()))) {
      throw new SluiceException(
          ErrorCode.ROUTINE_ALREADY_EXISTS,
          "Cannot create the temporary function "
              + Identifiers.quote(function.name())
              + " because it already exists. Choose another name, drop the existing function, or"
              + " write CREATE OR REPLACE.");
    }
    TreeMap<String, TemporaryFunction> more = new TreeMap<>(byName);
    more.put(key(function.name()), function);
    TemporaryFunctions kept = new TemporaryFunctions(more);
    if (more.size() > MOST_FUNCTIONS || kept.characters() > LARGEST_TEXT) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A session keeps at most %d temporary functions, of %d characters together; drop some first."
              .formatted(MOST_FUNCTIONS, LARGEST_TEXT));
    }
    return kept;
  }

  /** Returns these without one. */
  public TemporaryFunctions without(String name) {
    TreeMap<String, TemporaryFunction> fewer = new TreeMap<>(byName);
    fewer.remove(key(name));
    return new TemporaryFunctions(fewer);
  }

  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof TemporaryFunctions functions
            && functions.hash == hash
            && functions.byName.equals(byName));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Tells the names alone; a text may hold literals. */
  @Override
  public String toString() {
    return byName.keySet().toString();
  }
}
