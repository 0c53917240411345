package io.sluice.planner;

import io.sluice.planner.show.MetadataStatements;

/** Whether an administrator changes the names of which a policy speaks all the same. */
final class Forcing {

  /** What the journal says of a change that a policy's names did not keep from being made. */
  static final String NOTE = "forced change of names that a policy speaks of";

  private final Principals principals;

  Forcing(Principals principals) {
    this.principals = principals;
  }

  boolean isMeant(AnalysisRequest request) {
    return request
            .configuration()
            .getOrDefault(MetadataStatements.FORCE_POLICY_OBJECT_CHANGES, "false")
            .equalsIgnoreCase("true")
        && principals.isAdministrator(request.principal());
  }
}
