package io.sluice.gateway.identity;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** Checks passwords against a {@link UserStore}. */
public final class PasswordAuthenticator implements Authenticator {

  private final UserStore users;
  private final LoginLimiter limiter;
  private final PasswordHash nobody;

  /**
   * Makes an authenticator.
   *
   * @param clock for the limit on failed logins
   */
  public PasswordAuthenticator(UserStore users, InstantSource clock) {
    this.users = users;
    this.limiter = new LoginLimiter(clock);
    this.nobody =
        PasswordHash.of("nobody has this", PasswordHash.DEFAULT_ITERATIONS, new SecureRandom());
  }

  @Override
  public Principal authenticate(String user, String password, String clientAddress) {
    if (limiter.isBlocked(user, clientAddress)) {
      throw new SluiceException(
          ErrorCode.UNAUTHENTICATED,
          "Too many failed logins of this user from this address; try again in a minute");
    }
    Optional<UserStore.User> known = users.find(user);
    // A user who does not exist costs one hash too, so that the time does not tell.
    boolean right = known.map(UserStore.User::password).orElse(nobody).matches(password);
    if (known.isEmpty() || !right) {
      limiter.failed(user, clientAddress);
      throw new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user name or password");
    }
    limiter.succeeded(user, clientAddress);
    return new Principal(known.get().name(), known.get().groups());
  }
}
