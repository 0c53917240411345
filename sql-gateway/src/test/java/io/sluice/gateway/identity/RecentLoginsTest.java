package io.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RecentLoginsTest {

  private static final Principal ANN = new Principal("ann", Set.of());

  private Instant now = Instant.EPOCH;
  private String password = "right";
  private int checks;
  private boolean current = true;
  private final RecentLogins logins =
      new RecentLogins(this::check, principal -> current, new SecureRandom(), () -> now);

  private CompletableFuture<Principal> check(String user, String given, String address) {
    checks++;
    return user.equals("ann") && given.equals(password)
        ? CompletableFuture.completedFuture(ANN)
        : CompletableFuture.failedFuture(
            new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user name or password"));
  }

  @Test
  void aRightPasswordIsCheckedOnceAMinute() {
    login("ann", "right", "here");
    now = now.plus(RecentLogins.REMEMBERED).minus(Duration.ofMillis(1));
    login("ann", "right", "here");
    assertThat(checks).isEqualTo(1);
    password = "changed";
    now = now.plus(Duration.ofMillis(1));
    assertThatThrownBy(() -> login("ann", "right", "here")).hasMessageContaining("Wrong");
    assertThat(checks).isEqualTo(2);
  }

  @Test
  void aWrongPasswordIsCheckedEveryTime() {
    login("ann", "right", "here");
    for (int attempt = 2; attempt <= 3; attempt++) {
      assertThatThrownBy(() -> login("ann", "wrong", "here")).hasMessageContaining("Wrong");
      assertThat(checks).isEqualTo(attempt);
    }
  }

  /** Else a guess that is right would be told from those that are wrong. */
  @Test
  void whoMayNotTryIsNotRemembered() {
    Authenticator blocked =
        new Authenticator() {
          @Override
          public CompletableFuture<Principal> authenticate(
              String user, String given, String address) {
            return check(user, given, address);
          }

          @Override
          public boolean isBlocked(String user, String address) {
            return checks == 1;
          }
        };
    RecentLogins remembering =
        new RecentLogins(blocked, principal -> true, new SecureRandom(), () -> now);
    remembering.authenticate("ann", "right", "here").join();
    remembering.authenticate("ann", "right", "here").join();
    assertThat(checks).isEqualTo(2);
  }

  @Test
  void aLoginThatHoldsNoLongerIsNotRemembered() {
    login("ann", "right", "here");
    current = false;
    password = "changed";
    assertThatThrownBy(() -> login("ann", "right", "here")).hasMessageContaining("Wrong");
    assertThat(checks).isEqualTo(2);
  }

  @Test
  void whatIsAnotherLoginIsCheckedForItself() {
    login("ann", "right", "here");
    login("ann", "right", "there");
    assertThatThrownBy(() -> login("annr", "ight", "here")).hasMessageContaining("Wrong");
    assertThat(checks).isEqualTo(3);
  }

  private void login(String user, String given, String address) {
    assertThat(logins.authenticate(user, given, address).join()).isEqualTo(ANN);
  }
}
