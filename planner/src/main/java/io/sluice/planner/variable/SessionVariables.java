package io.sluice.planner.variable;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.session.SessionNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a session at one moment; immutable.
 *
 * @param byName at most 100, of 256 Ki characters together: values, types and defaults
 * @param outdated others, which count as dropped
 */
public record SessionVariables(
    SessionNames<SessionVariable> byName, SessionNames<SessionVariable> outdated) {

  private static final SessionNames<SessionVariable> NO_NAMES =
      SessionNames.none(
          new SessionNames.Kind<>(
              "variables", 100, 256 * 1024, SessionVariable::name, SessionVariable::characters));

  private static final SessionVariables NONE = new SessionVariables(NO_NAMES);

  private SessionVariables(SessionNames<SessionVariable> byName) {
    this(byName, NO_NAMES);
  }

  /** Returns no variables. */
  public static SessionVariables none() {
    return NONE;
  }

  /** Returns the variable of a name. */
  public Optional<SessionVariable> find(String name) {
    return byName.find(name);
  }

  /** Returns all, sorted by name. */
  public List<SessionVariable> all() {
    return byName.all();
  }

  public boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Returns how many characters they hold. */
  public int characters() {
    return byName.characters();
  }

  /**
   * Returns those that a text may mean: a token of it is the name. Whether it is a variable's there
   * is Spark's to say.
   */
  public SessionVariables namedIn(List<? extends Token> tokens) {
    if (byName.isEmpty()) {
      return this;
    }
    Set<String> names = new HashSet<>();
    tokens.forEach(token -> names.add(Identifiers.name(token)));
    return only(names);
  }

  /** Returns those of these names. */
  public SessionVariables only(Collection<String> names) {
    return new SessionVariables(byName.only(names));
  }

  /** Returns these, of which those count as dropped that a test does not find current. */
  public SessionVariables current(Predicate<SessionVariable> test) {
    List<String> names = all().stream().filter(test).map(SessionVariable::name).toList();
    if (names.size() == all().size()) {
      return this;
    }
    SessionNames<SessionVariable> dropped = byName;
    for (String name : names) {
      dropped = dropped.without(name);
    }
    return new SessionVariables(byName.only(names), dropped);
  }

  /** Returns whether a name, in whatever parts it is given, begins with a variable's. */
  public boolean mayMean(List<String> parts) {
    return meant(byName, parts).isPresent();
  }

  /** Returns the variable that counts as dropped and that a name may mean, as in mayMean. */
  public Optional<SessionVariable> outdated(List<String> parts) {
    return meant(outdated, parts);
  }

  private static Optional<SessionVariable> meant(
      SessionNames<SessionVariable> variables, List<String> parts) {
    return IntStream.rangeClosed(1, Math.min(parts.size(), VariableNames.MOST_PARTS))
        .mapToObj(length -> VariableNames.variable(parts.subList(0, length)))
        .flatMap(name -> name.flatMap(variables::find).stream())
        .findFirst();
  }

  /**
   * Returns these and more; those of the same names are replaced.
   *
   * @throws SluiceException {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public SessionVariables with(List<SessionVariable> variables) {
    return new SessionVariables(byName.with(variables));
  }

  /** Returns these without one. */
  public SessionVariables without(String name) {
    return new SessionVariables(byName.without(name));
  }

  /** Returns the refusal of a name that is taken. */
  public static SluiceException alreadyExists(String name, @Nullable TextPosition position) {
    return refusal(
        ErrorCode.VARIABLE_ALREADY_EXISTS,
        "Cannot create the variable "
            + quoted(name)
            + " because it already exists. Choose another name, or drop or replace the existing"
            + " variable.",
        position);
  }

  /** Returns the refusal of a name that no variable of the session has. */
  public static SluiceException notFound(String name, @Nullable TextPosition position) {
    return refusal(
        ErrorCode.VARIABLE_NOT_FOUND,
        "The variable " + quoted(name) + " cannot be found; DECLARE it first.",
        position);
  }

  private static SluiceException refusal(
      ErrorCode code, String words, @Nullable TextPosition position) {
    return position == null
        ? new SluiceException(code, words)
        : new SluiceException(code, words, position);
  }

  private static String quoted(String name) {
    return Identifiers.quote(new ArrayList<>(List.of("system", "session", name)));
  }
}
