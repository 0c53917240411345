package io.sluice.gateway.identity;

import io.sluice.model.Principal;

/** Turns credentials into a principal. Safe for use by many threads. */
public interface Authenticator {

  /**
   * Checks a user's password. Blocks for as long as a password hash takes.
   *
   * @param clientAddress the client's IP address; empty when unknown
   * @throws io.sluice.model.SluiceException {@code UNAUTHENTICATED}, with the same text for a wrong
   *     password and an unknown user
   */
  Principal authenticate(String user, String password, String clientAddress);
}
