package io.sluice.gateway.session;

import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import io.sluice.planner.Namespace;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Sessions that end only when they are told to. */
public final class FakeSessions implements Sessions {

  private final Map<SessionId, Session> open = new ConcurrentHashMap<>();

  @Override
  public Session open(Principal principal, String clientAddress, Optional<String> cluster) {
    Session session =
        new Session(
            SessionId.random(),
            principal,
            clientAddress,
            new Namespace("lake", "tpch"),
            cluster,
            Door.FLIGHT);
    open.put(session.id(), session);
    return session;
  }

  @Override
  public Optional<Session> find(SessionId id, String principalName) {
    return Optional.ofNullable(open.get(id))
        .filter(session -> session.principal().name().equals(principalName));
  }

  @Override
  public void close(SessionId id) {
    Session session = open.remove(id);
    if (session != null) {
      session.close();
    }
  }

  public void expireAll() {
    open.keySet().forEach(this::close);
  }

  public Map<SessionId, Session> open() {
    return open;
  }
}
