package io.sluice.gateway.flight;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.session.Session;
import java.time.InstantSource;

/**
 * The handles of every session. They end with their session; a session that has ended is found by
 * no token, and keys are weak, so that nothing is left of it.
 */
final class HandleRegistry {

  private final ClientMemory memory;
  private final LoadingCache<Session, SessionHandles> handles;

  HandleRegistry(HandleSigner signer, InstantSource clock, FlightDoorSettings settings) {
    this.memory = new ClientMemory(settings.mostHandleCharactersOfAll());
    this.handles =
        Caffeine.newBuilder()
            .weakKeys()
            .build(
                session -> {
                  SessionHandles made =
                      new SessionHandles(session, signer, clock, settings, memory);
                  session.onClose(made::close);
                  return made;
                });
  }

  /** Returns what all handles hold together, as {@link SessionHandles} weighs it. */
  long weight() {
    return memory.used();
  }

  SessionHandles of(Session session) {
    return handles.get(session);
  }

  /** Ends what nobody can fetch any more; to be called every so often. */
  void expire() {
    handles.asMap().values().forEach(SessionHandles::expire);
  }
}
