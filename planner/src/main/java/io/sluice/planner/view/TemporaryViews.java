package io.sluice.planner.view;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.session.SessionNames;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The temporary views of a session at one moment; immutable. A text that is read may see all of
 * them or, in a view's own text, those alone that it meant when the view was made.
 *
 * @param byName at most 500, of 512 Ki characters together
 * @param missing names that meant a view that is not there any more, in lower case
 */
public record TemporaryViews(SessionNames<TemporaryView> byName, Set<String> missing) {

  private static final TemporaryViews NONE =
      new TemporaryViews(
          SessionNames.none(
              new SessionNames.Kind<>(
                  "temporary views",
                  500,
                  512 * 1024,
                  TemporaryView::name,
                  view -> view.sql().length())),
          Set.of());

  public TemporaryViews {
    missing = Set.copyOf(missing);
  }

  /** Returns no views. */
  public static TemporaryViews none() {
    return NONE;
  }

  /** Returns the view that a one-part name means, if it means one. */
  public Optional<TemporaryView> find(String name) {
    return byName.find(name);
  }

  /**
   * Returns whether a name meant a view that is not there any more; it means nothing else since.
   */
  public boolean isMissing(String name) {
    return missing.contains(SessionNames.key(name));
  }

  /** Returns how many characters the texts have together. */
  public int characters() {
    return byName.characters();
  }

  /** Returns all, sorted by name. */
  public List<TemporaryView> all() {
    return byName.all();
  }

  /**
   * Returns these and one more, or with one replaced.
   *
   * @throws SluiceException {@code TABLE_OR_VIEW_ALREADY_EXISTS} where the name is taken and is not
   *     to be replaced; {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public TemporaryViews with(TemporaryView view, boolean replace) {
    if (!replace && find(view.name()).isPresent()) {
      throw alreadyExists(view.name());
    }
    return new TemporaryViews(byName.with(List.of(view)), missing);
  }

  /** Returns the refusal of a name that is taken. */
  public static SluiceException alreadyExists(String name) {
    return new SluiceException(
        ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS,
        "Cannot create the temporary view "
            + Identifiers.quote(name)
            + " because it already exists. Choose another name, drop the existing view, or write"
            + " CREATE OR REPLACE.");
  }

  /** Returns these without one. */
  public TemporaryViews without(String name) {
    return new TemporaryViews(byName.without(name), missing);
  }

  /**
   * Returns what a view's text sees.
   *
   * @param names in lower case
   */
  public TemporaryViews only(Collection<String> names) {
    SessionNames<TemporaryView> seen = byName.only(names);
    Set<String> gone = new HashSet<>(names);
    gone.removeAll(seen.names());
    return new TemporaryViews(seen, gone);
  }
}
