package io.sluice.gateway.hive;

import io.sluice.model.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and the sessions that were opened on it, which end with
 * it.
 */
final class HiveClient {

  private final String address;
  private final String name;
  private final boolean authenticated;
  private final List<HiveSession> sessions = new ArrayList<>();
  private @Nullable Principal principal;
  private boolean gone;

  private HiveClient(String address, String name, @Nullable Principal principal) {
    this.address = address;
    this.name = name;
    this.principal = principal;
    this.authenticated = principal != null;
  }

  /** Returns a client that has logged in. */
  static HiveClient of(Principal principal, String address) {
    return of(principal, address, "");
  }

  /**
   * Returns a client that has logged in.
   *
   * @param name what it calls itself; empty if it does not
   */
  static HiveClient of(Principal principal, String address, String name) {
    return new HiveClient(address, name, principal);
  }

  /** Returns one that brings its user and password with OpenSession. */
  static HiveClient unknown(String address) {
    return new HiveClient(address, "", null);
  }

  /** Returns its IP address. */
  String address() {
    return address;
  }

  /** Returns what it calls itself; empty if it does not. */
  String name() {
    return name;
  }

  /** Returns whether its connection says who it is, whatever OpenSession holds. */
  boolean isAuthenticated() {
    return authenticated;
  }

  synchronized Optional<Principal> principal() {
    return Optional.ofNullable(principal);
  }

  /**
   * Keeps a session that was opened by it.
   *
   * @return false if the connection is gone, and the session to be closed
   */
  synchronized boolean opened(HiveSession session) {
    if (gone) {
      return false;
    }
    principal = session.session().principal();
    sessions.add(session);
    return true;
  }

  synchronized void closed(HiveSession session) {
    sessions.remove(session);
  }

  /** Its connection is gone; returns the sessions that are to be closed. */
  synchronized List<HiveSession> leave() {
    gone = true;
    List<HiveSession> left = List.copyOf(sessions);
    sessions.clear();
    return left;
  }
}
