package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFolderTest {

  @TempDir private Path temporary;

  @Test
  void aNewFolderIsItsOwnersAlone() throws IOException {
    Path folder = temporary.resolve("a/b");
    PrivateFolder.make(folder);
    assertThat(mode(folder)).isEqualTo("rwx------");
    PrivateFolder.make(folder);
    assertThat(mode(folder)).isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-xr-x", "rwxr-x---", "rwx-----x"})
  void aFolderThatOthersMayReadIsClosedToThem(String mode) throws IOException {
    Path folder = folder(mode);
    Files.createFile(folder.resolve("scale"));
    PrivateFolder.make(folder);
    assertThat(mode(folder)).isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void aFolderThatOthersMayChangeIsRefusedUnlessItIsEmpty(String mode) throws IOException {
    Path folder = folder(mode);
    Path planted = Files.createFile(folder.resolve("signing.key"));
    assertThatThrownBy(() -> PrivateFolder.make(folder))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Other users may change")
        .hasMessageContaining("chmod 700")
        .hasMessageContaining("--data DIR");
    assertThat(mode(folder)).isEqualTo(mode);
    Files.delete(planted);
    PrivateFolder.make(folder);
    assertThat(mode(folder)).isEqualTo("rwx------");
  }

  @Test
  void anotherUsersFolderIsRefused() throws IOException {
    Path folder = folder("rwx------");
    assertThatThrownBy(() -> PrivateFolder.make(folder, new UnixSystem().getUid() + 1))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("belongs to another user");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> PrivateFolder.make(file))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is a file");
  }

  private Path folder(String mode) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
  }

  private static String mode(Path folder) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
  }
}
