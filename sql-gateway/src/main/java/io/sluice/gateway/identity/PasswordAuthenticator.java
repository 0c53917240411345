package io.sluice.gateway.identity;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Checks passwords against those of {@link CurrentUsers}. */
public final class PasswordAuthenticator implements Authenticator {

  private final CurrentUsers users;
  private final LoginLimiter limiter;
  private final SecureRandom random = new SecureRandom();
  private final Executor hashing;
  private final PasswordHash.Derivation derivation;

  /**
   * Makes an authenticator.
   *
   * @param clock for the limit on failed logins
   * @param hashing runs the checks, which take much of a processor each: few threads that serve
   *     nothing else, and a bounded queue
   */
  public PasswordAuthenticator(CurrentUsers users, InstantSource clock, Executor hashing) {
    this(users, clock, hashing, PasswordHash::derive);
  }

  PasswordAuthenticator(
      CurrentUsers users,
      InstantSource clock,
      Executor hashing,
      PasswordHash.Derivation derivation) {
    this.derivation = derivation;
    this.users = users;
    this.limiter = new LoginLimiter(clock);
    this.hashing = hashing;
  }

  @Override
  public CompletableFuture<Principal> authenticate(
      String user, String password, String clientAddress) {
    if (!limiter.enter(clientAddress)) {
      return CompletableFuture.failedFuture(tooMany());
    }
    try {
      return CompletableFuture.supplyAsync(() -> check(user, password, clientAddress), hashing)
          .whenComplete((principal, failure) -> limiter.leave(clientAddress));
    } catch (RejectedExecutionException full) {
      limiter.leave(clientAddress);
      return CompletableFuture.failedFuture(tooMany());
    }
  }

  @Override
  public boolean isBlocked(String user, String clientAddress) {
    return limiter.isBlocked(user, clientAddress);
  }

  private Principal check(String user, String password, String clientAddress) {
    if (limiter.isBlocked(user, clientAddress)) {
      throw new SluiceException(
          ErrorCode.UNAUTHENTICATED, "Too many failed logins of this user; try again in a minute");
    }
    UserStore now = users.now();
    Optional<UserStore.User> known = now.find(user);
    // Whoever it is, and whether there is one, costs what the dearest costs: time does not tell.
    boolean right =
        known
            .map(UserStore.User::password)
            .orElseGet(() -> PasswordHash.ofNobody(now.iterations(), random))
            .matches(password, now.iterations(), derivation);
    // It took a while, in which the password may have been changed.
    if (!right || known.map(UserStore.User::principal).filter(users::isCurrent).isEmpty()) {
      limiter.failed(user, clientAddress);
      throw new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user name or password");
    }
    limiter.succeeded(user, clientAddress);
    return known.orElseThrow().principal();
  }

  private static SluiceException tooMany() {
    return new SluiceException(
        ErrorCode.QUEUE_FULL, "Too many logins are under way; try again in a few seconds");
  }
}
