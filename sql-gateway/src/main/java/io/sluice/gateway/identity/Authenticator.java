package io.sluice.gateway.identity;

import io.sluice.model.Principal;
import java.util.concurrent.CompletableFuture;

/** Turns credentials into a principal. Safe for use by many threads. */
public interface Authenticator {

  /**
   * Checks a user's password. Never blocks and never throws.
   *
   * @param clientAddress the client's IP address; empty when unknown
   * @return fails with {@link io.sluice.model.SluiceException}: {@code UNAUTHENTICATED}, with the
   *     same text for a wrong password and an unknown user, or {@code QUEUE_FULL}
   */
  CompletableFuture<Principal> authenticate(String user, String password, String clientAddress);

  /** Returns whether this user may not even try from this address now. */
  default boolean isBlocked(String user, String clientAddress) {
    return false;
  }
}
