package io.sluice.gateway.main;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Folders that nobody but this process's user may look into: keys, tokens, policies and data lie in
 * them.
 */
final class PrivateFolder {

  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private PrivateFolder() {}

  /**
   * Makes a folder, or takes it over if it is there: what others may read is closed to them.
   *
   * @throws StartException if it is a file, another user's, or was open to changes by others, who
   *     may have put something into it
   */
  static void make(Path folder) throws IOException {
    make(folder, new UnixSystem().getUid());
  }

  /** As {@link #make(Path)}, for the user of this number. */
  static void make(Path folder, long user) throws IOException {
    if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
      if (folder.getParent() != null) {
        Files.createDirectories(folder.getParent());
      }
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new StartException(folder + " is a file, not a directory.");
    }
    long owner = ((Number) Files.getAttribute(folder, "unix:uid")).longValue();
    if (owner != user) {
      throw new StartException(
          "The directory "
              + folder
              + " belongs to another user, who could read and change what Sluice keeps there."
              + " Choose one of your own with --data DIR.");
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
    if (OWNER_ALONE.containsAll(permissions)) {
      return;
    }
    // Closed first: nobody can put something in between the look and the closing.
    Files.setPosixFilePermissions(folder, OWNER_ALONE);
    if (permissions.stream().anyMatch(WRITABLE_BY_OTHERS::contains) && !isEmpty(folder)) {
      Files.setPosixFilePermissions(folder, permissions);
      throw new StartException(
          "Other users may change what lies in the directory "
              + folder
              + ", so Sluice does not trust it. Look through it, then run: chmod 700 '"
              + folder
              + "'; or choose another with --data DIR.");
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.findAny().isEmpty();
    }
  }
}
