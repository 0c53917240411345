package io.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersWatchTest {

  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final String HASH = hash();

  @TempDir Path folder;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Set<String>> loggedOut = new ArrayList<>();
  private Optional<String> mistrust = Optional.empty();
  private Instant now = START;
  private Path file;
  private CurrentUsers users;
  private UsersWatch watch;

  private static String hash() {
    return PasswordHash.of("pw", 1_000, new SecureRandom()).text();
  }

  private static String entry(String name, String group, String hash) {
    return "{\"name\":\"%s\",\"groups\":[\"%s\"],\"password\":\"%s\"}".formatted(name, group, hash);
  }

  private void write(String... entries) throws IOException {
    Files.writeString(file, "{\"users\":[" + String.join(",", entries) + "]}");
  }

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("users.json");
    write(entry("ann", "bi", HASH), entry("bob", "bi", HASH));
    UserFile trusted =
        new UserFile(
            file,
            path ->
                mistrust.ifPresent(
                    why -> {
                      throw new IllegalStateException(why);
                    }));
    users = new CurrentUsers(trusted.users());
    users.onChange(loggedOut::add);
    watch = new UsersWatch(trusted, users, Duration.ofHours(1), timer, Runnable::run, () -> now);
  }

  @AfterEach
  void stop() {
    watch.close();
    timer.shutdownNow();
  }

  private Principal principal(String name) {
    return users.find(name).orElseThrow().principal();
  }

  @Test
  void whoStaysTheSameStaysLoggedIn() throws IOException {
    Principal ann = principal("ann");
    watch.look();
    write(entry("cid", "bi", HASH), entry("bob", "bi", HASH), entry("ann", "bi", HASH));
    watch.look();
    assertThat(loggedOut).isEmpty();
    assertThat(users.isCurrent(ann)).isTrue();
    assertThat(users.find("cid")).isPresent();
    assertThat(users.isCurrent(new Principal("ann", Set.of("bi"))))
        .as("an equal one that no login gave")
        .isFalse();
  }

  @Test
  void whoIsChangedOrGoneIsLoggedOut() throws IOException {
    Principal ann = principal("ann");
    Principal bob = principal("bob");
    write(entry("ann", "bi", HASH), entry("bob", "etl", HASH));
    watch.look();
    assertThat(loggedOut).containsExactly(Set.of("bob"));
    assertThat(users.isCurrent(bob)).isFalse();
    assertThat(principal("bob").groups()).containsExactly("etl");
    assertThat(users.isCurrent(ann)).isTrue();
    // The same password, set anew.
    write(entry("ann", "bi", hash()));
    watch.look();
    assertThat(loggedOut).containsExactly(Set.of("bob"), Set.of("ann", "bob"));
    assertThat(users.isCurrent(ann)).isFalse();
    assertThat(users.find("bob")).isEmpty();
  }

  @Test
  void oneWhoIsGoneAndComesBackHasToLogInAnew() throws IOException {
    Principal ann = principal("ann");
    write();
    watch.look();
    write(entry("ann", "bi", HASH));
    watch.look();
    assertThat(principal("ann")).isEqualTo(ann);
    assertThat(users.isCurrent(ann)).isFalse();
  }

  @Test
  void aFileThatCannotBeUsedLeavesTheUsersAndSaysSo() throws IOException {
    Principal ann = principal("ann");
    write(entry("bob", "bi", HASH));
    byte[] good = Files.readAllBytes(file);
    now = START.plusSeconds(60);
    for (byte[] bad :
        List.of(
            new byte[0],
            Arrays.copyOf(good, good.length / 2),
            "{}".getBytes(),
            "{\"users\":[{\"name\":\"bob\",\"password\":\"pw\"}]}".getBytes())) {
      Files.write(file, bad);
      watch.look();
      assertThat(watch.health().problem()).isPresent();
    }
    Files.delete(file);
    watch.look();
    assertThat(watch.health().problem()).isPresent();
    assertThat(watch.health().confirmed()).contains(START);
    assertThat(users.isCurrent(ann)).isTrue();
    assertThat(loggedOut).isEmpty();
    Files.write(file, good);
    watch.look();
    assertThat(watch.health()).isEqualTo(new UsersWatch.Health(Optional.empty(), Optional.of(now)));
    assertThat(users.find("ann")).isEmpty();
  }

  /** Be it the same as before: who may write to it now may do so in a moment. */
  @Test
  void aFileThatIsNotToBeTrustedIsNotRead() throws IOException {
    watch.look();
    mistrust = Optional.of("others may change it");
    watch.look();
    assertThat(watch.health().problem()).contains("others may change it");
    write(entry("mallory", "administrators", HASH));
    watch.look();
    assertThat(users.find("mallory")).isEmpty();
    assertThat(users.find("ann")).isPresent();
    assertThat(watch.health().problem()).contains("others may change it");
  }

  @Test
  void aFileWithoutEndIsNotReadToIt() throws IOException {
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    watch.look();
    assertThat(watch.health().problem()).contains("the user file is larger than 32 MiB");
    assertThat(users.find("ann")).isPresent();
  }
}
