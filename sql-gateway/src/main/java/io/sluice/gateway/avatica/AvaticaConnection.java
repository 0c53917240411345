package io.sluice.gateway.avatica;

import io.sluice.gateway.session.Session;
import io.sluice.planner.Namespace;
import java.util.concurrent.atomic.AtomicInteger;

/** A client's connection: its session, and what the client was told of where it stands. */
final class AvaticaConnection {

  private final String id;
  private final Session session;
  private final AtomicInteger statements = new AtomicInteger();
  private volatile Namespace told;

  /**
   * @param id as the client has chosen it
   */
  AvaticaConnection(String id, Session session) {
    this.id = id;
    this.session = session;
    this.told = session.namespace();
  }

  String id() {
    return id;
  }

  Session session() {
    return session;
  }

  String user() {
    return session.principal().name();
  }

  int nextStatement() {
    return statements.incrementAndGet();
  }

  /** Returns where the client was last told that it stands, which it repeats when it syncs. */
  Namespace told() {
    return told;
  }

  /** Returns where it stands, which the client is told now. */
  Namespace tell() {
    told = session.namespace();
    return told;
  }
}
