package io.sluice.planner.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the engine has loaded.
 *
 * @param ready whether a set of policies is loaded for every catalog; until then everything is
 *     refused
 * @param version of the loaded set
 * @param problems what could not be loaded; a problem with {@code ready} means that an older good
 *     set is in use
 * @param confirmed when all sets in use were last found to be the newest; empty when that is not
 *     known
 */
public record PolicyHealth(
    boolean ready, String version, List<Problem> problems, Optional<Instant> confirmed) {

  public PolicyHealth {
    problems = List.copyOf(problems);
  }

  /** One of which it is not known how old it is. */
  public PolicyHealth(boolean ready, String version, List<Problem> problems) {
    this(ready, version, problems, Optional.empty());
  }

  /**
   * A set of policies that could not be loaded.
   *
   * @param file the name, without a folder, of the file that is to be mended
   * @param reason one sentence, which may quote a policy
   */
  public record Problem(String file, String reason) {}
}
