package io.sluice.gateway.main;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that is appended to, and that nobody but this process's user may read. */
final class PrivateFile {

  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  private PrivateFile() {}

  /**
   * Makes a file, or closes one that is there to others and leaves what it holds.
   *
   * @throws IOException if it cannot be written, or is a symbolic link, a device or a folder
   */
  static void make(Path file) throws IOException {
    // Before it is opened: a pipe would wait for who reads it.
    if (!Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(
          file.toString(), null, "it is a symbolic link, a device or a directory, not a file");
    }
    FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(OWNER_ALONE))
        .close();
    if (!OWNER_ALONE.equals(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))) {
      Files.setPosixFilePermissions(file, OWNER_ALONE);
    }
  }
}
