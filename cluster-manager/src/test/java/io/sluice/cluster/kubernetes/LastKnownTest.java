package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the API server's objects, and what is believed of it. */
class LastKnownTest {

  private static final String SERVER = "https://api.example/";

  private final KubernetesSerialization json = new KubernetesSerialization();
  private final Path folder;
  private final Path file;
  private Instant now = Instant.parse("2026-01-02T12:00:00Z");

  LastKnownTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("pods-in-namespace-sales.json");
  }

  private LastKnown<Pod> pods(String server) {
    return new LastKnown<>(folder, "pods in namespace sales", Pod.class, server, json, () -> now);
  }

  private static void keep(LastKnown<Pod> pods, List<Pod> objects) {
    pods.keep(objects, true);
  }

  private static Pod pod(String name, String version) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("sales")
        .withUid("uid-of-" + name)
        .withResourceVersion(version)
        .endMetadata()
        .withNewStatus()
        .withPodIP("10.0.0.1")
        .endStatus()
        .build();
  }

  @Test
  void whatWasKeptLastIsReadByTheNext() {
    assertThat(pods(SERVER).read()).isEmpty();
    LastKnown<Pod> pods = pods(SERVER);
    keep(pods, List.of(pod("one", "1"), pod("two", "1")));
    assertThat(pods(SERVER).read()).contains(List.of(pod("one", "1"), pod("two", "1")));
    keep(pods, List.of(pod("two", "2")));
    assertThat(pods(SERVER).read()).contains(List.of(pod("two", "2")));
    keep(pods, List.of());
    assertThat(pods(SERVER).read()).contains(List.of());
  }

  @Test
  void whatWasTrueADayAgoOrIsFromTheFutureIsIgnored() {
    keep(pods(SERVER), List.of(pod("one", "1")));
    now = now.plus(Duration.ofHours(24));
    assertThat(pods(SERVER).read()).isPresent();
    now = now.plusSeconds(1);
    assertThat(pods(SERVER).read()).isEmpty();
    now = now.minus(Duration.ofHours(24)).minusSeconds(2);
    assertThat(pods(SERVER).read()).isEmpty();
  }

  @Test
  void whatStaysTrueIsAsOfThen() {
    LastKnown<Pod> pods = pods(SERVER);
    List<Pod> objects = List.of(pod("one", "1"));
    for (int hour = 0; hour < 48; hour++) {
      pods.keep(objects, true);
      now = now.plus(Duration.ofHours(1));
    }
    assertThat(pods(SERVER).read()).isPresent();
    // Nobody knows since.
    for (int hour = 0; hour < 48; hour++) {
      pods.keep(objects, false);
      now = now.plus(Duration.ofHours(1));
    }
    assertThat(pods(SERVER).read()).isEmpty();
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    keep(pods(SERVER), List.of(pod("one", "1")));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void oneThatOthersMayHaveWrittenOrReadIsIgnored() throws IOException {
    LastKnown<Pod> pods = pods(SERVER);
    keep(pods, List.of(pod("one", "1")));
    for (String mode : List.of("rw-rw----", "rw-r-----", "rw----r--")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThat(pods(SERVER).read()).as(mode).isEmpty();
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(pods(SERVER).read()).isPresent();

    long owner = ((Number) Files.getAttribute(file, "unix:uid")).longValue();
    LastKnown.trust(file, owner);
    assertThatThrownBy(() -> LastKnown.trust(file, owner + 1))
        .hasMessage("it belongs to another user");

    Path elsewhere = folder.resolve("elsewhere");
    Files.move(file, elsewhere);
    Files.createSymbolicLink(file, elsewhere);
    assertThat(pods(SERVER).read()).isEmpty();
    // It takes the link's place, and not that of what it leads to.
    keep(pods, List.of(pod("one", "2")));
    assertThat(pods(SERVER).read()).contains(List.of(pod("one", "2")));
    assertThat(Files.readString(elsewhere)).contains("\"resourceVersion\":\"1\"");
  }

  @Test
  void oneThatIsOfSomethingElseOrCannotBeReadIsIgnored() throws IOException {
    keep(pods(SERVER), List.of(pod("one", "1")));
    assertThat(pods("https://other.example/").read()).isEmpty();
    String good = Files.readString(file);
    for (String bad :
        List.of(
            "",
            "{",
            "[]",
            "null",
            good.substring(0, good.length() / 2),
            good.replace("\"version\":2", "\"version\":1"),
            good.replace("\"asOf\":\"2026", "\"asOf\":\"soon"),
            good.replace("\"asOf\"", "\"since\""),
            good.replace("pods in", "nodes in"),
            good.replace("\"objects\":[{", "\"objects\":[7,{"))) {
      Files.writeString(file, bad);
      assertThat(pods(SERVER).read()).as(bad).isEmpty();
    }
    Files.writeString(file, good);
    assertThat(pods(SERVER).read()).isPresent();
  }
}
