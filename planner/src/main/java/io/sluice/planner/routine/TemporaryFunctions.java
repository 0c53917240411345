package io.sluice.planner.routine;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.session.SessionNames;
import java.util.List;
import java.util.Optional;

/**
 * The temporary functions of a session at one moment; immutable.
 *
 * @param byName at most 500, of 512 Ki characters together
 */
public record TemporaryFunctions(SessionNames<TemporaryFunction> byName) {

  private static final TemporaryFunctions NONE =
      new TemporaryFunctions(
          SessionNames.none(
              new SessionNames.Kind<>(
                  "temporary functions",
                  500,
                  512 * 1024,
                  TemporaryFunction::name,
                  TemporaryFunction::characters)));

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
    return byName.find(name);
  }

  /** Returns how many characters the texts have together. */
  public int characters() {
    return byName.characters();
  }

  /** Returns all, sorted by name. */
  public List<TemporaryFunction> all() {
    return byName.all();
  }

  /**
   * Returns these and one more, or with one replaced.
   *
   * @throws SluiceException {@code ROUTINE_ALREADY_EXISTS} where the name is taken and is not to be
   *     replaced; {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public TemporaryFunctions with(TemporaryFunction function, boolean replace) {
    if (!replace && find(function.name()).isPresent()) {
      throw new SluiceException(
          ErrorCode.ROUTINE_ALREADY_EXISTS,
          "Cannot create the temporary function "
              + Identifiers.quote(function.name())
              + " because it already exists. Choose another name, drop the existing function, or"
              + " write CREATE OR REPLACE.");
    }
    return new TemporaryFunctions(byName.with(List.of(function)));
  }

  /** Returns these without one. */
  public TemporaryFunctions without(String name) {
    return new TemporaryFunctions(byName.without(name));
  }
}
