package io.sluice.gateway.flight;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.session.Session;
import java.time.InstantSource;

/**
 * The handles of every session. Keys are weak: handles live exactly as long as the session object
 * that they belong to, and a session that has expired is found by no token.
 */
final class HandleRegistry {

  private final LoadingCache<Session, SessionHandles> handles;

  HandleRegistry(HandleSigner signer, InstantSource clock, FlightDoorSettings settings) {
    this.handles =
        Caffeine.newBuilder()
            .weakKeys()
            .build(session -> new SessionHandles(session, signer, clock, settings));
  }

  SessionHandles of(Session session) {
    return handles.get(session);
  }
}
