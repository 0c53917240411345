package io.sluice.planner;

import io.sluice.model.Principal;
import java.util.Optional;

/**
 * Whom the gateway knows. Its answers come from the gateway's own users, never from what a client
 * says of itself. Safe for use by many threads.
 */
public interface Principals {

  /** Returns whether a principal may see and do what concerns others. */
  boolean isAdministrator(Principal principal);

  /**
   * Returns a user as a login would make them, with all their groups; empty when there is none of
   * this very name.
   */
  Optional<Principal> find(String user);
}
