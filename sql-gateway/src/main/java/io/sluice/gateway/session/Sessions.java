package io.sluice.gateway.session;

import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import java.util.Optional;

/** The open sessions. Idle ones expire. */
public interface Sessions {

  /** Opens a session in the default namespace. */
  Session open(Principal principal, String clientAddress);

  /** Returns an open session if it is this principal's, and keeps it from expiring. */
  Optional<Session> find(SessionId id, String principalName);

  /** Closes a session, cancels its statements and releases what it holds in Spark. */
  void close(SessionId id);
}
