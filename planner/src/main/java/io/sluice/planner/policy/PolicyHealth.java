package io.sluice.planner.policy;

import java.util.List;

/**
 * What the engine has loaded.
 *
 * @param ready whether a set of policies is loaded for every catalog; until then everything is
 *     refused
 * @param version of the loaded set
 * @param problems what could not be loaded; a problem with {@code ready} means that an older good
 *     set is in use
 */
public record PolicyHealth(boolean ready, String version, List<Problem> problems) {

  public PolicyHealth {
    problems = List.copyOf(problems);
  }

  /**
   * A set of policies that could not be loaded.
   *
   * @param file the name, without a folder, of the file that is to be mended
   * @param reason one sentence, which may quote a policy
   */
  public record Problem(String file, String reason) {}
}
