package io.sluice.policy.ranger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Principal;
import io.sluice.planner.policy.LocationRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranger's resource {@code url}: who may put tables where. */
class LocationTest {

  private PolicyFolder folder;

  @BeforeEach
  void start(@TempDir Path path) {
    folder = PolicyFolder.in(path);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static String policy(
      int id, String url, boolean recursive, String kind, String... types) {
    return ("{\"id\":%d,\"resources\":{\"url\":{\"values\":[\"%s\"],\"isRecursive\":%s}},"
            + "\"%s\":[{\"users\":[\"ann\"],\"accesses\":[{\"type\":\"%s\"}]}]}")
        .formatted(id, url, recursive, kind, String.join("\"},{\"type\":\"", types));
  }

  private static String may(int id, String url, String... types) {
    return policy(id, url, true, "policyItems", types);
  }

  private static String mayNot(int id, String url, String... types) {
    return policy(id, url, true, "denyPolicyItems", types);
  }

  private void open(String... policies) {
    folder.policies(policies).open();
    assertThat(folder.engine().health().problems()).isEmpty();
  }

  private boolean permits(String... spellings) {
    return mayUse("ann", "lake", spellings);
  }

  private boolean mayUse(String user, String catalog, String... spellings) {
    return folder
        .engine()
        .permits(
            new LocationRequest(
                new Principal(user, Set.of()), "10.1.2.3", catalog, List.of(spellings)));
  }

  private Optional<String> deciding(String... spellings) {
    return folder
        .engine()
        .decidingPolicy(
            new LocationRequest(
                new Principal("ann", Set.of()), "10.1.2.3", "lake", List.of(spellings)));
  }

  @Test
  void nothingIsGrantedWithoutAPolicy() {
    open(
        PolicyFolder.access(
            1,
            "*.*.*",
            "\"policyItems\":[{\"users\":[\"ann\"],\"accesses\":[{\"type\":\"all\"}]}]"));
    assertThat(permits("s3://b/x")).isFalse();
  }

  @Test
  void bothAccessesAreNeeded() {
    open(
        may(1, "s3://b/x", "read", "write"),
        may(2, "s3://b/r", "read"),
        may(3, "s3://b/w", "write"));
    assertThat(permits("s3://b/x")).isTrue();
    assertThat(permits("s3://b/x/y/z")).isTrue();
    assertThat(permits("s3://b/r")).isFalse();
    assertThat(permits("s3://b/w")).isFalse();
    assertThat(mayUse("bob", "lake", "s3://b/x")).isFalse();
    assertThat(mayUse("ann", "ocean", "s3://b/x")).isFalse();
  }

  @Test
  void aNameThatBeginsAlikeIsAnotherPlace() {
    open(may(1, "s3://b/x", "all"));
    assertThat(permits("s3://b/xy")).isFalse();
    assertThat(permits("s3://b/X")).isFalse();
    assertThat(permits("s3://b")).isFalse();
  }

  @Test
  void aPolicyThatIsNotRecursiveMeansItsOwnPlaceAlone() {
    open(policy(1, "s3://b/x", false, "policyItems", "all"));
    assertThat(permits("s3://b/x")).isTrue();
    assertThat(permits("s3://b/x/y")).isFalse();
  }

  @Test
  void wildcardsAndUserNamesApply() {
    open(may(1, "s3://b/home-*", "all"), may(2, "s3://b/of/{USER}", "all"));
    assertThat(permits("s3://b/home-7/t")).isTrue();
    assertThat(permits("s3://b/of/ann/t")).isTrue();
    assertThat(permits("s3://b/of/bob/t")).isFalse();
  }

  @Test
  void oneSpellingIsEnoughToGrantAndOneToDeny() {
    open(may(1, "file:///data", "all"), mayNot(2, "/data/closed", "write"));
    assertThat(permits("file:///data/a", "file:/data/a", "/data/a")).isTrue();
    assertThat(permits("file:///data/closed/a", "file:/data/closed/a", "/data/closed/a")).isFalse();
    assertThat(permits("file:///data/closed/a")).isTrue();
    assertThat(deciding("file:///data/a", "/data/a")).contains("1");
    assertThat(deciding("file:///data/closed/a", "/data/closed/a")).contains("2");
    assertThat(deciding("/elsewhere")).isEmpty();
  }
}
