package io.sluice.planner.view;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The temporary views of a session at one moment; immutable. A text that is read may see all of
 * them or, in a view's own text, those alone that it meant when the view was made.
 */
public final class TemporaryViews {

  private static final int MOST_VIEWS = 500;

  /** Characters of all texts together; a principal may have many sessions. */
  private static final int LARGEST_TEXT = 512 * 1024;

  private static final TemporaryViews NONE = new TemporaryViews(new TreeMap<>(), Set.of());

  private final TreeMap<String, TemporaryView> byName;
  private final Set<String> missing;
  private final int hash;

  private TemporaryViews(TreeMap<String, TemporaryView> byName, Set<String> missing) {
    this.byName = byName;
    this.missing = Set.copyOf(missing);
    this.hash = 31 * byName.hashCode() + missing.hashCode();
  }

  /** Returns no views. */
  public static TemporaryViews none() {
    return NONE;
  }

  /** Returns the view that a one-part name means, if it means one. */
  public Optional<TemporaryView> find(String name) {
    return Optional.ofNullable(byName.get(key(name)));
  }

  /**
   * Returns whether a name meant a view that is not there any more; it means nothing else since.
   */
  public boolean isMissing(String name) {
    return missing.contains(key(name));
  }

  /** Returns how many characters the texts have together. */
  public int characters() {
    return byName.values().stream().mapToInt(view -> view.sql().length()).sum();
  }

  /** Returns all, sorted by name. */
  public List<TemporaryView> all() {
    return List.copyOf(byName.values());
  }

  /**
   * Returns these and one more, or with one replaced.
   *
   * @throws SluiceException {@code TABLE_OR_VIEW_ALREADY_EXISTS} where the name is taken and is not
   *     to be replaced; {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public TemporaryViews with(TemporaryView view, boolean replace) {
    if (!replace && byName.containsKey(key(view.name()))) {
      throw alreadyExists(view.name());
    }
    TreeMap<String, TemporaryView> more = new TreeMap<>(byName);
    more.put(key(view.name()), view);
    long text = more.values().stream().mapToLong(known -> known.sql().length()).sum();
    if (more.size() > MOST_VIEWS || text > LARGEST_TEXT) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A session keeps at most %d temporary views, of %d characters together; drop some first."
              .formatted(MOST_VIEWS, LARGEST_TEXT));
    }
    return new TemporaryViews(more, missing);
  }

  /** Returns the refusal of a name that is taken. */
  public static SluiceException alreadyExists(String name) {
    return new SluiceException(
        ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS,
        "Cannot create the temporary view `%s` because it already exists. Choose another name, drop"
                .formatted(name.replace("`", "``"))
            + " the existing view, or write CREATE OR REPLACE.");
  }

  /** Returns these without one. */
  public TemporaryViews without(String name) {
    TreeMap<String, TemporaryView> fewer = new TreeMap<>(byName);
    fewer.remove(key(name));
    return new TemporaryViews(fewer, missing);
  }

  /**
   * Returns what a view's text sees.
   *
   * @param names in lower case
   */
  TemporaryViews only(Collection<String> names) {
    TreeMap<String, TemporaryView> seen = new TreeMap<>(byName);
    seen.keySet().retainAll(names);
    Set<String> gone = new HashSet<>(names);
    gone.removeAll(seen.keySet());
    return new TemporaryViews(seen, gone);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof TemporaryViews views
            && views.hash == hash
            && views.byName.equals(byName)
            && views.missing.equals(missing));
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
