package io.sluice.planner.variable;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** The variables of a session at one moment; immutable. */
public final class SessionVariables {

  private static final int MOST_VARIABLES = 100;

  /** Characters of all values, types and defaults together. */
  private static final int LARGEST_TEXT = 256 * 1024;

  private static final SessionVariables NONE = new SessionVariables(new TreeMap<>());

  private final TreeMap<String, SessionVariable> byName;
  private final int hash;

  private SessionVariables(TreeMap<String, SessionVariable> byName) {
    this.byName = byName;
    this.hash = byName.hashCode();
  }

  /** Returns no variables. */
  public static SessionVariables none() {
    return NONE;
  }

  /** Returns the variable of a name. */
  public Optional<SessionVariable> find(String name) {
    return Optional.ofNullable(byName.get(key(name)));
  }

  /** Returns all, sorted by name. */
  public List<SessionVariable> all() {
    return List.copyOf(byName.values());
  }

  public boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Returns how many characters they hold. */
  public int characters() {
    return byName.values().stream().mapToInt(SessionVariable::characters).sum();
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
    TreeMap<String, SessionVariable> named = new TreeMap<>(byName);
    named.keySet().retainAll(names.stream().map(SessionVariables::key).toList());
    return new SessionVariables(named);
  }

  /** Returns whether a name, in whatever parts it is given, begins with a variable's. */
  public boolean mayMean(List<String> parts) {
    return VariableNames.variable(parts.subList(0, 1)).flatMap(this::find).isPresent()
        || (parts.size() > 1
            && VariableNames.variable(parts.subList(0, 2)).flatMap(this::find).isPresent())
        || (parts.size() > 2
            && VariableNames.variable(parts.subList(0, 3)).flatMap(this::find).isPresent());
  }

  /**
   * Returns these and more; those of the same names are replaced.
   *
   * @throws SluiceException {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public SessionVariables with(List<SessionVariable> variables) {
    TreeMap<String, SessionVariable> more = new TreeMap<>(byName);
    variables.forEach(variable -> more.put(key(variable.name()), variable));
    SessionVariables all = new SessionVariables(more);
    if (more.size() > MOST_VARIABLES || all.characters() > LARGEST_TEXT) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A session keeps at most %d variables, of %d characters together; drop some first."
              .formatted(MOST_VARIABLES, LARGEST_TEXT));
    }
    return all;
  }

  /** Returns these without one. */
  public SessionVariables without(String name) {
    TreeMap<String, SessionVariable> fewer = new TreeMap<>(byName);
    fewer.remove(key(name));
    return new SessionVariables(fewer);
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

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof SessionVariables variables
            && variables.hash == hash
            && variables.byName.equals(byName));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Tells the names alone; a value may be anything. */
  @Override
  public String toString() {
    return byName.keySet().toString();
  }
}
