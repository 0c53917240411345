package io.sluice.gateway.session;

import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import java.util.Optional;

/** The open sessions. Idle ones expire. */
public interface Sessions {

  /** Opens a session in the default namespace. */
  default Session open(Principal principal, String clientAddress) {
    return open(principal, clientAddress, Optional.empty());
  }

  /**
   * The same, on a cluster.
   *
   * @param cluster as if the session had SET it; empty for whatever the rules say
   * @throws io.sluice.model.SluiceException {@code CLUSTER_NOT_FOUND}, if the user may not use it;
   *     {@code UNAUTHENTICATED}, if the login holds no longer
   */
  Session open(Principal principal, String clientAddress, Optional<String> cluster);

  /**
   * Returns an open session if it is this principal's and the login holds, and keeps it from
   * expiring.
   */
  Optional<Session> find(SessionId id, String principalName);

  /** Closes a session, cancels its statements and releases what it holds in Spark. */
  void close(SessionId id);
}
