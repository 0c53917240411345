package io.sluice.gateway.identity;

import io.sluice.model.Principal;
import io.sluice.planner.Principals;
import java.util.Optional;

/** The {@link CurrentUsers}; those of one group are administrators. */
public final class StoredPrincipals implements Principals {

  private final CurrentUsers users;
  private final String administrators;

  /**
   * @param administrators the group whose members are administrators; not blank
   */
  public StoredPrincipals(CurrentUsers users, String administrators) {
    if (administrators.isBlank()) {
      throw new IllegalArgumentException("the group of administrators has a name");
    }
    this.users = users;
    this.administrators = administrators;
  }

  /** A principal's groups are those that the login gave, never those that a client names. */
  @Override
  public boolean isAdministrator(Principal principal) {
    return principal.groups().contains(administrators);
  }

  @Override
  public Optional<Principal> find(String user) {
    return users.find(user).map(UserStore.User::principal);
  }
}
