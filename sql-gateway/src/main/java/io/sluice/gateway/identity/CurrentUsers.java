package io.sluice.gateway.identity;

import io.sluice.model.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The users of the moment. What a login gave holds for as long as its user stays the same: the
 * principal is the very object that the user has. One whose password or groups are others now, or
 * who is gone, has to log in anew, and whatever a login from before has open is ended.
 *
 * <p>The users are replaced first, and then those are told who end what is open. So whoever opens
 * something finds out, by asking afterwards whether the principal is current, what the others have
 * missed.
 */
public final class CurrentUsers {

  private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
  private volatile UserStore users;

  public CurrentUsers(UserStore users) {
    this.users = users;
  }

  /** Returns the users as they are now. */
  UserStore now() {
    return users;
  }

  /** Returns the user of this very name. */
  public Optional<UserStore.User> find(String name) {
    return users.find(name);
  }

  /** Returns whether the login that gave a principal still holds. */
  @SuppressWarnings("ReferenceEquality") // An equal one may be that of another password.
  public boolean isCurrent(Principal principal) {
    return users.find(principal.name()).filter(user -> user.principal() == principal).isPresent();
  }

  /** Adds what is given the names of those whose logins hold no longer. */
  public void onChange(Consumer<Set<String>> listener) {
    listeners.add(listener);
  }

  /**
   * Has other users from now on.
   *
   * @return the names of those whose logins hold no longer
   */
  synchronized Set<String> replace(UserStore next) {
    UserStore before = users;
    users = next.keeping(before);
    Set<String> loggedOut = before.notIn(users);
    if (!loggedOut.isEmpty()) {
      listeners.forEach(listener -> listener.accept(loggedOut));
    }
    return loggedOut;
  }
}
