package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTrustTest {

  private static final long SOMEBODY = 54_321;

  @TempDir Path folder;

  /** As Kubernetes mounts a Secret for a pod with an fsGroup. */
  @Test
  void aSecretThatKubernetesMountsIsTrusted() throws IOException {
    Path secret = mounted("r--r-----", "rwxrwxrwx");
    Files.setAttribute(folder, "unix:mode", 01777);
    if (isRoot(secret)) {
      FileTrust pod = new FileTrust(SOMEBODY, path -> false);
      assertThatCode(() -> pod.secret(folder.resolve("users.json"))).doesNotThrowAnyException();
    }
  }

  /** A ConfigMap's folder is open to all by its bits, and read-only by its mount. */
  @Test
  void aReadOnlyMountIsTrustedWhateverItsBits() throws IOException {
    mounted("rw-r--r--", "rwxrwxrwx");
    permit(folder, "rwxrwxrwx");
    assertThatThrownBy(() -> new FileTrust(user(), path -> false).decidingFolder(folder))
        .hasMessageContaining("may change what lies in the directory");
    assertThatCode(() -> new FileTrust(user(), path -> true).decidingFolder(folder))
        .doesNotThrowAnyException();
  }

  @Test
  void aSecretThatAllMayReadIsNotTrustedInAReadOnlyMountEither() throws IOException {
    mounted("rw-r--r--", "rwxr-xr-x");
    assertThatThrownBy(
            () -> new FileTrust(user(), path -> true).secret(folder.resolve("users.json")))
        .hasMessageContaining("may read the secret");
  }

  @Test
  void aLinkIntoAFolderThatOthersWriteToIsNotTrusted() throws IOException {
    mounted("rw-------", "rwxrwxrwx");
    permit(folder.resolve("..2026_11_23"), "rwxrwxrwx");
    assertThatThrownBy(
            () -> new FileTrust(user(), path -> false).secret(folder.resolve("users.json")))
        .hasMessageContaining("..2026_11_23");
  }

  /** Who may rename a folder may put another in its place. */
  @Test
  void aFolderAnywhereAboveThatOthersWriteToIsNotTrusted() throws IOException {
    FileTrust trust = new FileTrust(user(), path -> false);
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Path policies = Files.createDirectories(shared.resolve("sluice/policies"));
    Path file = Files.createFile(policies.resolve("lake.json"));
    permit(file, "rw-------");
    trust.decidingFolder(policies);
    for (String open : List.of("rwxrwxrwx", "rwxrwxr-x")) {
      permit(shared, open);
      String told = "may change what lies in the directory " + shared.toRealPath();
      assertThatThrownBy(() -> trust.decidingFolder(policies)).hasMessageContaining(told);
      assertThatThrownBy(() -> trust.deciding(file)).hasMessageContaining(told);
      assertThatThrownBy(() -> trust.secret(file)).hasMessageContaining(told);
    }
    // As /tmp: what lies in it is its owner's to rename.
    Files.setAttribute(shared, "unix:mode", 01777);
    trust.decidingFolder(policies);
    trust.secret(file);
    // But anybody may add to it.
    assertThatThrownBy(() -> trust.folder(shared)).hasMessageContaining("chmod go-w");
    if (isRoot(file)) {
      Files.setAttribute(shared.resolve("sluice"), "unix:uid", (int) SOMEBODY);
      assertThatThrownBy(() -> trust.deciding(file))
          .hasMessageContaining("shared/sluice) belongs to another user");
    }
  }

  @Test
  void aLinkAnywhereOnTheWayIsHeldToTheSame() throws IOException {
    FileTrust trust = new FileTrust(user(), path -> false);
    Path policies = Files.createDirectories(folder.resolve("real/policies"));
    Path file = Files.createFile(policies.resolve("lake.json"));
    permit(file, "rw-------");
    Path links = Files.createDirectory(folder.resolve("links"));
    Path far = Files.createSymbolicLink(links.resolve("far"), folder.resolve("real"));
    Path near = Files.createSymbolicLink(links.resolve("near"), Path.of("./far/../real/policies"));
    trust.deciding(far.resolve("policies/lake.json"));
    trust.decidingFolder(near);
    trust.decidingFolder(links.resolve("../links/near"));
    permit(links, "rwxrwxrwx");
    String told = "may change what lies in the directory " + links.toRealPath();
    assertThatThrownBy(() -> trust.deciding(far.resolve("policies/lake.json")))
        .hasMessageContaining(told);
    assertThatThrownBy(() -> trust.decidingFolder(near)).hasMessageContaining(told);
    permit(links, "rwxr-xr-x");
    if (isRoot(file)) {
      Files.setAttribute(far, "unix:uid", (int) SOMEBODY, LinkOption.NOFOLLOW_LINKS);
      assertThatThrownBy(() -> trust.deciding(far.resolve("policies/lake.json")))
          .hasMessageContaining("links/far) belongs to another user");
      assertThatThrownBy(() -> trust.decidingFolder(near))
          .hasMessageContaining("links/far) belongs to another user");
    }
  }

  @Test
  void anotherUsersFileIsNotTrusted() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    if (!isRoot(file)) {
      assertThatThrownBy(() -> new FileTrust(SOMEBODY, path -> false).deciding(file))
          .hasMessageContaining("belongs to another user");
    } else {
      Files.setAttribute(file, "unix:uid", (int) SOMEBODY + 1);
      assertThatThrownBy(() -> new FileTrust(SOMEBODY, path -> false).deciding(file))
          .hasMessageContaining("belongs to another user");
    }
  }

  @Test
  void whatIsNotThereOrLeadsNowhereIsToldOf() throws IOException {
    FileTrust trust = new FileTrust(user(), path -> false);
    assertThatThrownBy(() -> trust.deciding(folder.resolve("none"))).hasMessageContaining("none");
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, Path.of("loop"));
    assertThatThrownBy(() -> trust.deciding(loop)).hasMessageContaining("leads nowhere");
    assertThatThrownBy(() -> trust.deciding(folder)).hasMessageContaining("is not a file");
  }

  private Path mounted(String filePermissions, String folderPermissions) throws IOException {
    Path version = Files.createDirectory(folder.resolve("..2026_11_23"));
    permit(version, "rwxr-xr-x");
    Path file = Files.createFile(version.resolve("users.json"));
    permit(file, filePermissions);
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_23"));
    Files.createSymbolicLink(folder.resolve("users.json"), Path.of("..data/users.json"));
    return file;
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private long user() throws IOException {
    return ((Number) Files.getAttribute(folder, "unix:uid")).longValue();
  }

  private static boolean isRoot(Path file) throws IOException {
    return ((Number) Files.getAttribute(file, "unix:uid")).longValue() == 0;
  }
}
