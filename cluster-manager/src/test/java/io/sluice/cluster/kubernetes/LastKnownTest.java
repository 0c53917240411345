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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the API server's objects, and what is believed of it. */
class LastKnownTest {

  private static final String SERVER = "https://api.example/";

  private final KubernetesSerialization json = new KubernetesSerialization();
  private final Path folder;
  private final Path file;

  LastKnownTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("pods-in-namespace-sales.json");
  }

  private LastKnown<Pod> pods(String server) {
    return new LastKnown<>(folder, "pods in namespace sales", Pod.class, server, json);
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
    pods.keep(List.of(pod("one", "1"), pod("two", "1")));
    assertThat(pods(SERVER).read()).contains(List.of(pod("one", "1"), pod("two", "1")));
    pods.keep(List.of(pod("two", "2")));
    assertThat(pods(SERVER).read()).contains(List.of(pod("two", "2")));
    pods.keep(List.of());
    assertThat(pods(SERVER).read()).contains(List.of());
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    pods(SERVER).keep(List.of(pod("one", "1")));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void oneThatOthersMayHaveWrittenOrReadIsIgnored() throws IOException {
    LastKnown<Pod> pods = pods(SERVER);
    pods.keep(List.of(pod("one", "1")));
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
    pods.keep(List.of(pod("one", "2")));
    assertThat(pods(SERVER).read()).contains(List.of(pod("one", "2")));
    assertThat(Files.readString(elsewhere)).contains("\"resourceVersion\":\"1\"");
  }

  @Test
  void oneThatIsOfSomethingElseOrCannotBeReadIsIgnored() throws IOException {
    pods(SERVER).keep(List.of(pod("one", "1")));
    assertThat(pods("https://other.example/").read()).isEmpty();
    String good = Files.readString(file);
    for (String bad :
        List.of(
            "",
            "{",
            "[]",
            "null",
            good.substring(0, good.length() / 2),
            good.replace("\"version\":1", "\"version\":2"),
            good.replace("pods in", "nodes in"),
            good.replace("\"objects\":[{", "\"objects\":[7,{"))) {
      Files.writeString(file, bad);
      assertThat(pods(SERVER).read()).as(bad).isEmpty();
    }
    Files.writeString(file, good);
    assertThat(pods(SERVER).read()).isPresent();
  }
}
