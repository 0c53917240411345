package io.sluice.policy.ranger;

import io.sluice.planner.policy.ExpressionCheck;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.policy.ranger.PolicyFiles.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest good set of one service. Files that cannot be used leave the set before them in place
 * and a problem to be seen; before the first good one there is no set and nothing is allowed.
 */
final class PolicyService {

  private static final Logger LOG = LoggerFactory.getLogger(PolicyService.class);

  private final Path folder;
  private final String name;
  private final ExpressionCheck expressions;
  private final InstantSource clock;

  private volatile @Nullable AppliedPolicies applied;
  private volatile PolicyHealth.@Nullable Problem problem;
  private volatile @Nullable Instant confirmed;

  // Read and written by the one thread that reloads.
  private List<String> fingerprint = List.of();
  private String lastTried = "";

  PolicyService(Path folder, String name, ExpressionCheck expressions, InstantSource clock) {
    this.folder = folder;
    this.name = name;
    this.expressions = expressions;
    this.clock = clock;
  }

  String name() {
    return name;
  }

  @Nullable AppliedPolicies applied() {
    return applied;
  }

  Optional<PolicyHealth.Problem> problem() {
    return Optional.ofNullable(problem);
  }

  /** Returns when the set was last found to be what the files hold; empty before the first one. */
  Optional<Instant> confirmed() {
    return Optional.ofNullable(confirmed);
  }

  /** Returns whether the files look different from those read last. */
  boolean looksChanged() {
    boolean changed = !PolicyFiles.fingerprint(folder, name).equals(fingerprint);
    if (!changed) {
      confirm();
    }
    return changed;
  }

  /** While the files cannot be used, the set in use only gets older. */
  private void confirm() {
    if (problem == null && applied != null) {
      confirmed = clock.instant();
    }
  }

  /**
   * Reads the files and takes what they hold, if that is new.
   *
   * @return false if they changed meanwhile, so that this has to be done again
   */
  boolean reload() {
    List<String> before = PolicyFiles.fingerprint(folder, name);
    try {
      PolicyFiles files = PolicyFiles.read(folder, name);
      if (!PolicyFiles.fingerprint(folder, name).equals(before)) {
        return false;
      }
      fingerprint = before;
      if (!files.hash().equals(lastTried)) {
        lastTried = files.hash();
        take(files);
      }
      confirm();
    } catch (IOException e) {
      fingerprint = before;
      lastTried = "";
      fail(name + ".json, or a file that goes with it, cannot be read", e);
    }
    return true;
  }

  private void take(PolicyFiles files) {
    try {
      PolicySet set = PolicySetReader.read(files, expressions);
      applied = AppliedPolicies.of(set, clock);
      problem = null;
      set.unusable().forEach(LOG::warn);
      LOG.info(
          "policies of service {} are loaded, version {}", name, files.hash().substring(0, 16));
    } catch (InvalidPolicies e) {
      fail(String.valueOf(e.getMessage()), e.getCause());
    } catch (RuntimeException | Error e) {
      fail(name + ".json, or a file that goes with it, cannot be used by the engine", e);
    }
  }

  /** They could not even be looked at; whoever looks next time reads them anew. */
  void lost(Throwable cause) {
    fingerprint = List.of();
    lastTried = "";
    fail(Part.POLICIES.fileName(name) + ", or a file that goes with it, cannot be watched", cause);
  }

  private void fail(String what, @Nullable Throwable cause) {
    // A reason that names a part beside the policies says what is missing in that part.
    String file =
        Stream.of(Part.ROLES, Part.TAGS, Part.USER_STORE)
            .map(part -> part.fileName(name))
            .filter(what::contains)
            .findFirst()
            .orElse(Part.POLICIES.fileName(name));
    problem = new PolicyHealth.Problem(file, what);
    LOG.warn(
        "{}; {}",
        what,
        applied == null ? "nothing is allowed" : "the last good set is kept",
        cause);
  }
}
