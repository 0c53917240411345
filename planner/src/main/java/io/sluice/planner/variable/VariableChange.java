package io.sluice.planner.variable;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a statement that Spark has run does to the session's variables: each of these has the value
 * that Spark tells then.
 *
 * @param targets in the order of the statement
 * @param declares whether they are new
 * @param replaces whether new ones may take the place of others
 * @param usesDefaults whether it may take variables back to their defaults
 * @param sources what the values are read from
 */
public record VariableChange(
    List<Target> targets,
    boolean declares,
    boolean replaces,
    boolean usesDefaults,
    Set<ValueSource> sources) {

  public VariableChange {
    targets = List.copyOf(targets);
    sources = Set.copyOf(sources);
  }

  /**
   * One of the variables.
   *
   * @param type as the text gives it; empty where Spark has to tell
   * @param defaultText the expression that DEFAULT means
   */
  public record Target(String name, Optional<String> type, Optional<String> defaultText) {}
}
