package io.sluice.planner.function;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The functions that a statement may call: a copy of Spark's registry without what reads files,
 * runs code or reveals the server. Names are compared as Spark compares them, unquoted and in lower
 * case.
 */
public final class FunctionAllowList {

  private static final FunctionAllowList SPARK =
      new FunctionAllowList(lines("functions.txt"), lines("table-functions.txt"));

  /** Functions of Spark's that may not be called; nobody gives another one such a name. */
  private static final Set<String> REFUSED = Set.copyOf(lines("refused-functions.txt"));

  /** What the user may be asked for by without brackets. */
  private static final List<String> PRINCIPAL = List.of("current_user", "user", "session_user");

  private final Map<String, FunctionKind> functions = new HashMap<>();
  private final Set<String> tableFunctions;

  private FunctionAllowList(List<String> functions, List<String> tableFunctions) {
    for (String line : functions) {
      String[] nameAndKind = line.split(" ");
      this.functions.put(
          nameAndKind[0], FunctionKind.valueOf(nameAndKind[1].toUpperCase(Locale.ROOT)));
    }
    this.tableFunctions = Set.copyOf(tableFunctions);
  }

  /** Returns the list for the Spark version that the gateway is built for. */
  public static FunctionAllowList ofSpark() {
    return SPARK;
  }

  /** Returns what a function does; empty when it may not be called. */
  public Optional<FunctionKind> kind(String name) {
    return Optional.ofNullable(functions.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Returns whether a function may stand in FROM. */
  public boolean allowsTableFunction(String name) {
    return tableFunctions.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Returns whether a name is a function's that may be called. */
  public boolean knows(String name) {
    return kind(name).isPresent() || allowsTableFunction(name);
  }

  /** Returns whether a name is of a function of Spark's that may not be called. */
  public boolean refuses(String name) {
    return REFUSED.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns whether a bare name that is no column's stands for the user. Spark compares these names
   * without regard to case by their capitals, by which the long s is an s.
   */
  public static boolean isPrincipal(String name) {
    return PRINCIPAL.stream().anyMatch(name::equalsIgnoreCase);
  }

  /** Returns the names of all functions that may be called in an expression. */
  public Set<String> names() {
    return Set.copyOf(functions.keySet());
  }

  /** Returns the names of all functions that may stand in FROM. */
  public Set<String> tableFunctions() {
    return tableFunctions;
  }

  private static List<String> lines(String resource) {
    try (InputStream stream = FunctionAllowList.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("missing resource " + resource);
      }
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
