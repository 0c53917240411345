package io.sluice.planner.policy;

import java.util.List;

/**
 * What the engine has loaded.
 *
 * @param ready whether a set of policies is loaded for every catalog; until then everything is
 *     refused
 * @param version of the loaded set
 * @param problems one sentence each, naming the file or service; a problem with {@code ready} means
 *     that an older good set is in use
 */
public record PolicyHealth(boolean ready, String version, List<String> problems) {

  public PolicyHealth {
    problems = List.copyOf(problems);
  }
}
