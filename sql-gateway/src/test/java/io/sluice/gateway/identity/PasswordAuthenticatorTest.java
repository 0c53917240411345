package io.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PasswordAuthenticatorTest {

  private static final String HERE = "1.1.1.1";
  private static final String ELSEWHERE = "2.2.2.2";
  private static final Principal ANN = new Principal("ann", Set.of());
  private static final Duration LATER = LoginLimiter.WINDOW.plus(Duration.ofSeconds(1));
  private static final PasswordHash CHEAP = PasswordHash.of("pw", 1_000, new SecureRandom());
  private static final UserStore USERS =
      new UserStore(
          Stream.concat(
                  Stream.of("ann"),
                  IntStream.range(0, LoginLimiter.MOST_FAILURES_OF_AN_ADDRESS)
                      .mapToObj(number -> "user" + number))
              .map(name -> new UserStore.User(name, Set.of(), CHEAP))
              .toList());

  private Instant now = Instant.parse("2026-11-22T10:00:00Z");
  private Executor hashing = Runnable::run;
  private final CurrentUsers users = new CurrentUsers(USERS);
  private final PasswordAuthenticator authenticator =
      new PasswordAuthenticator(users, () -> now, task -> hashing.execute(task));

  @Test
  void wrongAndUnknownGetOneTextAndGuessingStops() {
    String wrong = refusal("ann", "x", HERE);
    assertThat(refusal("Ann", "pw", HERE)).isEqualTo(wrong);
    for (int attempt = 1; attempt < LoginLimiter.MOST_FAILURES; attempt++) {
      assertThat(refusal("ann", "x", HERE)).isEqualTo(wrong);
    }
    assertThat(refusal("ann", "pw", HERE)).contains("Too many failed logins");
    // Elsewhere, and later, the right password is good.
    assertThat(login(ELSEWHERE)).isCompletedWithValue(ANN);
    now = now.plus(LATER);
    assertThat(login(HERE)).isCompletedWithValue(ANN);
  }

  /** The time that a login takes tells neither who exists nor whose hash is an old one. */
  @Test
  void everyLoginCostsTheDearestHash() {
    PasswordHash dear = PasswordHash.of("pw", 2_500, new SecureRandom());
    UserStore store =
        new UserStore(
            List.of(
                new UserStore.User("ann", Set.of(), CHEAP),
                new UserStore.User("bob", Set.of(), dear)));
    AtomicInteger spent = new AtomicInteger();
    PasswordAuthenticator counted =
        new PasswordAuthenticator(
            new CurrentUsers(store),
            () -> now,
            Runnable::run,
            (password, iterations, salt) -> {
              spent.addAndGet(iterations);
              return PasswordHash.derive(password, iterations, salt);
            });
    for (String user : List.of("ann", "bob", "nobody")) {
      for (String password : List.of("pw", "wrong")) {
        spent.set(0);
        CompletableFuture<Principal> login = counted.authenticate(user, password, HERE);
        assertThat(spent).as("%s, %s", user, password).hasValue(2_500);
        assertThat(login.isCompletedExceptionally())
            .isEqualTo(user.equals("nobody") || password.equals("wrong"));
      }
    }
    assertThat(new UserStore(List.of()).iterations()).isEqualTo(PasswordHash.DEFAULT_ITERATIONS);
  }

  @Test
  void guessingManyNamesIsOneGuessAtATimeAndLocksNobodyOut() {
    for (int name = 0; name < LoginLimiter.MOST_FAILURES_OF_AN_ADDRESS; name++) {
      assertThat(refusal("user" + name, "x", HERE)).contains("Wrong");
    }
    assertThat(login(HERE)).isCompletedWithValue(ANN);
    Queue<Runnable> waiting = new ArrayDeque<>();
    hashing = waiting::add;
    assertThat(login(HERE)).isNotDone();
    assertThat(code(login(HERE))).isEqualTo(ErrorCode.QUEUE_FULL);
    assertThat(login(ELSEWHERE)).isNotDone();
    waiting.forEach(Runnable::run);
    hashing = Runnable::run;
    now = now.plus(LATER);
    assertThat(login(HERE)).isCompletedWithValue(ANN);
  }

  @Test
  void oneAddressDoesNotTakeEveryTurn() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    hashing = waiting::add;
    for (int check = 0; check < LoginLimiter.MOST_CHECKS_OF_AN_ADDRESS; check++) {
      assertThat(login(HERE)).isNotDone();
    }
    assertThat(code(login(HERE))).isEqualTo(ErrorCode.QUEUE_FULL);
    CompletableFuture<Principal> elsewhere = login(ELSEWHERE);
    assertThat(elsewhere).isNotDone();
    waiting.forEach(Runnable::run);
    assertThat(elsewhere).isCompletedWithValue(ANN);
    hashing = Runnable::run;
    assertThat(login(HERE)).as("the turns came back").isCompletedWithValue(ANN);
  }

  @Test
  void whatDoesNotFitTheQueueIsRefusedAndKeepsNoTurn() {
    hashing =
        task -> {
          throw new RejectedExecutionException();
        };
    for (int check = 0; check <= LoginLimiter.MOST_CHECKS_OF_AN_ADDRESS; check++) {
      assertThat(code(login(HERE))).isEqualTo(ErrorCode.QUEUE_FULL);
    }
    hashing = Runnable::run;
    assertThat(login(HERE)).isCompletedWithValue(ANN);
  }

  /** Else the old password would let in whoever sent it just before it was changed. */
  @Test
  void aPasswordThatIsChangedWhileItIsCheckedIsWrong() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    PasswordAuthenticator slow =
        new PasswordAuthenticator(
            users,
            () -> now,
            waiting::add,
            (password, iterations, salt) -> {
              meanwhile.get().run();
              return PasswordHash.derive(password, iterations, salt);
            });
    CompletableFuture<Principal> unchanged = slow.authenticate("ann", "pw", HERE);
    waiting.remove().run();
    assertThat(unchanged).isCompletedWithValue(ANN);
    CompletableFuture<Principal> login = slow.authenticate("ann", "pw", HERE);
    UserStore.User again =
        new UserStore.User("ann", Set.of(), PasswordHash.of("pw", 1_000, new SecureRandom()));
    meanwhile.set(() -> users.replace(new UserStore(List.of(again))));
    waiting.remove().run();
    assertThat(code(login)).isEqualTo(ErrorCode.UNAUTHENTICATED);
  }

  /** As long as there is a dearer hash, and no longer. */
  @Test
  void theCostIsThatOfTheUsersOfNow() {
    AtomicInteger spent = new AtomicInteger();
    PasswordAuthenticator counted =
        new PasswordAuthenticator(
            users,
            () -> now,
            Runnable::run,
            (password, iterations, salt) -> {
              spent.addAndGet(iterations);
              return PasswordHash.derive(password, iterations, salt);
            });
    PasswordHash dear = PasswordHash.of("pw", 2_500, new SecureRandom());
    users.replace(new UserStore(List.of(new UserStore.User("bob", Set.of(), dear))));
    assertThat(code(counted.authenticate("ann", "pw", HERE))).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(spent).hasValue(2_500);
    users.replace(USERS);
    spent.set(0);
    assertThat(code(counted.authenticate("bob", "pw", HERE))).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(spent).hasValue(1_000);
  }

  private CompletableFuture<Principal> login(String address) {
    return authenticator.authenticate("ann", "pw", address);
  }

  private String refusal(String user, String password, String address) {
    return String.valueOf(
        failure(authenticator.authenticate(user, password, address)).getMessage());
  }

  private static ErrorCode code(CompletableFuture<Principal> login) {
    return failure(login).code();
  }

  private static SluiceException failure(CompletableFuture<Principal> login) {
    try {
      throw new AssertionError("not refused: " + login.getNow(null));
    } catch (CompletionException refused) {
      return (SluiceException) refused.getCause();
    }
  }
}
