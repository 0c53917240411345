package io.sluice.planner.session;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What a session keeps of one kind, by name in any case, at one moment; immutable and bounded. */
public final class SessionNames<T> {

  private final Kind<T> kind;
  private final TreeMap<String, T> byName;
  private final int hash;

  private SessionNames(Kind<T> kind, TreeMap<String, T> byName) {
    this.kind = kind;
    this.byName = byName;
    this.hash = byName.hashCode();
  }

  /** Returns what a new session keeps. */
  public static <T> SessionNames<T> none(Kind<T> kind) {
    return new SessionNames<>(kind, new TreeMap<>());
  }

  /** Returns the form in which names are compared. */
  public static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  public boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Returns the one of a name. */
  public Optional<T> find(String name) {
    return Optional.ofNullable(byName.get(key(name)));
  }

  /** Returns all, sorted by name. */
  public List<T> all() {
    return List.copyOf(byName.values());
  }

  /** Returns the names, in lower case. */
  public Set<String> names() {
    return Set.copyOf(byName.keySet());
  }

  /** Returns how many characters the texts have together. */
  public int characters() {
    return byName.values().stream().mapToInt(kind.characters).sum();
  }

  /**
   * Returns these and more; those of the same names are replaced.
   *
   * @throws SluiceException {@code STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public SessionNames<T> with(Collection<T> added) {
    TreeMap<String, T> more = new TreeMap<>(byName);
    added.forEach(one -> more.put(key(kind.name.apply(one)), one));
    SessionNames<T> kept = new SessionNames<>(kind, more);
    if (more.size() > kind.most || kept.characters() > kind.mostCharacters) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A session keeps at most %d %s, of %d characters together; drop some first."
              .formatted(kind.most, kind.plural, kind.mostCharacters));
    }
    return kept;
  }

  /** Returns these without one. */
  public SessionNames<T> without(String name) {
    TreeMap<String, T> fewer = new TreeMap<>(byName);
    fewer.remove(key(name));
    return new SessionNames<>(kind, fewer);
  }

  /** Returns those of these names. */
  public SessionNames<T> only(Collection<String> names) {
    TreeMap<String, T> named = new TreeMap<>(byName);
    named.keySet().retainAll(names.stream().map(SessionNames::key).toList());
    return new SessionNames<>(kind, named);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof SessionNames<?> names
            && names.hash == hash
            && names.byName.equals(byName));
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

  /**
   * A kind of what a session keeps.
   *
   * @param plural what many are called
   * @param most how many a session keeps
   * @param mostCharacters of all texts together; a principal may have many sessions
   * @param name of one
   * @param characters how many one holds
   */
  public record Kind<T>(
      String plural,
      int most,
      int mostCharacters,
      Function<T, String> name,
      ToIntFunction<T> characters) {}
}
