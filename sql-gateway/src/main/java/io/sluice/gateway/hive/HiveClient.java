package io.sluice.gateway.hive;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.model.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and the sessions that were opened on it, which end with
 * it; over HTTP, who sent one request.
 */
final class HiveClient {

  private final String address;
  private final String name;
  private final Optional<String> cluster;
  private final boolean authenticated;
  private final List<HiveSession> sessions = new ArrayList<>();
  private @Nullable Principal principal;
  private final @Nullable CompletableFuture<?> requestGone;
  private boolean gone;

  private HiveClient(
      String address,
      String name,
      Optional<String> cluster,
      @Nullable Principal principal,
      @Nullable CompletableFuture<?> requestGone) {
    this.address = address;
    this.name = name;
    this.cluster = cluster;
    this.principal = principal;
    this.requestGone = requestGone;
    this.authenticated = principal != null;
  }

  /** Returns a client that has logged in. */
  static HiveClient of(Principal principal, String address) {
    return new HiveClient(address, "", Optional.empty(), principal, null);
  }

  /**
   * Returns one that has logged in, for one request.
   *
   * @param gone completes when nobody waits for the answer any more
   */
  static HiveClient ofRequest(Caller caller, CompletableFuture<?> gone) {
    return new HiveClient(
        caller.clientAddress(), caller.clientName(), caller.cluster(), caller.principal(), gone);
  }

  /** Returns one that brings its user and password with OpenSession. */
  static HiveClient unknown(String address) {
    return new HiveClient(address, "", Optional.empty(), null, null);
  }

  /** Returns its IP address. */
  String address() {
    return address;
  }

  /** Returns what it calls itself; empty if it does not. */
  String name() {
    return name;
  }

  /** Returns the cluster that its request names beside the settings, if it does. */
  Optional<String> cluster() {
    return cluster;
  }

  /** Returns whether its connection says who it is, whatever OpenSession holds. */
  boolean isAuthenticated() {
    return authenticated;
  }

  synchronized Optional<Principal> principal() {
    return Optional.ofNullable(principal);
  }

  /** Returns whether it is who sent one request, and not who is at the end of a connection. */
  boolean isOfOneRequest() {
    return requestGone != null;
  }

  /**
   * Keeps a session that was opened by it. The first one of a connection lives as long as that.
   *
   * @return false if the connection is gone, and the session to be closed
   */
  synchronized boolean opened(HiveSession session) {
    if (gone) {
      return false;
    }
    principal = session.session().principal();
    if (requestGone == null && sessions.isEmpty()) {
      session.session().tieToConnection();
    }
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

  /**
   * Has something done when nobody waits for the answer to this request any more; what a connection
   * has begun ends with its sessions instead.
   */
  void onRequestGone(Runnable action) {
    if (requestGone != null) {
      requestGone.thenRun(action);
    }
  }
}
