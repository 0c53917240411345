package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.access;
import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changed files take effect by themselves, whole or not at all. */
class ReloadTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private Path path;
  private PolicyFolder folder;

  ReloadTest(@TempDir Path path) {
    this.path = path.resolve("policies");
    this.folder = PolicyFolder.in(this.path);
  }

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(path);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private boolean granted(String user) {
    return folder.decide(user, "s.t", "a").granted();
  }

  /** What answers may be kept under. */
  private String kept() {
    return folder.engine().version("lake").orElseThrow();
  }

  private String version() {
    return folder.engine().health().version();
  }

  /** When the policies were last found to be the newest. */
  private Instant confirmed() {
    return folder.engine().health().confirmed().orElseThrow();
  }

  @Test
  void policiesThatDoNotChangeAreConfirmedAgainAndAgain() {
    folder.policies(allow(1, "s.*.*", "ann")).open();
    Instant first = confirmed();
    await().atMost(SOON).until(() -> confirmed().isAfter(first));
  }

  @Test
  void aChangeTakesEffectAndChangesTheVersion() {
    folder.policies(allow(1, "s.*.*", "ann")).open();
    String before = kept();
    folder.policies(allow(1, "s.*.*", "bob"));
    await().atMost(SOON).untilAsserted(() -> assertThat(granted("bob")).isTrue());
    assertThat(granted("ann")).isFalse();
    assertThat(kept()).isNotEqualTo(before);
  }

  @Test
  void aBrokenFileKeepsTheLastGoodSetUntilItIsMended() {
    folder.policies(allow(1, "s.*.*", "ann")).open();
    String version = version();
    folder.file("lake.json", "{\"serviceName\":\"lake\",\"policies\":[{\"id\":");
    await().atMost(SOON).until(() -> !folder.engine().health().problems().isEmpty());
    assertThat(folder.problem()).contains("lake.json is not JSON");
    assertThat(folder.engine().health().ready()).isTrue();
    assertThat(version()).isEqualTo(version);
    assertThat(granted("ann")).isTrue();
    Instant good = confirmed();
    await().during(Duration.ofSeconds(1)).until(() -> confirmed().equals(good));
    folder.policies(allow(1, "s.*.*", "ann"));
    await().atMost(SOON).until(() -> folder.engine().health().problems().isEmpty());
    await().atMost(SOON).until(() -> confirmed().isAfter(good));
    assertThat(version()).isEqualTo(version);
  }

  @Test
  void anErrorOfTheMachineIsTold() {
    AtomicBoolean full = new AtomicBoolean();
    folder
        .policies(allow(1, "s.*.*", "ann"))
        .open(
            (use, expression) -> {
              if (full.get()) {
                throw new OutOfMemoryError("a test");
              }
              return Optional.empty();
            },
            InstantSource.system());
    full.set(true);
    folder.policies(filter(2, "s.t", "bob", "a = 1"));
    await().atMost(SOON).until(() -> !folder.engine().health().problems().isEmpty());
    assertThat(folder.problem()).contains("cannot be used");
    assertThat(granted("ann")).isTrue();
    full.set(false);
    folder.policies(allow(3, "s.*.*", "bob"));
    await().atMost(SOON).untilAsserted(() -> assertThat(granted("bob")).isTrue());
    assertThat(granted("ann")).isFalse();
    assertThat(folder.engine().health().problems()).isEmpty();
  }

  @Test
  void aDeletedFileKeepsTheLastGoodSet() throws IOException {
    folder.policies(allow(1, "s.*.*", "ann")).open();
    Files.delete(path.resolve("lake.json"));
    await().atMost(SOON).until(() -> !folder.engine().health().problems().isEmpty());
    assertThat(folder.problem()).contains("lake.json is missing");
    assertThat(granted("ann")).isTrue();
  }

  @Test
  void aFolderThatAppearsLaterIsRead() throws IOException {
    Files.delete(path);
    folder.open();
    assertThatThrownBy(() -> granted("ann")).isInstanceOf(SluiceException.class);
    assertThat(folder.engine().version("lake")).isEmpty();
    Files.createDirectories(path);
    folder.policies(allow(1, "s.*.*", "ann"));
    await().atMost(SOON).until(() -> folder.engine().health().ready());
    assertThat(granted("ann")).isTrue();
  }

  @Test
  void rolesUserStoreAndTagsChangeTheVersionToo() {
    folder
        .policies(
            access(
                1,
                "s.*.*",
                "\"policyItems\":[{\"groups\":[\"eu\"],\"accesses\":[{\"type\":\"select\"}]}]"))
        .open();
    String first = kept();
    folder.file("lake_userstore.json", "{\"userGroupMapping\":{\"ann\":[\"eu\"]}}");
    await().atMost(SOON).until(() -> granted("ann"));
    String second = kept();
    assertThat(second).isNotEqualTo(first);
    folder.file("lake_roles.json", "{\"rangerRoles\":[{\"name\":\"r\"}]}");
    await().atMost(SOON).until(() -> !kept().equals(second));
    String third = kept();
    folder.file("lake_tag.json", "{\"serviceName\":\"lake\"}");
    await().atMost(SOON).until(() -> !kept().equals(third));
  }

  /** A policy that names a new role waits for the role's file instead of running without it. */
  @Test
  void policiesAndRolesApplyTogether() {
    folder.policies(allow(1, "s.*.*", "ann")).open();
    folder.policies(
        allow(1, "s.*.*", "ann"), filter(2, "s.t", "\"roles\":[\"clerk\"]", "a = 1", ""));
    await().atMost(SOON).until(() -> !folder.engine().health().problems().isEmpty());
    assertThat(folder.decide("ann", "s.t", "a").rowFilter()).isEmpty();
    folder.file(
        "lake_roles.json",
        "{\"rangerRoles\":[{\"name\":\"clerk\",\"users\":[{\"name\":\"ann\"}]}]}");
    await().atMost(SOON).until(() -> folder.engine().health().problems().isEmpty());
    assertThat(folder.decide("ann", "s.t", "a").rowFilter()).isPresent();
  }

  @Test
  void oneThreadFollowsTheFilesAndEndsWithTheEngine() {
    folder.policies(allow(1, "s.*.*", "ann"));
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    folder.open();
    granted("ann");
    Set<String> started =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread))
            .map(Thread::getName)
            .filter(
                name -> !name.startsWith("FileSystemWatch") && !name.startsWith("Common-Cleaner"))
            .collect(Collectors.toSet());
    assertThat(started).contains("sluice-policies");
    assertThat(started)
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("ranger"))
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("audit"))
        .noneMatch(name -> name.startsWith("Timer") || name.contains("Download"));
    folder.engine().close();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .extracting(Thread::getName)
        .doesNotContain("sluice-policies");
  }
}
